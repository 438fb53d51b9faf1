/* SPDX-License-Identifier: Apache-2.0 */
/* Making a new object: open, write, seal, commit; and giving it up. Its first
 * bytes are kept in RAM and programmed last. */
#include <kernel/string.h>
#include <loader/store_priv.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t half_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static bool is_open(const struct store *s)
{
    return s->hole.kind == HOLE_INSTALL && s->hole.is_ready;
}

/* As far as flash in the hole may have been programmed or has to be clear. */
static uint32_t transfer_end(const struct store *s)
{
    return least(s->hole.to,
                 round_up(s->transfer.at + s->transfer.size + TBF_BASE_SIZE,
                          store_unit(s)));
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

static store_step scan_piece, scan_end;

/* Looks for the last byte that was programmed, from the end backwards. */
static void transfer_scan(struct store *s, store_step *then)
{
    s->job_then = then;
    s->cursor = round_up(s->transfer.at + s->transfer.size, store_unit(s));
    scan_piece(s);
}

static void scan_piece(struct store *s)
{
    uint32_t first = s->transfer.at + store_head(s);
    uint32_t from = s->cursor - least(s->cursor - first, STORE_BUFFER_MAX);
    while (s->cursor > from && store_is_blank(s, s->cursor - 4, 4))
        s->cursor -= 4;
    store_later(s, s->cursor > from || from == first ? scan_end : scan_piece);
}

static void scan_end(struct store *s)
{
    s->transfer.offset = least(
        round_up(s->cursor - s->transfer.at, store_unit(s)), s->transfer.size);
    s->transfer.is_known = true;
    s->job_then(s);
}

/* ---- giving up ------------------------------------------------------------ */

static store_step discard_known, discard_pad, discard_close;

void transfer_discard(struct store *s, store_step *then)
{
    s->discard_then = then;
    s->transfer.owner = 0;
    if (s->hole.is_ready && !s->transfer.is_known)
        transfer_scan(s, discard_known);
    else
        discard_known(s);
}

/* What was written is wiped and the hole becomes padding; at the chain's end
 * it becomes the end again where nothing was written, or could be erased. */
static void discard_known(struct store *s)
{
    uint32_t from = s->hole.from, to = s->hole.to, at = s->transfer.at;
    uint32_t first = at + store_head(s);
    bool is_tail = chain_ends(s, to);
    uint32_t pad = is_tail ? 0 : to - from;
    if (!s->hole.is_ready) {
        sector_fill(s, from, from + TBF_BASE_SIZE, pad, discard_close);
    } else if (!store_geometry(s)->reprogram ||
               !store_is_blank(s, at, store_head(s)) ||
               !store_is_blank(s, from, TBF_BASE_SIZE)) {
        sector_fill(s, from, transfer_end(s), pad, discard_close);
    } else if (is_tail && at + s->transfer.offset <= first) {
        store_later(s, discard_close);
    } else {
        uint32_t end = at + s->transfer.offset;
        sector_zero(s, first, end > first ? end : first, discard_pad);
    }
}

static void discard_pad(struct store *s)
{
    uint32_t from = s->hole.from;
    sector_fill(s, from, from + TBF_BASE_SIZE, s->hole.to - from,
                discard_close);
}

static void discard_close(struct store *s)
{
    journal_append(s, RECORD_CLOSED, 0, 0, 0, s->discard_then);
}

static store_step abort_first, abort_done;

err_t store_abort(struct store *s, uint32_t owner)
{
    err_t e = store_ready(s);
    if (e != OK)
        return e;
    if (!is_open(s))
        return ERR_INVAL;
    if (s->transfer.owner != 0 && s->transfer.owner != owner)
        return ERR_BUSY;
    return store_begin(s, STORE_ABORT, abort_first);
}

static void abort_first(struct store *s)
{
    transfer_discard(s, abort_done);
}

static void abort_done(struct store *s)
{
    store_done(s, OK);
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

static store_step open_first, open_find, open_found, open_clear, open_ready,
    open_done, resume_known, resume_head, resume_done;

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
    e = store_begin(s, STORE_OPEN, open_first);
    if (e != OK)
        return e;
    s->request = *request;
    s->asker = owner;
    return OK;
}

static void open_first(struct store *s)
{
    bool is_same = is_open(s) && s->request.id != 0 &&
                   s->request.id == s->transfer.id &&
                   s->request.size == s->transfer.size;
    if (is_same)
        transfer_scan(s, resume_known);
    else if (s->hole.kind == HOLE_INSTALL)
        transfer_discard(s, open_find);
    else
        open_find(s);
}

static void open_find(struct store *s)
{
    s->plan.shift = 0;
    chain_find_space(s, open_found);
}

static void open_found(struct store *s)
{
    if (s->plan.best == STORE_NONE)
        store_done(s, ERR_NOMEM);
    else
        journal_append(s, RECORD_HOLE, s->plan.from, s->plan.to, 0, open_clear);
}

static void open_clear(struct store *s)
{
    s->transfer.is_known = false;
    sector_fill(s, s->plan.from, s->plan.clear_to, 0, open_ready);
}

static void open_ready(struct store *s)
{
    journal_append(s, RECORD_READY, s->plan.best, s->request.size,
                   s->request.id, open_done);
}

static void open_end(struct store *s, uint32_t offset, bool needs_head)
{
    s->transfer.owner = s->asker;
    s->transfer.idle = 0;
    s->transfer.offset = offset;
    s->transfer.crc = 0;
    s->transfer.is_known = true;
    s->transfer.is_sealed = s->transfer.is_good = false;
    s->transfer.needs_head = needs_head;
    store_done(s, OK);
}

static void open_done(struct store *s)
{
    open_end(s, 0, false);
}

/* The last program may have been cut off: what it can have reached is written
 * again. Where words may be programmed but once it is cleared first. */
static void resume_known(struct store *s)
{
    uint32_t burst = store_geometry(s)->burst, head = store_head(s);
    uint32_t offset = s->transfer.offset;
    s->transfer.is_known = false;
    offset = round_up(offset, store_unit(s));
    s->resume_at = offset > burst + head ? offset - burst : head;
    if (store_geometry(s)->reprogram)
        resume_done(s);
    else
        sector_fill(s, s->transfer.at + s->resume_at, transfer_end(s), 0,
                    resume_head);
}

static void resume_head(struct store *s)
{
    sector_fill(s, s->transfer.at, s->transfer.at + store_head(s), 0,
                resume_done);
}

static void resume_done(struct store *s)
{
    open_end(s, s->resume_at, true);
}

/* ---- writing -------------------------------------------------------------- */

static store_step write_first, write_done, write_head_done;

/* Can an object of that size begin so? */
static bool head_is_good(const struct store *s, const uint8_t *head)
{
    uint32_t header = half_at(head + TBF_AT_HEADER_SIZE);
    const uint8_t *size = head + TBF_AT_TOTAL_SIZE;
    return half_at(head) == TBF_VERSION && header > TBF_BASE_SIZE &&
           header <= s->transfer.size && header <= TBF_HEADER_MAX &&
           header % 4 == 0 &&
           (half_at(size) | half_at(size + 2) << 16) == s->transfer.size;
}

static err_t write_check(const struct store *s, uint32_t offset,
                         const uint8_t *bytes, uint32_t len)
{
    uint32_t head = store_head(s), size = s->transfer.size;
    if (s->transfer.is_sealed)
        return ERR_ALREADY;
    if (offset != (s->transfer.needs_head ? 0 : s->transfer.offset))
        return ERR_INVAL;
    if (len == 0 || len > STORE_BUFFER_MAX || len > size - offset)
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
        e = store_begin(s, STORE_WRITE, write_first);
    if (e != OK)
        return e;
    s->offered = bytes;
    s->offered_len = len;
    s->transfer.idle = 0;
    return OK;
}

static void write_first(struct store *s)
{
    uint32_t head = store_head(s);
    bool is_head = s->transfer.needs_head || s->transfer.offset == 0;
    if (is_head)
        memcpy(s->head, s->offered, head);
    if (s->transfer.needs_head) {
        s->digest = crc32_add(0, s->offered, head);
        sector_digest(s, s->transfer.at + head,
                      s->transfer.at + s->transfer.offset, write_head_done);
        return;
    }
    /* Until it is over nobody knows how far it got. */
    s->transfer.is_known = false;
    uint32_t skip = is_head ? head : 0, len = s->offered_len;
    uint32_t rest = (s->transfer.offset + len) % store_unit(s);
    memcpy(s->tail, s->offered + len - rest, rest);
    if (len - rest > skip)
        store_program(s, s->transfer.at + s->transfer.offset + skip,
                      s->offered + skip, len - rest - skip, write_done);
    else
        store_later(s, write_done);
}

static void write_done(struct store *s)
{
    s->transfer.crc = crc32_add(s->transfer.crc, s->offered, s->offered_len);
    s->transfer.offset += s->offered_len;
    s->transfer.is_known = true;
    store_done(s, OK);
}

static void write_head_done(struct store *s)
{
    s->transfer.crc = s->digest;
    s->transfer.needs_head = false;
    store_done(s, OK);
}

/* ---- completing ----------------------------------------------------------- */

static store_step seal_tail, seal_before, seal_rest, seal_head, seal_judge,
    commit_record, commit_done;

err_t store_seal(struct store *s, uint32_t owner)
{
    err_t e = owner_check(s, owner);
    if (e != OK)
        return e;
    if (s->transfer.is_sealed)
        return ERR_ALREADY;
    if (s->transfer.needs_head || s->transfer.offset != s->transfer.size)
        return ERR_SIZE;
    return store_begin(s, STORE_SEAL, seal_tail);
}

/* The last word, and with it the header of the padding behind, which may begin
 * in the same word. */
static void seal_tail(struct store *s)
{
    uint32_t unit = store_unit(s), end = s->transfer.at + s->transfer.size;
    uint32_t rest = s->transfer.size % unit, room = s->hole.to - end;
    uint32_t pad = room >= TBF_BASE_SIZE ? TBF_BASE_SIZE : 0;
    uint32_t len = round_up(rest + pad, unit);
    s->transfer.is_sealed = true;
    memset(store_buffer(s), 0xFF, len);
    memcpy(store_buffer(s), s->tail, rest);
    if (pad != 0)
        pad_make(store_buffer(s) + rest, room);
    if (len != 0)
        store_program(s, end - rest, store_buffer(s), len, seal_before);
    else
        store_later(s, seal_before);
}

static void seal_before(struct store *s)
{
    uint32_t from = s->hole.from, at = s->transfer.at;
    if (at != from)
        sector_fill(s, from, from + TBF_BASE_SIZE, at - from, seal_rest);
    else
        seal_rest(s);
}

static void seal_rest(struct store *s)
{
    uint32_t unit = store_unit(s), head = store_head(s);
    if (head > unit)
        store_program(s, s->transfer.at + unit, s->head + unit, head - unit,
                      seal_head);
    else
        seal_head(s);
}

static void seal_head(struct store *s)
{
    store_program(s, s->transfer.at, s->head, store_unit(s), seal_judge);
}

static void seal_judge(struct store *s)
{
    struct tbf tbf;
    uint32_t size = s->transfer.size, crc = s->transfer.crc;
    enum tbf_error error =
        tbf_parse(store_bytes(s, s->transfer.at), size, &tbf);
    if (s->transfer.id != 0 && s->transfer.id != crc)
        store_done(s, ERR_FAIL);
    else if (store_is_refused(s, crc))
        store_done(s, ERR_ALREADY);
    else if (error != TBF_OK || tbf.is_padding || tbf.total_size != size)
        store_done(s, ERR_INVAL);
    else {
        s->transfer.is_good = true;
        store_done(s, OK);
    }
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
        e = store_begin(s, STORE_COMMIT, commit_record);
    s->subject = old.at;
    return e;
}

static void commit_record(struct store *s)
{
    journal_append(s, RECORD_COMMIT, s->transfer.at, s->subject,
                   store_word(s, s->transfer.at + TBF_AT_CHECKSUM),
                   commit_done);
}

static void commit_done(struct store *s)
{
    s->transfer.owner = 0;
    store_done(s, OK);
}
