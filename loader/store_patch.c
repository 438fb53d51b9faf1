/* SPDX-License-Identifier: Apache-2.0 */
/* See store_patch.h. */
#include <kernel/string.h>
#include <loader/store_patch.h>
#include <loader/store_priv.h>

static store_step write_go, write_fill, write_filled, close_fill, close_filled,
    close_restore, close_end, close_first, close_forget, end_ok;

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t sector_of(const struct store *s, uint32_t at)
{
    return at - at % sector_size(s);
}

void store_patch_init(struct store *s, struct store_patch *patch)
{
    *patch = (struct store_patch){ .sector = STORE_NONE };
    s->patch = patch;
}

/* What `at` reads as, be it in the sector or on its way there. */
static uint8_t byte_at(const struct store *s, uint32_t at)
{
    const struct store_patch *p = s->patch;
    bool is_moved =
        p->sector != STORE_NONE && at >= p->sector && at < p->filled;
    return *store_bytes(s, is_moved ? at - p->sector + p->spare : at);
}

void store_patch_read(const struct store *s, uint8_t *to, uint32_t at,
                      uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        to[i] = byte_at(s, at + i);
}

/* Does [at, at + len) read as it is to be? */
static bool reads_right(const struct store *s, uint32_t len)
{
    const struct store_patch *p = s->patch;
    for (uint32_t i = 0; i < len; i++)
        if (byte_at(s, p->at + i) != p->bytes[i])
            return false;
    return true;
}

/* ---- the spare sector grows -------------------------------------------------- */

/* The next piece, up to `end`, of what is there and what is to be written. */
static void piece_fill(struct store *s, uint32_t end, store_step *then)
{
    const struct store_patch *p = s->patch;
    uint32_t len = least(store_place(s)->buffer_size, end - p->filled);
    uint32_t all = 0xFF;
    for (uint32_t i = 0; i < len; i++) {
        uint32_t at = p->filled + i;
        bool is_new = at >= p->at && at - p->at < p->part;
        store_buffer(s)[i] =
            is_new ? p->bytes[at - p->at] : *store_bytes(s, at);
        all &= store_buffer(s)[i];
    }
    if (all == 0xFF)
        store_later(s, then);
    else
        store_program(s, p->filled - p->sector + p->spare, store_buffer(s), len,
                      then);
}

static void piece_is_there(struct store *s, uint32_t end)
{
    s->patch->filled +=
        least(store_place(s)->buffer_size, end - s->patch->filled);
}

/* ---- write ---------------------------------------------------------------------- */

err_t store_patch_write(struct store *s, uint32_t at, const uint8_t *bytes,
                        uint32_t len)
{
    struct store_patch *p = s->patch;
    if (at < store_start(s) || at > store_end(s) || len > store_end(s) - at)
        return ERR_INVAL;
    err_t e = store_begin(s, STORE_PATCH, write_go);
    if (e != OK)
        return e;
    p->at = at;
    p->bytes = bytes;
    p->len = len;
    return OK;
}

/* Before anything is changed: a power cut must not leave a trial of what is not
 * there any more. */
static void sector_open(struct store *s, uint32_t sector)
{
    struct store_patch *p = s->patch;
    if (!p->is_changed && journal_has_trial(s)) {
        journal_end_trials(s, write_go);
        return;
    }
    p->sector = p->filled = sector;
    p->spare = store_layout(s)->spare + s->spare_next++ %
                                            store_layout(s)->spare_sectors *
                                            sector_size(s);
    p->is_changed = true; /* so there is a journal when it is closed */
    store_erase(s, p->spare, write_fill);
}

/* The part of the write that lies in the next sector. */
static void write_go(struct store *s)
{
    struct store_patch *p = s->patch;
    uint32_t sector = sector_of(s, p->at);
    p->part = least(p->len, sector + sector_size(s) - p->at);
    if (p->len == 0) {
        store_later(s, end_ok);
    } else if (reads_right(s, p->part)) {
        p->at += p->part;
        p->bytes += p->part;
        p->len -= p->part;
        store_later(s, write_go);
    } else if (p->sector == STORE_NONE) {
        sector_open(s, sector);
    } else if (p->sector == sector &&
               (p->at >= p->filled || reads_right(s, p->filled - p->at))) {
        write_fill(s);
    } else {
        p->part = 0;
        p->close_then = write_go;
        close_fill(s);
    }
}

static uint32_t write_end(const struct store *s)
{
    const struct store_patch *p = s->patch;
    return least(round_up(p->at + p->part, store_unit(s)),
                 p->sector + sector_size(s));
}

static void write_fill(struct store *s)
{
    uint32_t end = write_end(s);
    if (s->patch->filled >= end)
        write_go(s); /* and goes on behind what reads right now */
    else
        piece_fill(s, end, write_filled);
}

static void write_filled(struct store *s)
{
    piece_is_there(s, write_end(s));
    write_fill(s);
}

/* ---- close ---------------------------------------------------------------------- */

err_t store_patch_close(struct store *s)
{
    return store_begin(s, STORE_PATCH, close_first);
}

static void close_first(struct store *s)
{
    struct store_patch *p = s->patch;
    p->part = 0;
    p->close_then = close_forget;
    if (p->sector == STORE_NONE)
        close_forget(s);
    else
        close_fill(s);
}

static void close_fill(struct store *s)
{
    const struct store_patch *p = s->patch;
    uint32_t end = p->sector + sector_size(s);
    if (p->filled == end)
        journal_append(s, RECORD_COPY, p->sector, p->spare, 0, close_restore);
    else
        piece_fill(s, end, close_filled);
}

static void close_filled(struct store *s)
{
    piece_is_there(s, s->patch->sector + sector_size(s));
    close_fill(s);
}

/* From here on what is in the spare counts, whatever happens. */
static void close_restore(struct store *s)
{
    sector_restore(s, close_end);
}

static void close_end(struct store *s)
{
    s->patch->sector = STORE_NONE;
    s->patch->close_then(s);
}

/* A new page takes over only what is so of the objects there are now. */
static void close_forget(struct store *s)
{
    bool is_changed = s->patch->is_changed;
    s->patch->is_changed = false;
    if (is_changed)
        journal_turn(s, false, end_ok);
    else
        store_later(s, end_ok);
}

static void end_ok(struct store *s)
{
    store_done(s, OK);
}
