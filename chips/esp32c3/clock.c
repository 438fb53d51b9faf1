/* SPDX-License-Identifier: Apache-2.0 */
/* See clock.h. First what the PLL gives and how it is divided, then the switch to
 * it: at no moment is the core faster than it may be. */
#include <stdint.h>

#include <berth/mmio.h>
#include <chips/esp32c3/clock.h>

#define SYSTEM 0x600C0000u
enum {
    CPU_PER_CONF = 0x08,
    PERIP_CLK_EN0 = 0x10,
    PERIP_RST_EN0 = 0x18,
    SYSCLK_CONF = 0x58,
};

#define PERIOD_MASK 3u
#define PERIOD_160MHZ 1u
#define PLL_480MHZ (1u << 2) /* else 320 */
#define WAIT_CLOCK_ON (1u << 3)

#define DIVIDER_MASK 0x3FFu /* of the crystal: less one */
#define SOURCE_MASK (3u << 10)
#define SOURCE_PLL (1u << 10)

/* SPI0 and SPI1, UART0, USB serial, the UARTs' memory, SYSTIMER. */
#define USED (1u << 1 | 1u << 2 | 1u << 23 | 1u << 24 | 1u << 29)

static void change(uint32_t reg, uint32_t clear, uint32_t set)
{
    mmio_write32(SYSTEM + reg, (mmio_read32(SYSTEM + reg) & ~clear) | set);
}

/* The core's clock goes on while it waits: without it nothing would be gained,
 * and the first instruction behind a wait comes later. */
void clock_init(void)
{
    change(CPU_PER_CONF, PERIOD_MASK | PLL_480MHZ,
           PERIOD_160MHZ | WAIT_CLOCK_ON);
    change(SYSCLK_CONF, DIVIDER_MASK | SOURCE_MASK, SOURCE_PLL);
    change(PERIP_CLK_EN0, 0, USED);
    change(PERIP_RST_EN0, USED, 0);
}
