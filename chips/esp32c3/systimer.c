/* SPDX-License-Identifier: Apache-2.0 */
/* See systimer.h. The counter is in another clock's domain: it is asked for its
 * value, and says when that stands in the registers, both halves of one moment.
 * The target's interrupt is latched: it goes when it is cleared. */
#include <berth/hil/chip.h>
#include <berth/mmio.h>
#include <chips/esp32c3/systimer.h>

#define SYSTIMER 0x60023000u
enum {
    CONF = 0x00,
    UNIT0_OP = 0x04,
    TARGET0_HIGH = 0x1C,
    TARGET0_LOW = 0x20,
    TARGET0_CONF = 0x34,
    UNIT0_HIGH = 0x40,
    UNIT0_LOW = 0x44,
    TARGET0_LOAD = 0x50,
    INT_ENABLE = 0x64,
    INT_RAW = 0x68,
    INT_CLEAR = 0x6C,
};

#define RUN (1u << 31 | 1u << 30) /* register clock, unit 0 */
#define TARGET0 (1u << 24)
#define ASK (1u << 30)
#define IS_THERE (1u << 29)
#define NEVER_BEFORE (UINT64_C(1) << 52)
#define SOON 32u /* 2 us: more than setting a target takes */

#define SYSTEM_PERIP_RST_EN0 0x600C0018u
#define RESET (1u << 29)

inline uint32_t chip_timer_hz(void)
{
    return 16000000;
}

static void now_ask(void)
{
    mmio_write32(SYSTIMER + UNIT0_OP, ASK);
    while ((mmio_read32(SYSTIMER + UNIT0_OP) & IS_THERE) == 0)
        ;
}

uint64_t chip_now(void)
{
    now_ask();
    uint32_t low = mmio_read32(SYSTIMER + UNIT0_LOW);
    return (uint64_t)mmio_read32(SYSTIMER + UNIT0_HIGH) << 32 | low;
}

uint32_t chip_now_low(void)
{
    now_ask();
    return mmio_read32(SYSTIMER + UNIT0_LOW);
}

static void target_set(uint64_t due)
{
    mmio_write32(SYSTIMER + TARGET0_HIGH, (uint32_t)(due >> 32));
    mmio_write32(SYSTIMER + TARGET0_LOW, (uint32_t)due);
    mmio_write32(SYSTIMER + TARGET0_LOAD, 1);
    mmio_write32(SYSTIMER + CONF, RUN | TARGET0);
}

/* Reading back what was cleared takes longer than the interrupt's way to the
 * core. A target that passed while it was being set may not have fired: then
 * another one, a little later, does. */
void chip_timer_set(uint64_t due)
{
    mmio_write32(SYSTIMER + CONF, RUN);
    mmio_write32(SYSTIMER + INT_CLEAR, 1);
    (void)mmio_read32(SYSTIMER + INT_RAW);
    if (due >= NEVER_BEFORE)
        return;
    target_set(due);
    while (chip_now() >= due && (mmio_read32(SYSTIMER + INT_RAW) & 1u) == 0) {
        mmio_write32(SYSTIMER + CONF, RUN);
        due = chip_now() + SOON;
        target_set(due);
    }
}

/* The ROM may have used it. */
void systimer_init(void)
{
    uint32_t resets = mmio_read32(SYSTEM_PERIP_RST_EN0);
    mmio_write32(SYSTEM_PERIP_RST_EN0, resets | RESET);
    mmio_write32(SYSTEM_PERIP_RST_EN0, resets & ~RESET);
    mmio_write32(SYSTIMER + CONF, RUN);
    mmio_write32(SYSTIMER + TARGET0_CONF, 0); /* unit 0, once */
    mmio_write32(SYSTIMER + INT_CLEAR, 7);
    mmio_write32(SYSTIMER + INT_ENABLE, 1);
}
