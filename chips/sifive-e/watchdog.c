/* SPDX-License-Identifier: Apache-2.0 */
/* See watchdog.h. Each write takes the key anew. */
#include <stdint.h>

#include <berth/mmio.h>
#include <chips/sifive-e/watchdog.h>

#define AON 0x10000000u
enum { CONFIG = 0x00, COUNT = 0x08, KEY = 0x1C, COMPARE = 0x20 };

#define UNLOCK 0x51F15Eu
#define RESET_ENABLE (1u << 8)
#define ALWAYS (1u << 12)

static void watchdog_write(uint32_t reg, uint32_t value)
{
    mmio_write32(AON + KEY, UNLOCK);
    mmio_write32(AON + reg, value);
}

void watchdog_off(void)
{
    watchdog_write(CONFIG, 0);
}

/* It bites at the first tick of the 32 kHz clock; each turn of the loop is a
 * read that takes longer than an instruction. */
void watchdog_reset(void)
{
    watchdog_write(CONFIG, 0);
    watchdog_write(COUNT, 0);
    watchdog_write(COMPARE, 1);
    watchdog_write(CONFIG, RESET_ENABLE | ALWAYS);
    for (uint32_t turns = 0; turns < 4000; turns++)
        (void)mmio_read32(AON + COUNT);
}
