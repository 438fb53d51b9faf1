/* SPDX-License-Identifier: Apache-2.0 */
/* See watchdog.h. Each block takes writes only while its key is in force, and is
 * locked again behind them. */
#include <stdint.h>

#include <berth/mmio.h>
#include <chips/esp32c3/watchdog.h>

#define TIMG0 0x6001F000u
#define TIMG1 0x60020000u
enum { TIMG_CONFIG = 0x48, TIMG_PROTECT = 0x64 };

#define RTC 0x60008000u
enum {
    RTC_OPTIONS0 = 0x00,
    RTC_WDT_CONFIG = 0x90,
    RTC_WDT_PROTECT = 0xA8,
    RTC_SWD_CONFIG = 0xAC,
    RTC_SWD_PROTECT = 0xB0,
};

#define KEY 0x50D83AA1u
#define SWD_KEY 0x8F1D312Au
#define WDT_ENABLE (1u << 31)
#define WDT_FLASH_BOOT (1u << 12)
#define SWD_FEEDS_ITSELF (1u << 31)
#define SYSTEM_RESET (1u << 31)

static void group_off(uint32_t group)
{
    mmio_write32(group + TIMG_PROTECT, KEY);
    mmio_write32(group + TIMG_CONFIG, 0);
    mmio_write32(group + TIMG_PROTECT, 0);
}

void watchdogs_off(void)
{
    group_off(TIMG0);
    group_off(TIMG1);
    mmio_write32(RTC + RTC_WDT_PROTECT, KEY);
    mmio_write32(RTC + RTC_WDT_CONFIG, mmio_read32(RTC + RTC_WDT_CONFIG) &
                                           ~(WDT_ENABLE | WDT_FLASH_BOOT));
    mmio_write32(RTC + RTC_WDT_PROTECT, 0);
    mmio_write32(RTC + RTC_SWD_PROTECT, SWD_KEY);
    mmio_write32(RTC + RTC_SWD_CONFIG,
                 mmio_read32(RTC + RTC_SWD_CONFIG) | SWD_FEEDS_ITSELF);
    mmio_write32(RTC + RTC_SWD_PROTECT, 0);
}

/* It takes a few cycles of the slow clock. */
void chip_reset(void)
{
    for (;;)
        mmio_write32(RTC + RTC_OPTIONS0,
                     mmio_read32(RTC + RTC_OPTIONS0) | SYSTEM_RESET);
}
