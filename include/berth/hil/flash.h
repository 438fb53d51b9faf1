/* SPDX-License-Identifier: Apache-2.0 */
/* One flash memory with the rules of NOR: an erase sets all bits of a sector,
 * a program only clears bits. Implemented by chips/<c> and by the host model in
 * tests/power; used by the store (loader/store.h), which is its one client.
 *
 * Addresses are offsets from the start of the device. Operations are started
 * here and end with done(), which comes from the kernel's loop and never from
 * inside a call. One operation at a time. A started operation always ends with
 * exactly one done(), also when the device fails. */
#ifndef BERTH_HIL_FLASH_H
#define BERTH_HIL_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>

struct flash;

/* What the device is. Data, so that one driver of the store serves all. */
struct flash_geometry {
    uint32_t size;
    uint32_t sector_size; /* unit of erase; divides size */
    uint32_t word_size;   /* unit and alignment of program: 1, 4 ... 32 */
    uint32_t burst;       /* one program may not cross a multiple of this; a
                             power of two, at least 16 and word_size */
    /* May a word be programmed again, to clear more of its bits? If not, a
     * word may be programmed only while it reads as all ones. (A program that
     * was cut off and left all ones has not programmed the word.) */
    bool reprogram;
    /* May the device be read while an operation is under way? If not, nothing
     * of it may be touched until done(): apps in it do not run. */
    bool read_while_busy;
};

struct flash_client {
    void (*done)(struct flash_client *client, err_t e);
};

struct flash_ops {
    /* `bytes` are lent until done(). They may lie in the device itself only
     * when it can be read while busy. */
    err_t (*program)(struct flash *flash, uint32_t at, const uint8_t *bytes,
                     uint32_t len);
    /* The sector that begins at `at`. */
    err_t (*erase)(struct flash *flash, uint32_t at);
};

struct flash {
    const struct flash_ops *ops;
    const struct flash_geometry *geometry;
    const uint8_t *base;         /* where the device can be read */
    struct flash_client *client; /* set once at boot */
};

static inline const uint8_t *flash_bytes(const struct flash *flash, uint32_t at)
{
    return flash->base + at;
}

#endif
