/* SPDX-License-Identifier: Apache-2.0 */
/* The allocator of app RAM. */
#include <kernel/ram.h>

#include <stdbool.h>
#include <stddef.h>

/* What a free block begins with. Blocks are in order of address and never
 * touch; the last one's `next` is the end of RAM. */
struct block {
    uint32_t size;
    uint32_t next;
};

_Static_assert(sizeof(struct block) <= RAM_UNIT, "a unit can hold a record");

static struct block *block_at(const struct ram *ram, uint32_t at)
{
    return (void *)(ram->memory + (at - ram->start));
}

/* Where the address of the first block at or behind `at` is kept; *before is
 * the block in front of that one, or `end` if there is none. */
static uint32_t *link_to(struct ram *ram, uint32_t at, uint32_t *before)
{
    uint32_t *link = &ram->free;

    *before = ram->end;
    while (*link < at) {
        *before = *link;
        link = &block_at(ram, *link)->next;
    }
    return link;
}

/* Whole units inside [start, end)? Total, whatever the numbers. */
static bool is_inside(const struct ram *ram, uint32_t start, uint32_t size)
{
    return (start | size) % RAM_UNIT == 0 && size != 0 && start >= ram->start &&
           start < ram->end && size <= ram->end - start;
}

void ram_init(struct ram *ram, uint32_t start, uint32_t end, void *memory,
              struct ram_range *reserved, uint32_t reserved_cap)
{
    uint32_t skip = -start % RAM_UNIT;

    *ram = (struct ram){ .memory = (uint8_t *)memory + skip,
                         .start = start + skip,
                         .end = end - end % RAM_UNIT,
                         .free = start + skip,
                         .reserved = reserved,
                         .reserved_cap = reserved_cap };
    if (end - start < RAM_UNIT + skip) /* not one unit */
        ram->free = ram->end = ram->start;
    else
        *block_at(ram, ram->start) =
            (struct block){ ram->end - ram->start, ram->end };
}

/* Take [at, at + size) out of the free block that *link leads to. */
static void carve(struct ram *ram, uint32_t *link, uint32_t at, uint32_t size)
{
    uint32_t block = *link;
    struct block *b = block_at(ram, block);
    uint32_t behind = b->size - (at - block) - size;
    uint32_t next = b->next;

    if (behind != 0) {
        *block_at(ram, at + size) = (struct block){ behind, next };
        next = at + size;
    }
    if (at != block) {
        *b = (struct block){ at - block, next };
    } else {
        *b = (struct block){ 0, 0 };
        *link = next;
    }
}

/* The reserved range that meets [at, at + size), or NULL. */
static const struct ram_range *reserved_in(const struct ram *ram, uint32_t at,
                                           uint32_t size)
{
    for (uint32_t i = 0; i < ram->reserved_count; i++) {
        const struct ram_range *r = &ram->reserved[i];
        if (at < r->end && r->start < at + size)
            return r;
    }
    return NULL;
}

/* The lowest multiple of `align` in the free block where `size` bytes fit,
 * outside reserved ranges if `avoid`; false: there is none. */
static bool place_in(const struct ram *ram, uint32_t block, uint32_t size,
                     uint32_t align, bool avoid, uint32_t *place)
{
    uint32_t end = block + block_at(ram, block)->size;
    uint32_t at = block;

    for (;;) {
        uint32_t skip = -at & (align - 1);
        if (skip > end - at || size > end - at - skip)
            return false;
        *place = at + skip;
        const struct ram_range *r =
            avoid ? reserved_in(ram, *place, size) : NULL;
        if (r == NULL)
            return true;
        if (r->end >= end)
            return false;
        at = r->end; /* above *place, so this comes to an end */
    }
}

static bool alloc_best(struct ram *ram, uint32_t *out, uint32_t size,
                       uint32_t align, bool avoid)
{
    uint32_t *best = NULL;
    uint32_t best_size = UINT32_MAX;
    uint32_t place;

    for (uint32_t *link = &ram->free; *link != ram->end;
         link = &block_at(ram, *link)->next) {
        uint32_t block_size = block_at(ram, *link)->size;
        if (block_size < best_size &&
            place_in(ram, *link, size, align, avoid, &place)) {
            best = link;
            best_size = block_size;
            *out = place;
        }
    }
    if (best == NULL)
        return false;
    carve(ram, best, *out, size);
    return true;
}

