/* SPDX-License-Identifier: Apache-2.0 */
/* Making a new object: open, write, seal, commit; and giving it up. Its first
 * bytes are kept in RAM and programmed last. */
#include <kernel/string.h>
#include <loader/store_priv.h>

static bool is_open(const struct store *s)
{
    return s->hole.kind == HOLE_INSTALL && s->hole.is_ready;
}

/* As far as flash in the hole may have been programmed or has to be clear. */
static uint32_t transfer_end(const struct store *s)
{
    return least(s->hole.to, whole_up(s, s->transfer.at + s->transfer.size +
                                             TBF_BASE_SIZE));
}

/* Bytes behind the last whole word of [0, len), a multiple of 4. */
static ALWAYS_INLINE uint32_t rest_of(const struct store *s, uint32_t len)
{
    return len - whole_down(s, len);
}

static err_t owner_check(const struct store *s, uint32_t owner)
{
    err_t e = store_ready(s);
    if (e != OK)
        return e;
    if (!is_open(s) || s->transfer.owner == 0)
        return ERR_RESERVE;
    return owner == s->transfer.owner ? OK : ERR_BUSY;
}

/* ---- how far it got ------------------------------------------------------- */

/* From the end, at s->cursor, backwards. */
void transfer_scan(struct store *s)
{
    uint32_t at = s->transfer.at, first = at + store_head(s), to = s->cursor;
    uint32_t words = STORE_BUFFER_MAX / 4;
    if (!s->hole.is_ready || s->transfer.is_known)
        return;
    while (words != 0 && to > first && store_word(s, to - 4) == ~0u) {
        words--;
        to -= 4;
    }
    s->cursor = to;
    if (words == 0) {
        store_again(s);
        return;
    }
    s->transfer.offset = least(whole_up(s, to - at), s->transfer.size);
    s->transfer.is_known = true;
}

static void scan_begin(struct store *s)
{
    s->cursor = whole_up(s, s->transfer.at + s->transfer.size);
}

/* ---- giving up ------------------------------------------------------------ */

void discard_begin(struct store *s)
{
    s->transfer.owner = 0;
    scan_begin(s);
}

/* What was written is wiped and the hole becomes padding; at the chain's end
 * it becomes the end again where nothing was written, or could be erased. */
void discard_wipe(struct store *s)
{
    uint32_t from = s->hole.from, to = s->hole.to, at = s->transfer.at;
    uint32_t first = at + store_head(s), end = at + s->transfer.offset;
    bool is_tail = chain_ends(s, to);
    /* Had the head been begun with, something would be at the hole's start. */
    bool is_wiped = s->hole.is_ready && store_geometry(s)->reprogram &&
                    store_is_blank(s, from, TBF_BASE_SIZE);
    if (is_wiped && (!is_tail || end > first)) {
        sector_zeros(s, first, end > first ? end : first);
        return;
    }
    store_go(s, SCRIPT(discard_close));
    if (!is_wiped)
        sector_fill(s, from,
                    s->hole.is_ready ? transfer_end(s) : from + TBF_BASE_SIZE,
                    is_tail ? 0 : to - from);
}

void discard_pad(struct store *s)
{
    uint32_t from = s->hole.from;
    sector_fill(s, from, from + TBF_BASE_SIZE, s->hole.to - from);
}

err_t store_abort(struct store *s, uint32_t owner)
{
    err_t e = store_ready(s);
    if (e != OK)
        return e;
    if (!is_open(s))
        return ERR_INVAL;
    if (s->transfer.owner != 0 && s->transfer.owner != owner)
        return ERR_BUSY;
    return store_begin(s, STORE_ABORT, SCRIPT(abort));
}

void store_owner_gone(struct store *s, uint32_t owner)
{
    if (owner != 0 && s->transfer.owner == owner)
        s->transfer.owner = 0;
}

void store_tick(struct store *s, uint32_t passed)
{
    if (s->idle_limit == 0 || s->transfer.owner == 0 || s->op != STORE_IDLE)
        return;
    s->transfer.idle += passed;
    if (s->transfer.idle >= s->idle_limit)
        s->transfer.owner = 0;
}

/* ---- opening -------------------------------------------------------------- */

