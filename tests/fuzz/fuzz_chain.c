/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of discovery alone: the input is the flash that holds the
 * chain, once as it is and once with the checksums of headers made right. It is
 * walked, and searched for space and for something to move. Nothing outside is
 * read, no walk takes more steps than there is room for headers, and a place
 * that is found lies in free space.
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c pic/tbf.c pic/crc32.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loader/store_priv.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static struct store_place place;

const struct store_place *store_place(const struct store *store)
{
    (void)store;
    return &place;
}

static void on_wake(struct store *s)
{
    (void)s;
}

static void on_done(struct store *s, enum store_op op, err_t e)
{
    (void)s;
    (void)op;
    (void)e;
}

static bool on_may_move(struct store *s, const struct store_object *object,
                        uint32_t shift)
{
    require(shift <= object->at);
    return s->request.size % 8 == 0 || object->at % 8 == 0;
}

/* Steps until the search is over: one for each object at most. */
static void search(struct store *s, store_step *find)
{
    uint32_t most = store_end(s) / TBF_BASE_SIZE + 2;
    chain_search(s);
    for (bool goes_on = true; goes_on;) {
        require(most-- != 0);
        s->pc = 2;
        find(s);
        goes_on = s->pc == 1; /* it is to be carried out again */
    }
}

/* Counts the bytes of [from, to) that belong to something. */
static uint32_t taken(struct store *s, uint32_t from, uint32_t to)
{
    struct store_object o;
    uint32_t at = STORE_NONE, n = 0;
    while (store_walk(s, &at, &o)) {
        uint32_t end = at < store_end(s) || o.error != TBF_BAD_TOTAL_SIZE
                           ? o.at + o.size
                           : o.at;
        if (!o.is_free && o.at < to && end > from)
            n += end - o.at;
    }
    return n;
}

static void explore(struct store *s)
{
    struct store_object o;
    uint32_t at = STORE_NONE, most = store_end(s) / TBF_BASE_SIZE + 1;
    uint32_t expected = 0;
    while (store_walk(s, &at, &o)) {
        require(most-- != 0);
        require(o.at == expected && at > o.at && at <= store_end(s));
        expected = at;
        if (o.error == TBF_OK && !o.is_free) {
            struct store_object again;
            require(store_find(s, o.handle, &again) == OK);
            require(again.at == o.at && again.size == o.size);
        }
    }
    search(s, chain_find_space);
    if (s->plan.best != STORE_NONE) {
        require(s->plan.from <= s->plan.best && s->plan.to <= store_end(s));
        require(s->request.size <= s->plan.to - s->plan.best);
        require(taken(s, s->plan.from, s->plan.to) == 0);
    }
    search(s, chain_find_slide);
    if (s->plan.from != STORE_NONE) {
        require(s->plan.shift <= s->plan.to - s->plan.from);
        require(taken(s, s->plan.from, s->plan.from + s->plan.shift) == 0);
    }
}

static void checksums_repair(uint8_t *image, uint32_t size)
{
    for (uint32_t at = 0; at + TBF_BASE_SIZE <= size;) {
        uint8_t *p = image + at, lanes[4] = { 0 };
        uint32_t header = p[2] | (uint32_t)p[3] << 8;
        uint32_t total = p[4] | (uint32_t)p[5] << 8;
        if (header > size - at)
            header = size - at;
        memset(p + TBF_AT_CHECKSUM, 0, 4);
        for (uint32_t i = 0; i < header; i++)
            lanes[i % 4] ^= p[i];
        memcpy(p + TBF_AT_CHECKSUM, lanes, 4);
        at += total < TBF_BASE_SIZE ? size : total & ~3u;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct store_client client = { .wake = on_wake,
                                                .done = on_done,
                                                .may_move = on_may_move };
    if (size < 4 || size > 65536)
        return 0;
    uint32_t len = (uint32_t)(size - 2) & ~3u;
    if (len == 0)
        return 0;
    uint8_t *image = malloc(len); /* of that size: sanitizers see a byte more */
    require(image != NULL);
    memcpy(image, data + 2, len);
    const struct flash_geometry g = { len, len,  data[0] & 1 ? 32 : 4,
                                      256, true, true };
    struct flash flash = { NULL, &g, image, NULL };
    const struct store_layout layout = { len, 2, len, 1, 0, len };
    place = (struct store_place){
        .flash = &flash, .geometry = &g, .base = image, .layout = &layout
    };
    struct store s = { .client = &client,
                       .page = STORE_NONE,
                       .is_mounted = true };
    s.request = (struct store_request){ 4u * data[1], 0, data[0] & 2 ? 64 : 0,
                                        STORE_NONE };
    explore(&s);
    checksums_repair(image, len);
    explore(&s);
    free(image);
    return 0;
}
