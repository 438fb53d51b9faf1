/* SPDX-License-Identifier: Apache-2.0 */
/* RAM for apps: a free list with best fit and coalescing. It keeps its records
 * in the free memory itself, at the start of each free block, so a block that
 * is handed out needs none and any multiple of 16 bytes of it may be given
 * back. Addresses and sizes are multiples of RAM_UNIT.
 *
 * It does not clear memory, except that a block handed out contains no record
 * any more: whoever exposes a block to an app zeroes it first. Free memory is
 * read and written here, so no app may have a right to it by then. */
#ifndef KERNEL_RAM_H
#define KERNEL_RAM_H

#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>

#define RAM_UNIT 16u

/* [start, end). */
struct ram_range {
    uint32_t start;
    uint32_t end;
};

/* One span of app RAM. Only the functions below look inside. */
struct ram {
    uint8_t *memory; /* where the kernel finds the byte at `start` */
    uint32_t start, end;
    uint32_t free; /* the lowest free block, or `end` */
    struct ram_range *reserved;
    uint32_t reserved_count, reserved_cap;
};

/* Whether ram_alloc may take reserved memory when nothing else fits. */
enum ram_reserve_use { RAM_KEEP_RESERVED, RAM_USE_RESERVED };

/* All of [start, end) becomes free, less what rounding to whole units costs.
 * `memory` is how the kernel reaches `start`: the address itself on a target.
 * `reserved` has room for the ranges that ram_reserve will be told of. */
void ram_init(struct ram *ram, uint32_t start, uint32_t end, void *memory,
              struct ram_range *reserved, uint32_t reserved_cap);

/* `size` bytes at a multiple of `align`, a power of two: in the smallest free
 * block with room, the lowest of equals, at its lowest place. Reserved memory
 * is passed by while there is another fit. NOMEM: no fit; INVAL: size is 0. A
 * size is rounded up to units. */
MUST_CHECK err_t ram_alloc(struct ram *ram, uint32_t *out, uint32_t size,
                           uint32_t align, enum ram_reserve_use use);

/* The same at the highest place there is, for what stays for long. */
MUST_CHECK err_t ram_alloc_high(struct ram *ram, uint32_t *out, uint32_t size,
                                enum ram_reserve_use use);

/* Exactly [start, start + size), reserved or not. INVAL: not whole units, or
 * not all of it app RAM; BUSY: not all of it free. */
MUST_CHECK err_t ram_alloc_at(struct ram *ram, uint32_t start, uint32_t size);

/* Give back memory that was handed out, in the pieces it came in or others.
 * INVAL, and nothing changes: not whole units of app RAM, or partly free. */
err_t ram_free(struct ram *ram, uint32_t start, uint32_t size);

/* Remember a range for a fixed-address app; it need not be free now. INVAL: not
 * all of it app RAM; BUSY: overlaps another such range; NOMEM: table full. */
MUST_CHECK err_t ram_reserve(struct ram *ram, uint32_t start, uint32_t size);

/* Forget the range that starts there. */
void ram_unreserve(struct ram *ram, uint32_t start);

/* Size of the largest free block, reserved or not. */
uint32_t ram_largest(const struct ram *ram);

#endif