err_t ram_alloc(struct ram *ram, uint32_t *out, uint32_t size, uint32_t align,
                enum ram_reserve_use use)
{
    if (size == 0)
        return ERR_INVAL;
    if (size > ram->end - ram->start)
        return ERR_NOMEM;
    size += -size % RAM_UNIT;
    if (align < RAM_UNIT)
        align = RAM_UNIT;
    if (alloc_best(ram, out, size, align, true) ||
        (use == RAM_USE_RESERVED && alloc_best(ram, out, size, align, false)))
        return OK;
    return ERR_NOMEM;
}

/* The highest place in the free block where `size` bytes fit. */
static bool place_high(const struct ram *ram, uint32_t block, uint32_t size,
                       bool avoid, uint32_t *place)
{
    uint32_t end = block + block_at(ram, block)->size;

    while (end > block && size <= end - block) {
        const struct ram_range *r =
            avoid ? reserved_in(ram, end - size, size) : NULL;
        if (r == NULL) {
            *place = end - size;
            return true;
        }
        end = r->start & ~(RAM_UNIT - 1); /* below the old end */
    }
    return false;
}

static bool alloc_high(struct ram *ram, uint32_t *out, uint32_t size,
                       bool avoid)
{
    uint32_t *highest = NULL;

    for (uint32_t *link = &ram->free; *link != ram->end;
         link = &block_at(ram, *link)->next)
        if (place_high(ram, *link, size, avoid, out))
            highest = link;
    if (highest == NULL)
        return false;
    carve(ram, highest, *out, size);
    return true;
}

err_t ram_alloc_high(struct ram *ram, uint32_t *out, uint32_t size,
                     enum ram_reserve_use use)
{
    if (size == 0)
        return ERR_INVAL;
    if (size > ram->end - ram->start)
        return ERR_NOMEM;
    size += -size % RAM_UNIT;
    if (alloc_high(ram, out, size, true) ||
        (use == RAM_USE_RESERVED && alloc_high(ram, out, size, false)))
        return OK;
    return ERR_NOMEM;
}

err_t ram_alloc_at(struct ram *ram, uint32_t start, uint32_t size)
{
    if (!is_inside(ram, start, size))
        return ERR_INVAL;
    for (uint32_t *link = &ram->free; *link <= start;
         link = &block_at(ram, *link)->next) {
        uint32_t offset = start - *link;
        uint32_t block_size = block_at(ram, *link)->size;
        if (offset < block_size && size <= block_size - offset) {
            carve(ram, link, start, size);
            return OK;
        }
    }
    return ERR_BUSY;
}

err_t ram_free(struct ram *ram, uint32_t start, uint32_t size)
{
    if (!is_inside(ram, start, size))
        return ERR_INVAL;

    uint32_t before, end = start + size;
    uint32_t *link = link_to(ram, start, &before);
    uint32_t next = *link;
    struct block *b = before != ram->end ? block_at(ram, before) : NULL;
    if (end > next || (b != NULL && before + b->size > start))
        return ERR_INVAL; /* part of it is free already */

    if (end == next && next != ram->end) { /* swallow the one behind */
        struct block *n = block_at(ram, next);
        size += n->size;
        next = n->next;
        *n = (struct block){ 0, 0 };
    }
    if (b != NULL && before + b->size == start) { /* join the one in front */
        *b = (struct block){ b->size + size, next };
    } else {
        *block_at(ram, start) = (struct block){ size, next };
        *link = start;
    }
    return OK;
}

err_t ram_reserve(struct ram *ram, uint32_t start, uint32_t size)
{
    if (size == 0 || start < ram->start || start >= ram->end ||
        size > ram->end - start)
        return ERR_INVAL;
    if (reserved_in(ram, start, size) != NULL)
        return ERR_BUSY;
    if (ram->reserved_count == ram->reserved_cap)
        return ERR_NOMEM;
    ram->reserved[ram->reserved_count++] =
        (struct ram_range){ start, start + size };
    return OK;
}

void ram_unreserve(struct ram *ram, uint32_t start)
{
    for (uint32_t i = 0; i < ram->reserved_count; i++)
        if (ram->reserved[i].start == start)
            ram->reserved[i] = ram->reserved[--ram->reserved_count];
}

uint32_t ram_largest(const struct ram *ram)
{
    uint32_t largest = 0;

    for (uint32_t at = ram->free; at != ram->end; at = block_at(ram, at)->next)
        if (block_at(ram, at)->size > largest)
            largest = block_at(ram, at)->size;
    return largest;
}
