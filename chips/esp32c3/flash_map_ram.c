/* SPDX-License-Identifier: Apache-2.0 */
/* See flash_map.h. In RAM, constants and all. Registers of the cache (EXTMEM)
 * and its table of 128 pages, of which each entry serves both windows. */
#include <berth/mmio.h>
#include <chips/esp32c3/flash_map.h>

#define EXTMEM 0x600C4000u
enum {
    CTRL = 0x00,
    CTRL1 = 0x04,
    SYNC_CTRL = 0x28,
    SYNC_ADDRESS = 0x2C,
    SYNC_SIZE = 0x30,
};
#define ENABLE 1u
#define SHUT_BOTH 3u
#define INVALIDATE 1u
#define SYNC_DONE 2u

#define TABLE 0x600C5000u
#define PAGES 128u
#define PAGE_SHIFT 16u
#define NO_PAGE 0x100u
#define LINE 32u

static void bits(uint32_t reg, uint32_t clear, uint32_t set)
{
    mmio_write32(EXTMEM + reg, (mmio_read32(EXTMEM + reg) & ~clear) | set);
}

/* Read when it runs: no instruction here is to be taken for one that touches
 * flash. */
static const volatile uint32_t windows[] = { FLASH_CODE, FLASH_DATA };

/* Whole lines. The length is in bytes: should the hardware count lines, as one
 * header of the vendor's has it, more than that is forgotten, which costs time
 * and harms nobody. */
static void forget(uint32_t address, uint32_t len)
{
    uint32_t start = address & ~(LINE - 1);
    mmio_write32(EXTMEM + SYNC_ADDRESS, start);
    mmio_write32(EXTMEM + SYNC_SIZE,
                 (address + len - start + LINE - 1) & ~(LINE - 1));
    bits(SYNC_CTRL, 0, INVALIDATE);
    while ((mmio_read32(EXTMEM + SYNC_CTRL) & SYNC_DONE) == 0)
        ;
}

static void forget_both(uint32_t at, uint32_t len)
{
    forget(windows[0] + at, len);
    forget(windows[1] + at, len);
}

void flash_map(uint32_t size)
{
    bits(CTRL, ENABLE, 0);
    for (uint32_t page = 0; page < PAGES; page++)
        mmio_write32(TABLE + 4 * page,
                     page < size >> PAGE_SHIFT ? page : NO_PAGE);
    bits(CTRL1, SHUT_BOTH, 0);
    forget_both(0, size);
    bits(CTRL, 0, ENABLE);
}

void flash_shut(void)
{
    bits(CTRL1, 0, SHUT_BOTH);
}

void flash_reopen(uint32_t at, uint32_t len)
{
    if (len != 0)
        forget_both(at, len);
    bits(CTRL1, SHUT_BOTH, 0);
}
