/* SPDX-License-Identifier: Apache-2.0 */
/* The index of records, see records_priv.h: an entry is 12 bits of the key's hash,
 * from which its home follows, and the place in units of 16 bytes. Behind the
 * home the next free one is taken. */
#include <drivers/records_priv.h>
#include <kernel/string.h>

/* Of the first word of a header: what belongs to a record's name. */
#define NAME_BITS ~(REMOVED << 8 | 0xFFu)

static uint32_t mix(uint32_t hash, uint32_t more)
{
    hash = (hash ^ more) * 0x9E3779B1u;
    return hash ^ hash >> 15;
}

/* Without a place. */
static uint32_t entry_of(const struct records *r, const header_t *h,
                         const uint8_t *key)
{
    uint32_t hash = mix(r->seed, h->id);
    hash = mix(hash, h->words[0] & NAME_BITS);
    hash = mix(hash, h->number);
    for (uint32_t i = 0; i < h->key_len; i++)
        hash = mix(hash, key[i]);
    return hash * 0x85EBCA6Bu & ~0xFFFFFu;
}

static uint32_t entry_home(const struct records *r, uint32_t entry)
{
    return (entry >> 20) * r->config->index_size >> 12;
}

static uint32_t entry_next(const struct records *r, uint32_t i)
{
    return i + 1 == r->config->index_size ? 0 : i + 1;
}

uint32_t records_index_max(const struct records_config *c)
{
    return c->index_size - c->index_size / 8u;
}

/* Is it the record of that name? */
static bool is_named(const struct records *r, uint32_t at, const header_t *name,
                     const uint8_t *key)
{
    const header_t *h = records_read(r, at);
    return h != NULL && ((h->words[0] ^ name->words[0]) & NAME_BITS) == 0 &&
           h->id == name->id && h->number == name->number &&
           (h->key_len == 0 || /* and no key to point to */
            memcmp(body_of(r, h), key, h->key_len) == 0);
}

/* The entry of that key, or the empty one that could be its. */
static uint32_t *lookup(const struct records *r, uint32_t entry,
                        const header_t *name, const uint8_t *key)
{
    uint32_t *index = r->config->index;
    uint32_t i = entry_home(r, entry);
    while (index[i] != EMPTY &&
           (index[i] >> 20 != entry >> 20 ||
            !is_named(r, entry_at(r, index[i]), name, key)))
        i = entry_next(r, i);
    return &index[i];
}

const header_t *records_find(const struct records *r, const header_t *name,
                             const uint8_t *key)
{
    uint32_t entry = *lookup(r, entry_of(r, name, key), name, key);
    return entry == EMPTY ? NULL : flash_at(r, entry_at(r, entry));
}

/* Those behind it that would not be found any more move up. */
static void close_gap(const struct records *r, uint32_t gap)
{
    uint32_t *index = r->config->index;
    uint32_t n = r->config->index_size;
    for (uint32_t i = entry_next(r, gap); index[i] != EMPTY;
         i = entry_next(r, i)) {
        uint32_t home = entry_home(r, index[i]);
        uint32_t from_home = i >= home ? i - home : i + n - home;
        uint32_t from_gap = i >= gap ? i - gap : i + n - gap;
        if (from_home < from_gap)
            continue;
        index[gap] = index[i];
        gap = i;
    }
    index[gap] = EMPTY;
}

/* One record more (1) or less (-1) that counts. While the region is mounted
 * nobody's share is known yet: it is seen to at the end. */
static void count(struct records *r, const header_t *h, int32_t one)
{
    uint32_t bytes = (uint32_t)one * records_size(r, h);
    r->live += bytes;
    r->count += (uint32_t)one;
    r->by_type[h->type] += (uint32_t)one;
    if (r->is_mounted && r->config->owners != NULL)
        owners_count(r->config->owners, h->id, h->key_number, one, bytes);
}

bool records_holds(struct records *r, uint32_t at, const header_t *h,
                   const uint8_t *key)
{
    uint32_t made = entry_moved(r, entry_of(r, h, key), at);
    uint32_t *entry = lookup(r, made, h, key);
    if (*entry != EMPTY)
        count(r, flash_at(r, entry_at(r, *entry)), -1);
    if ((h->type & REMOVED) != 0) {
        if (*entry != EMPTY)
            close_gap(r, (uint32_t)(entry - r->config->index));
        return true;
    }
    if (r->count >= records_index_max(r->config))
        return false;
    *entry = made;
    count(r, h, 1);
    return true;
}
