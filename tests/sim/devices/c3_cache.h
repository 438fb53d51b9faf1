/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's flash cache: the two windows through which flash is seen, their
 * common table of pages, EXTMEM's registers, and the SRAM that the cache takes.
 *
 * The cache is taken to be as large as the windows: what was readable once stays
 * as it was until it is invalidated, so whoever forgets to is always caught, not
 * only if the line happens to be there still. A window's bytes are what the
 * cache would answer. Lines that differ from flash are stale; to use one is a
 * violation, and so is any access while the flash is busy, the cache is off, its
 * bus shut, or the page unmapped. */
#ifndef TESTS_SIM_C3_CACHE_H
#define TESTS_SIM_C3_CACHE_H

#include <tests/sim/devices/nor.h>
#include <tests/sim/machine.h>

#define C3_WINDOW_SIZE (8u << 20)
#define C3_DATA_WINDOW 0x3C000000u
#define C3_CODE_WINDOW 0x42000000u
#define C3_PAGE (64u << 10)

enum { C3_PAGES = 128, C3_LINE = 32 };

struct c3_cache {
    struct device device, table; /* EXTMEM; the MMU's table */
    struct memory data, code;    /* the windows, the same bytes */
    struct memory taken;         /* SRAM0 */
    const struct nor *nor;
    bool wants_words; /* at the code window, or the load is a violation */
    uint32_t entry[C3_PAGES];
    bool is_written[C3_PAGES]; /* since the chip was reset, by the guest */
    bool was_used[C3_PAGES];   /* lines of it may be cached */
    uint32_t control, shut, sync_address, sync_size, autoload;
    uint32_t interrupts, freeze, tag;
    uint64_t synced; /* when the invalidation is done, ns */
    uint8_t *stale;  /* one per line */
    uint32_t stale_count;
};

/* The caller has filled in nor and wants_words. */
void c3_cache_add(struct machine *machine, struct c3_cache *cache,
                  uint32_t base, uint32_t table_base, uint32_t taken_base);

/* The flash has begun to change there: an operation was started. */
void c3_cache_flash_changed(struct c3_cache *cache, uint32_t at, uint32_t len);

/* As the ROM does before it jumps into flash: the first `pages` in order. */
void c3_cache_map(struct c3_cache *cache, uint32_t pages);

/* What ROM functions do with it. */
void c3_cache_enable(struct c3_cache *cache, bool is_on);
void c3_cache_invalidate(struct c3_cache *cache, uint32_t address,
                         uint32_t bytes);
bool c3_cache_is_on(const struct c3_cache *cache);

#endif