err_t store_open(struct store *s, uint32_t owner,
                 const struct store_request *request)
{
    uint32_t room = store_end(s) - store_start(s);
    bool is_owned = s->hole.kind == HOLE_INSTALL && s->transfer.owner != 0;
    err_t e = store_ready(s);
    if (e != OK)
        return e;
    if (is_owned)
        return ERR_BUSY;
    if (owner == 0 || request->size % 4 != 0 ||
        (request->align & (request->align - 1)) != 0 || request->align > room)
        return ERR_INVAL;
    if (request->size < store_head(s) || request->size > room)
        return ERR_SIZE;
    if (request->id != 0 && store_is_refused(s, request->id))
        return ERR_ALREADY;
    e = store_begin(s, STORE_OPEN, SCRIPT(open));
    if (e != OK)
        return e;
    s->request = *request;
    s->asker = owner;
    return OK;
}

/* Is it the one that was interrupted? */
void open_same(struct store *s)
{
    bool is_same = is_open(s) && s->request.id != 0 &&
                   s->request.id == s->transfer.id &&
                   s->request.size == s->transfer.size;
    if (!is_same)
        return;
    s->transfer.is_known = false;
    scan_begin(s);
    store_go(s, SCRIPT(resume));
}

/* Behind the last object the chain has to end, and before there is a hole: one
 * that is given up after a power cut becomes padding if anything lies behind it,
 * and stale data would be an object again. */
void open_behind(struct store *s)
{
    sector_fill(s, s->plan.to, s->plan.clear_to, 0);
}

void open_clear(struct store *s)
{
    s->transfer.is_known = false;
    s->resume_at = 0;
    sector_fill(s, s->plan.from, s->plan.clear_to, 0);
}

/* From the start, or taken up again behind the head. */
void open_done(struct store *s)
{
    s->transfer.owner = s->asker;
    s->transfer.idle = 0;
    s->transfer.offset = s->resume_at;
    s->transfer.crc = 0;
    s->transfer.is_known = true;
    s->transfer.is_sealed = s->transfer.is_good = false;
    s->transfer.needs_head = s->resume_at != 0;
}

/* The last program may have been cut off: what it can have reached is written
 * again. Where words may be programmed but once it is cleared first. */
void resume_clear(struct store *s)
{
    uint32_t burst = store_geometry(s)->burst, head = store_head(s);
    uint32_t offset = whole_up(s, s->transfer.offset);
    s->transfer.is_known = false;
    s->resume_at = offset > burst + head ? offset - burst : head;
    if (!store_geometry(s)->reprogram)
        sector_fill(s, s->transfer.at + s->resume_at, transfer_end(s), 0);
}

void resume_head(struct store *s)
{
    uint32_t at = s->transfer.at;
    if (!store_geometry(s)->reprogram)
        sector_fill(s, at, at + store_head(s), 0);
}

/* ---- writing -------------------------------------------------------------- */

/* Can an object of that size begin so? */
static bool head_is_good(const struct store *s, const uint8_t *bytes)
{
    uint32_t words[2];
    memcpy(words, bytes, sizeof words);
    uint32_t header = words[0] >> 16, size = s->transfer.size;
    return (words[0] & 0xFFFF) == TBF_VERSION && header > TBF_BASE_SIZE &&
           header <= size && header <= TBF_HEADER_MAX && header % 4 == 0 &&
           words[1] == size;
}

static err_t write_check(const struct store *s, uint32_t offset,
                         const uint8_t *bytes, uint32_t len)
{
    uint32_t head = store_head(s), size = s->transfer.size;
    if (s->transfer.is_sealed)
        return ERR_ALREADY;
    if (offset != (s->transfer.needs_head ? 0 : s->transfer.offset))
        return ERR_INVAL;
    if (len == 0 || len > size - offset)
        return ERR_SIZE;
    if (offset == 0 && (len < head || (s->transfer.needs_head && len != head) ||
                        !head_is_good(s, bytes)))
        return ERR_INVAL;
    if (len % store_unit(s) != 0 && offset + len != size)
        return ERR_INVAL;
    return OK;
}

err_t store_write(struct store *s, uint32_t owner, uint32_t offset,
                  const uint8_t *bytes, uint32_t len)
{
    err_t e = owner_check(s, owner);
    if (e == OK)
        e = write_check(s, offset, bytes, len);
    if (e == OK)
        e = store_begin(s, STORE_WRITE,
                        s->transfer.needs_head ? SCRIPT(write_head)
                                               : SCRIPT(write));
    if (e != OK)
        return e;
    s->offered = bytes;
    s->offered_len = len;
    s->transfer.idle = 0;
    return OK;
}

