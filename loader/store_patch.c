/* SPDX-License-Identifier: Apache-2.0 */
/* See store_patch.h. One step, which looks each time what is to be done next. */
#include <loader/store_patch.h>
#include <loader/store_priv.h>

static uint32_t sector_of(const struct store *s, uint32_t at)
{
    return at - at % sector_size(s);
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
        if (byte_at(s, p->write.at + i) != p->write.bytes[i])
            return false;
    return true;
}

/* ---- the spare sector grows -------------------------------------------------- */

static void overlay(struct store *s, uint32_t at, uint32_t len)
{
    sector_overlay(s, at, len, &s->patch->write);
}

/* The next piece, up to `end`, of what is there and what is to be written. */
static void piece_fill(struct store *s, uint32_t end)
{
    struct store_patch *p = s->patch;
    sector_painting(s, p->filled, end, p->spare - p->sector);
    sector_paint(s);
    p->filled = s->cursor;
}

/* Before anything is changed: a power cut must not leave a trial of what is not
 * there any more. */
static void sector_open(struct store *s, uint32_t sector)
{
    struct store_patch *p = s->patch;
    if (!p->is_changed && journal_has_trial(s)) {
        s->turn.ends = TURN_ENDS_TRIALS;
        store_call(s, SCRIPT(turn));
        return;
    }
    s->copy_sector = p->sector = p->filled = sector;
    sector_spare(s);
    p->spare = s->copy_spare;
    s->content.to = 0;    /* all else stays as it is */
    p->is_changed = true; /* so there is a journal when it is closed */
}

/* A piece more, or all of it is in the spare, and counts, whatever happens. */
static void sector_close(struct store *s)
{
    struct store_patch *p = s->patch;
    uint32_t end = p->sector + sector_size(s);
    p->write.len = 0;
    if (p->filled < end) {
        piece_fill(s, end);
        return;
    }
    p->sector = STORE_NONE;
    store_again(s);
    store_call(s, SCRIPT(complete));
}

/* The part of the write that lies in the next sector. */
static void write_go(struct store *s)
{
    struct store_patch *p = s->patch;
    uint32_t at = p->write.at, sector = sector_of(s, at);
    uint32_t end = sector + sector_size(s);
    uint32_t part = least(p->len, end - at);
    p->write.len = part;
    if (reads_right(s, part)) {
        p->write.at += part;
        p->write.bytes += part;
        p->len -= part;
        store_again(s);
    } else if (p->sector == STORE_NONE) {
        store_again(s);
        sector_open(s, sector);
    } else if (p->sector == sector &&
               (at >= p->filled || reads_right(s, p->filled - at))) {
        piece_fill(s, least(round_up(at + part, store_unit(s)), end));
    } else {
        sector_close(s);
    }
}

/* A new page takes over only what is so of the objects there are now. */
static void close_go(struct store *s)
{
    struct store_patch *p = s->patch;
    if (p->sector != STORE_NONE) {
        sector_close(s);
    } else if (p->is_changed) {
        p->is_changed = false;
        store_call(s, SCRIPT(turn));
    }
}

static void patch_step(struct store *s)
{
    if (s->patch->is_closing)
        close_go(s);
    else if (s->patch->len != 0)
        write_go(s);
}

/* ---- for its user ---------------------------------------------------------------- */

void store_patch_init(struct store *s, struct store_patch *patch)
{
    static const struct store_guest guest = { patch_step, overlay };
    *patch = (struct store_patch){ .sector = STORE_NONE };
    s->patch = patch;
    s->guest = &guest;
}

err_t store_patch_write(struct store *s, uint32_t at, const uint8_t *bytes,
                        uint32_t len)
{
    struct store_patch *p = s->patch;
    if (at < store_start(s) || at > store_end(s) || len > store_end(s) - at)
        return ERR_INVAL;
    err_t e = store_begin(s, STORE_PATCH, SCRIPT(guest));
    if (e != OK)
        return e;
    p->is_closing = false;
    p->write.at = at;
    p->write.bytes = bytes;
    p->len = len;
    return OK;
}

err_t store_patch_close(struct store *s)
{
    err_t e = store_begin(s, STORE_PATCH, SCRIPT(guest));
    if (e == OK)
        s->patch->is_closing = true;
    return e;
}
