/* SPDX-License-Identifier: Apache-2.0 */
/* See owners.h. */
#include <drivers/owners.h>

#include <stddef.h>

/* The identity's entry, or NULL; *free is an entry that could be its, or NULL. */
static struct owner *find(const struct owners *o, uint32_t id, uint8_t key,
                          struct owner **free)
{
    *free = NULL;
    for (uint32_t i = 0; i < o->max; i++) {
        struct owner *owner = &o->table[i];
        if (owner->records == 0)
            *free = owner;
        else if (owner->id == id && owner->key == key)
            return owner;
    }
    return NULL;
}

void owners_clear(struct owners *o)
{
    for (uint32_t i = 0; i < o->max; i++)
        o->table[i].records = 0;
    o->is_crowded = o->is_stale = false;
}

void owners_count(struct owners *o, uint32_t id, uint8_t key, int32_t records,
                  uint32_t bytes)
{
    struct owner *free, *owner = find(o, id, key, &free);
    if (owner == NULL) {
        if (records < 0)
            return;
        owner = free;
        if (owner == NULL) {
            o->is_crowded = true;
            return;
        }
        *owner = (struct owner){ .id = id, .key = key };
    }
    owner->records = (uint16_t)(owner->records + records);
    owner->bytes += bytes;
    if (owner->records == 0)
        o->is_stale = o->is_crowded;
}

bool owners_allow(const struct owners *o, uint32_t id, uint8_t key,
                  uint32_t old, uint32_t bytes)
{
    struct owner *free;
    const struct owner *owner = find(o, id, key, &free);
    if (old != 0 && bytes <= old)
        return true;
    if (owner == NULL)
        return free != NULL && bytes <= o->share_bytes;
    return owner->bytes - old + bytes <= o->share_bytes &&
           (old != 0 || owner->records < o->share_records);
}
