/* SPDX-License-Identifier: Apache-2.0 */
/* See world.h. */
#include <stdlib.h>
#include <string.h>

#include <loader/store_priv.h>
#include <tests/power/world.h>

static struct world *world_of(struct store *store)
{
    return CONTAINER_OF(store, struct world, store);
}

const struct store_place *store_place(const struct store *store)
{
    return &CONTAINER_OF(store, const struct world, store)->place;
}

static void on_wake(struct store *store)
{
    world_of(store)->is_woken = true;
}

static void on_done(struct store *store, enum store_op op, err_t e)
{
    struct world *w = world_of(store);
    w->dones++;
    w->op = op;
    w->error = e;
}

static bool on_may_move(struct store *store, const struct store_object *object,
                        uint32_t shift)
{
    (void)object;
    (void)shift;
    return !world_of(store)->may_not_move;
}

static const struct store_client client = { .wake = on_wake,
                                            .done = on_done,
                                            .may_move = on_may_move };

void world_make(struct world *w, const struct flash_geometry *geometry,
                uint32_t journal_sectors, uint32_t spare_sectors)
{
    uint32_t sector = geometry->sector_size;
    memset(w, 0, sizeof *w);
    nor_make(&w->nor, geometry);
    w->layout.journal = 0;
    w->layout.journal_sectors = journal_sectors;
    w->layout.spare = journal_sectors * sector;
    w->layout.spare_sectors = spare_sectors;
    w->layout.start = (journal_sectors + spare_sectors) * sector;
    w->layout.end = geometry->size;
    w->buffer_size = sector < STORE_BUFFER_MAX ? 64 : STORE_BUFFER_MAX;
}

void world_free(struct world *w)
{
    nor_free(&w->nor);
}

bool world_run(struct world *w)
{
    for (;;) {
        if (w->nor.is_dead)
            return false;
        if (w->is_woken) {
            w->is_woken = false;
            w->steps++;
            store_run(&w->store);
        } else if (w->nor.is_busy) {
            nor_complete(&w->nor);
        } else {
            return true;
        }
    }
}

err_t world_finish(struct world *w, err_t e)
{
    uint32_t dones = w->dones;
    if (e != OK)
        return e;
    if (!world_run(w))
        return ERR_OFF;
    if (w->dones != dones + 1)
        abort(); /* exactly one done() for each operation */
    return w->error;
}

err_t world_boot(struct world *w)
{
    struct store *s = &w->store;
    memset(s, 0, sizeof *s);
    memset(w->buffer, 0xA5, sizeof w->buffer);
    w->is_woken = false;
    w->place = (struct store_place){
        .flash = &w->nor.flash,
        .geometry = w->nor.flash.geometry,
        .base = w->nor.flash.base,
        .layout = &w->layout,
        .buffer = (uint8_t *)w->buffer,
        .buffer_size = w->buffer_size,
    };
    s->client = &client;
    s->secret = 0x5EC2E7;
    return world_finish(w, store_mount(s));
}

static void put32(uint8_t *p, uint32_t v)
{
    for (uint32_t i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t get32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* Base header, Main, and a body in which zeros and ones have their share. */
void app_make(uint8_t *bytes, uint32_t size, uint32_t number)
{
    uint32_t chance = number * 2654435761u + size + 1, sum = 0;
    memset(bytes, 0, 32);
    put32(bytes, TBF_VERSION | 32u << 16);
    put32(bytes + TBF_AT_TOTAL_SIZE, size);
    put32(bytes + TBF_AT_FLAGS, number % 3 != 0);
    put32(bytes + 16, TBF_TLV_MAIN | 12u << 16);
    put32(bytes + 28, number);
    for (uint32_t i = 0; i < 32; i += 4)
        sum ^= get32(bytes + i);
    put32(bytes + TBF_AT_CHECKSUM, sum);
    for (uint32_t i = 32; i < size; i++) {
        uint32_t r = nor_random(&chance);
        bytes[i] = r % 8 == 0 ? 0xFF : r % 8 == 1 ? 0 : (uint8_t)(r >> 8);
    }
    if (size > 64 && number % 4 == 1)
        memset(bytes + size - 24, 0xFF, 24); /* ends as blank flash reads */
}

uint32_t app_id(const uint8_t *bytes, uint32_t size)
{
    return crc32_add(0, bytes, size);
}

err_t world_install(struct world *w, const uint8_t *bytes, uint32_t size,
                    uint32_t piece, const struct store_handle *replaces)
{
    struct store *s = &w->store;
    const struct store_request request = { size, app_id(bytes, size), 0,
                                           STORE_NONE };
    err_t e = world_finish(w, store_open(s, WORLD_OWNER, &request));
    if (e == OK && s->transfer.needs_head)
        e = world_finish(w,
                         store_write(s, WORLD_OWNER, 0, bytes, store_head(s)));
    while (e == OK && s->transfer.offset < size) {
        uint32_t offset = s->transfer.offset, len = size - offset;
        e = world_finish(w, store_write(s, WORLD_OWNER, offset, bytes + offset,
                                        len < piece ? len : piece));
    }
    if (e == OK)
        e = world_finish(w, store_seal(s, WORLD_OWNER));
    if (e == OK)
        e = world_finish(w, store_commit(s, WORLD_OWNER, replaces));
    return e;
}

bool world_find(struct world *w, const uint8_t *bytes, uint32_t size,
                struct store_object *object)
{
    uint32_t at = STORE_NONE;
    while (store_walk(&w->store, &at, object))
        if (!object->is_free && object->error == TBF_OK &&
            object->size == size &&
            memcmp(w->nor.shown + object->at, bytes, size) == 0)
            return true;
    return false;
}

err_t world_compact(struct world *w)
{
    err_t e;
    while ((e = world_finish(w, store_compact_plan(&w->store))) == OK) {
        e = world_finish(w, store_compact(&w->store));
        if (e != OK)
            return e;
    }
    return e == ERR_ALREADY ? OK : e;
}

const char *world_check(struct world *w)
{
    struct store_object o;
    uint32_t at = STORE_NONE, expected = w->layout.start;
    while (store_walk(&w->store, &at, &o)) {
        if (o.error == TBF_BAD_TOTAL_SIZE)
            return "the chain is broken";
        if (o.at != expected)
            return "an object is not where the one before ends";
        if (o.is_free && o.size < TBF_BASE_SIZE)
            return "a gap smaller than a header";
        expected = o.at + o.size;
    }
    uint32_t left = w->layout.end - expected;
    if (left >= 2 && store_word(&w->store, expected) % 65536 == TBF_VERSION)
        return "something at the end looks like an object";
    return NULL;
}
