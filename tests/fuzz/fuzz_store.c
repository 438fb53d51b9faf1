/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the store's discovery: any bytes for chain and journal.
 * It mounts, walks, plans and finds handles; nothing is read outside the flash,
 * no walk takes more steps than there is room for headers, and one that comes
 * to rest can be mounted again without a change to any app.
 *
 * The first byte chooses how the rest is used: as the chain alone, as the
 * whole device, or as edits of a good chain (offset, value), with the
 * checksums of headers made right or not, on flash of both rules.
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c pic/tbf.c pic/crc32.c
 * SOURCES: tests/power/nor.c tests/power/world.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loader/store_priv.h>
#include <tests/power/world.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECTOR 512u
#define SECTORS 8u

static struct world worlds[2];
static uint8_t good[SECTOR * SECTORS];

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* A chain of apps, one removed, and the journal that belongs to it. */
static void good_make(struct world *w)
{
    uint8_t app[300];
    struct store_object o;
    require(world_boot(w) == OK);
    for (uint32_t n = 1; n <= 4; n++) {
        app_make(app, 100 + 40 * n, n);
        require(world_install(w, app, 100 + 40 * n, 64, NULL) == OK);
    }
    app_make(app, 180, 2);
    require(world_find(w, app, 180, &o));
    require(world_finish(w, store_remove(&w->store, o.handle)) == OK);
    memcpy(good, w->nor.cells, sizeof good);
}

static void start(void)
{
    static bool is_started;
    const struct flash_geometry g = {
        SECTOR * SECTORS, SECTOR, 4, 256, true, true
    };
    struct flash_geometry once = g;
    if (is_started)
        return;
    is_started = true;
    once.reprogram = false;
    once.word_size = 32;
    world_make(&worlds[1], &once, 2, 1);
    world_make(&worlds[0], &g, 2, 1);
    good_make(&worlds[0]);
}

/* Makes right the checksum of the header at `at`, if it has a size. */
static void checksum_repair(uint8_t *p, uint32_t avail)
{
    uint32_t header = avail < TBF_BASE_SIZE ? 0 : p[2] | (uint32_t)p[3] << 8;
    uint8_t lanes[4] = { 0 };
    if (header < TBF_BASE_SIZE || header > avail)
        return;
    memset(p + TBF_AT_CHECKSUM, 0, 4);
    for (uint32_t i = 0; i < header; i++)
        lanes[i % 4] ^= p[i];
    memcpy(p + TBF_AT_CHECKSUM, lanes, 4);
}

static void image_make(struct world *w, uint8_t how, const uint8_t *data,
                       size_t size)
{
    static uint8_t image[SECTOR * SECTORS];
    uint32_t start = w->layout.start, at = start;
    memset(image, 0xFF, sizeof image);
    if (how % 3 == 0 && size > sizeof image - start)
        size = sizeof image - start;
    if (how % 3 == 1 && size > sizeof image)
        size = sizeof image;
    if (how % 3 == 0 && size != 0)
        memcpy(image + start, data, size);
    if (how % 3 == 1 && size != 0)
        memcpy(image, data, size);
    if (how % 3 == 2) {
        memcpy(image, good, sizeof image);
        for (size_t i = 0; i + 3 <= size; i += 3)
            image[(data[i] | (uint32_t)data[i + 1] << 8) % sizeof image] =
                data[i + 2];
    }
    while ((how & 0x40) && at + TBF_BASE_SIZE <= sizeof image) {
        uint32_t total = image[at + 4] | (uint32_t)image[at + 5] << 8;
        checksum_repair(image + at, (uint32_t)sizeof image - at);
        at += total < TBF_BASE_SIZE ? (uint32_t)sizeof image : total & ~3u;
    }
    nor_power_up(&w->nor);
    nor_preset(&w->nor, 0, image, sizeof image);
}

/* The apps that a walk finds: where, and what. */
struct apps {
    uint32_t count, at[SECTOR * SECTORS / TBF_BASE_SIZE];
    uint32_t sum[SECTOR * SECTORS / TBF_BASE_SIZE];
};

static bool holds_all(const struct apps *all, const struct apps *some)
{
    for (uint32_t i = 0, k = 0; i < some->count; i++, k++) {
        while (k < all->count && all->at[k] != some->at[i])
            k++;
        if (k == all->count || all->sum[k] != some->sum[i])
            return false;
    }
    return true;
}

static void walk(struct world *w, struct apps *apps)
{
    struct store_object o, found;
    uint32_t at = STORE_NONE, most = SECTOR * SECTORS / TBF_BASE_SIZE;
    uint32_t expected = w->layout.start;
    apps->count = 0;
    while (store_walk(&w->store, &at, &o)) {
        require(most-- != 0);
        require(o.at == expected);
        expected = at;
        if (o.error == TBF_BAD_TOTAL_SIZE && at == w->layout.end)
            break;
        require(o.size >= TBF_BASE_SIZE && o.size <= w->layout.end - o.at);
        if (o.is_free || o.error != TBF_OK)
            continue;
        require(store_find(&w->store, o.handle, &found) == OK);
        require(found.at == o.at && found.size == o.size);
        apps->at[apps->count] = o.at;
        apps->sum[apps->count++] = crc32_add(0, w->nor.shown + o.at, o.size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    start();
    struct world *w = &worlds[data[0] >> 7];
    image_make(w, data[0], data + 1, size - 1);
    w->steps = 0;
    err_t e = world_boot(w);
    require(w->steps < 4096);
    if (e != OK) /* what the journal says cannot be done */
        return 0;
    static struct apps first, at_rest, again;
    bool is_at_rest = w->store.hole.kind == HOLE_NONE;
    walk(w, &first);
    /* What was being made is given up. (That may bring back an object with a
     * forged size that reached into it, and swallows what lies there.) */
    (void)world_finish(w, store_compact_plan(&w->store));
    walk(w, &at_rest);
    require(!is_at_rest || holds_all(&at_rest, &first));
    require(world_boot(w) == OK);
    walk(w, &again);
    require(holds_all(&again, &at_rest) && again.count == at_rest.count);
    return 0;
}