/* The first bytes again: with what is there they make the CRC so far. */
void write_head(struct store *s)
{
    uint32_t at = s->transfer.at, head = store_head(s);
    memcpy(s->head, s->offered, head);
    s->transfer.crc = crc32_add(0, s->head, head);
    s->transfer.needs_head = false;
    s->cursor = at + head;
    s->cursor_end = at + s->transfer.offset;
}

/* Of what is offered, in one round. */
static uint32_t write_part(const struct store *s)
{
    return least(s->offered_len, STORE_BUFFER_MAX);
}

void write_first(struct store *s)
{
    uint32_t offset = s->transfer.offset, len = write_part(s), skip = 0;
    const uint8_t *bytes = s->offered;
    uint32_t rest = rest_of(s, offset + len);
    if (offset == 0) {
        skip = store_head(s);
        memcpy(s->head, bytes, skip);
    }
    /* Until it is over nobody knows how far it got. */
    s->transfer.is_known = false;
    if (store_unit(s) > 4)
        memcpy(s->tail, bytes + len - rest, rest);
    if (len - rest > skip)
        store_program(s, s->transfer.at + offset + skip, bytes + skip,
                      len - rest - skip);
}

void write_done(struct store *s)
{
    uint32_t len = write_part(s);
    s->transfer.crc = crc32_add(s->transfer.crc, s->offered, len);
    s->transfer.offset += len;
    s->transfer.is_known = true;
    s->offered += len;
    s->offered_len -= len;
    if (s->offered_len != 0)
        s->pc = SCRIPT(write);
}

/* ---- completing ----------------------------------------------------------- */

err_t store_seal(struct store *s, uint32_t owner)
{
    err_t e = owner_check(s, owner);
    if (e != OK)
        return e;
    if (s->transfer.is_sealed)
        return ERR_ALREADY;
    if (s->transfer.needs_head || s->transfer.offset != s->transfer.size)
        return ERR_SIZE;
    return store_begin(s, STORE_SEAL, SCRIPT(seal));
}

/* The last word, and with it the header of the padding behind, which may begin
 * in the same word. */
void seal_tail(struct store *s)
{
    uint32_t end = s->transfer.at + s->transfer.size, room = s->hole.to - end;
    s->transfer.is_sealed = true;
    sector_content(s, end, s->hole.to, room >= TBF_BASE_SIZE ? room : 0);
    sector_fill_pad(s);
}

void transfer_overlay(struct store *s, uint32_t at, uint32_t len)
{
    uint32_t size = s->transfer.size, rest = rest_of(s, size);
    const struct rewrite tail = { .at = s->transfer.at + size - rest,
                                  .bytes = s->tail,
                                  .len = rest };
    sector_overlay(s, at, len, &tail);
}

void seal_before(struct store *s)
{
    uint32_t from = s->hole.from, at = s->transfer.at;
    if (at != from)
        sector_fill(s, from, from + TBF_BASE_SIZE, at - from);
}

void seal_rest(struct store *s)
{
    uint32_t unit = store_unit(s), head = store_head(s);
    if (head > unit)
        store_program(s, s->transfer.at + unit, s->head + unit, head - unit);
}

void seal_head(struct store *s)
{
    store_program(s, s->transfer.at, s->head, store_unit(s));
}

void seal_judge(struct store *s)
{
    struct tbf tbf;
    uint32_t size = s->transfer.size, crc = s->transfer.crc;
    enum tbf_error error =
        tbf_parse(store_bytes(s, s->transfer.at), size, &tbf);
    err_t e = OK;
    if (error != TBF_OK || tbf.is_padding || tbf.total_size != size)
        e = ERR_INVAL;
    if (store_is_refused(s, crc))
        e = ERR_ALREADY;
    if (s->transfer.id != 0 && s->transfer.id != crc)
        e = ERR_FAIL;
    s->transfer.is_good = e == OK;
    s->result = e;
}

err_t store_commit(struct store *s, uint32_t owner,
                   const struct store_handle *replaces)
{
    struct store_object old = { .at = STORE_NONE };
    err_t e = owner_check(s, owner);
    if (e == OK && !s->transfer.is_good)
        e = ERR_RESERVE;
    if (e == OK && replaces != NULL)
        e = store_find(s, *replaces, &old);
    /* One trial at a time for one app. */
    if (e == OK && replaces != NULL &&
        (old.trial_of != STORE_NONE || old.replaced_by != STORE_NONE))
        e = ERR_RESERVE;
    if (e == OK)
        e = store_begin(s, STORE_COMMIT, SCRIPT(commit));
    if (e == OK)
        s->subject = old.at;
    return e;
}
