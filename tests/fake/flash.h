/* SPDX-License-Identifier: Apache-2.0 */
/* A flash for tests of drivers: NOR of 16 sectors of 1 KiB. An operation ends when
 * the test says so: fake_flash_end(), or fake_flash_settle(), which lets all of
 * them and what follows come to their end. Whoever reads it while it is busy, or
 * after fake_flash_close() without flash_open(), is stopped by ASan. Power cuts are
 * tests/power's. */
#ifndef TESTS_FAKE_FLASH_H
#define TESTS_FAKE_FLASH_H

#include <sanitizer/asan_interface.h>
#include <string.h>

#include <tests/fake/kernel.h>

#include <berth/compiler.h>
#include <berth/hil/flash.h>
#include <drivers/records.h>
#include <kernel/flash_hold.h>

#define FAKE_FLASH_SECTOR 1024u
#define FAKE_FLASH_SIZE (16u * FAKE_FLASH_SECTOR)

struct fake_flash {
    struct flash flash;
    uint8_t cells[FAKE_FLASH_SIZE];
    bool is_busy, fails; /* fails: what ends from now on ends with FAIL */
    const uint8_t *bytes;
    uint32_t at, len; /* of the operation under way; len 0: an erase */
    unsigned programs, erases;
};

/* For who links records. */
const struct flash_geometry *records_geometry(const struct records *r)
{
    return r->config->flash->geometry;
}

static struct fake_flash *fake_flash_made;

/* As when an app has run since it was opened. */
static inline void fake_flash_close(struct fake_flash *f)
{
    ASAN_POISON_MEMORY_REGION(f->cells, sizeof f->cells);
}

static inline void fake_flash_open(struct fake_flash *f)
{
    ASAN_UNPOISON_MEMORY_REGION(f->cells, sizeof f->cells);
}

void flash_open(void)
{
    if (fake_flash_made != NULL && !fake_flash_made->is_busy)
        fake_flash_open(fake_flash_made);
}

static inline err_t fake_flash_program(struct flash *flash, uint32_t at,
                                       const uint8_t *bytes, uint32_t len)
{
    struct fake_flash *f = CONTAINER_OF(flash, struct fake_flash, flash);
    assert_false(f->is_busy);
    assert_true(at < FAKE_FLASH_SIZE && len != 0);
    assert_int_equal(at % 4 + len % 4, 0);
    assert_int_equal(at / 256, (at + len - 1) / 256);
    f->is_busy = true;
    fake_flash_close(f);
    f->bytes = bytes;
    f->at = at;
    f->len = len;
    return OK;
}

static inline err_t fake_flash_erase(struct flash *flash, uint32_t at)
{
    struct fake_flash *f = CONTAINER_OF(flash, struct fake_flash, flash);
    assert_false(f->is_busy);
    assert_true(at < FAKE_FLASH_SIZE && at % FAKE_FLASH_SECTOR == 0);
    f->is_busy = true;
    fake_flash_close(f);
    f->at = at;
    f->len = 0;
    return OK;
}

static inline void fake_flash_make(struct fake_flash *f)
{
    static const struct flash_ops ops = { fake_flash_program,
                                          fake_flash_erase };
    static const struct flash_geometry geometry = {
        .size = FAKE_FLASH_SIZE,
        .sector_size = FAKE_FLASH_SECTOR,
        .word_size = 4,
        .burst = 256,
        .reprogram = true,
    };
    fake_flash_made = f;
    fake_flash_open(f);
    *f = (struct fake_flash){ .flash = { .ops = &ops, .geometry = &geometry } };
    f->flash.base = f->cells;
    memset(f->cells, 0xFF, sizeof f->cells);
}

static inline void fake_flash_end(struct fake_flash *f)
{
    assert_true(f->is_busy);
    f->is_busy = false;
    fake_flash_open(f);
    if (f->len == 0 && !f->fails)
        memset(f->cells + f->at, 0xFF, FAKE_FLASH_SECTOR);
    for (uint32_t i = 0; i < f->len && !f->fails; i++)
        f->cells[f->at + i] &= f->bytes[i];
    f->programs += f->len != 0;
    f->erases += f->len == 0;
    f->flash.client->done(f->flash.client, f->fails ? ERR_FAIL : OK);
}

static inline void fake_flash_settle(struct fake_flash *f)
{
    fake_settle();
    while (f->is_busy) {
        fake_flash_end(f);
        fake_settle();
    }
}

#endif
