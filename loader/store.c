/* SPDX-License-Identifier: Apache-2.0 */
/* The store's engine and its scripts, its mounting, and what is done to objects
 * that are there. What is done to one that is being made is in
 * store_transfer.c. */
#include <kernel/string.h>
#include <loader/store_priv.h>

/* ---- scripts --------------------------------------------------------------- */

enum code {
    END, /* of the script */
    APPEND_ROOM,
    APPEND_PLACE,
    APPEND_DONE,
    TURN_ENTER,
    TURN_ERASE,
    TURN_RECORD,
    TURN_HOLE,
    TURN_HOLE_MORE,
    TURN_SEAL,
    TURN_DONE,
    PAINT,
    SPARE,
    RESTORE,
    FILL_LOOK,
    FILL_PAD,
    DIGEST,
    SCAN,
    DISCARD_BEGIN,
    DISCARD_WIPE,
    DISCARD_PAD,
    GIVE_WAY,
    REMOVAL_BREAK,
    REMOVAL_WIPE,
    ROLL_BACK_DIGEST,
    SLIDE_SECTOR,
    MOUNT_READ,
    MOUNT_HOLE,
    GUEST,
    SEARCH,
    FIND_SPACE,
    FIND_SLIDE,
    OPEN_SAME,
    OPEN_BEHIND,
    OPEN_CLEAR,
    OPEN_DONE,
    RESUME_CLEAR,
    RESUME_HEAD,
    WRITE_FIRST,
    WRITE_DONE,
    WRITE_HEAD,
    SEAL_TAIL,
    SEAL_BEFORE,
    SEAL_REST,
    SEAL_HEAD,
    SEAL_JUDGE,
    RECORDS = 0x40, /* a record of that type is appended */
    CALLS = 0x80,   /* the script there is called */
};

#define RECORD(type) (RECORDS | RECORD_##type)
#define CALL(script) (CALLS | SCRIPT(script))

static const struct store_scripts scripts = {
    .append = { APPEND_ROOM, APPEND_PLACE, APPEND_DONE },
    .turn = { TURN_ENTER, TURN_ERASE, TURN_RECORD, TURN_HOLE, TURN_HOLE_MORE,
              TURN_SEAL, TURN_DONE },
    .rewrite = { SPARE, PAINT },
    .complete = { RECORD(COPY) },
    .restore = { RESTORE, PAINT, RECORD(DONE) },
    .fill = { FILL_LOOK, FILL_PAD, PAINT },
    .discard = { DISCARD_BEGIN, SCAN, DISCARD_WIPE, PAINT, DISCARD_PAD },
    .discard_close = { RECORD(CLOSED) },
    .removal = { REMOVAL_BREAK, PAINT, REMOVAL_WIPE, PAINT },
    .removal_close = { RECORD(CLOSED) },
    .slide = { SLIDE_SECTOR, CALL(turn) },
    .mount = { MOUNT_READ, MOUNT_HOLE },
    .guest = { GUEST },
    .rewrite_guest = { GUEST, CALL(rewrite) },
    .remove = { GIVE_WAY, RECORD(REMOVE), CALL(removal) },
    .roll_back = { GIVE_WAY, ROLL_BACK_DIGEST, DIGEST, RECORD(ROLL_BACK),
                   CALL(removal) },
    .enable = { RECORD(STATE) },
    .compact_plan = { GIVE_WAY, SEARCH, FIND_SLIDE },
    .compact = { RECORD(SLIDE), CALL(slide) },
    .open = { OPEN_SAME, GIVE_WAY, SEARCH, FIND_SPACE, OPEN_BEHIND,
              RECORD(HOLE), OPEN_CLEAR, RECORD(READY), OPEN_DONE },
    .resume = { SCAN, RESUME_CLEAR, RESUME_HEAD, OPEN_DONE },
    .write = { WRITE_FIRST, WRITE_DONE },
    .write_head = { WRITE_HEAD, DIGEST },
    .seal = { SEAL_TAIL, PAINT, SEAL_BEFORE, SEAL_REST, SEAL_HEAD, SEAL_JUDGE },
    .commit = { RECORD(COMMIT) },
    .abort = { CALL(discard) },
};
_Static_assert(SCRIPT(nothing) < CALLS, "scripts that are called lie too far");
_Static_assert(sizeof scripts < 256, "a place in a script is one byte");

static void store_done(struct store *s, err_t e);
static store_step give_way, removal_break, removal_wipe, roll_back_digest,
    slide_sector, mount_read, mount_hole, guest_step;

static store_step *const steps[] = {
    [APPEND_ROOM] = append_room,     [APPEND_PLACE] = append_place,
    [APPEND_DONE] = append_done,     [TURN_ENTER] = turn_enter,
    [TURN_ERASE] = turn_erase,       [TURN_RECORD] = turn_record,
    [TURN_HOLE] = turn_hole,         [TURN_HOLE_MORE] = turn_hole_more,
    [TURN_SEAL] = turn_seal,         [TURN_DONE] = turn_done,
    [PAINT] = sector_paint,          [SPARE] = sector_spare,
    [RESTORE] = sector_restore,      [FILL_LOOK] = sector_fill_look,
    [FILL_PAD] = sector_fill_pad,    [DIGEST] = sector_digest,
    [SCAN] = transfer_scan,          [DISCARD_BEGIN] = discard_begin,
    [DISCARD_WIPE] = discard_wipe,   [DISCARD_PAD] = discard_pad,
    [GIVE_WAY] = give_way,           [REMOVAL_BREAK] = removal_break,
    [REMOVAL_WIPE] = removal_wipe,   [ROLL_BACK_DIGEST] = roll_back_digest,
    [SLIDE_SECTOR] = slide_sector,   [MOUNT_READ] = mount_read,
    [MOUNT_HOLE] = mount_hole,       [GUEST] = guest_step,
    [SEARCH] = chain_search,         [FIND_SPACE] = chain_find_space,
    [FIND_SLIDE] = chain_find_slide, [OPEN_SAME] = open_same,
    [OPEN_BEHIND] = open_behind,     [OPEN_CLEAR] = open_clear,
    [OPEN_DONE] = open_done,         [RESUME_CLEAR] = resume_clear,
    [RESUME_HEAD] = resume_head,     [WRITE_FIRST] = write_first,
    [WRITE_DONE] = write_done,       [WRITE_HEAD] = write_head,
    [SEAL_TAIL] = seal_tail,         [SEAL_BEFORE] = seal_before,
    [SEAL_REST] = seal_rest,         [SEAL_HEAD] = seal_head,
    [SEAL_JUDGE] = seal_judge,
};

NOINLINE void store_finish(struct store *s, err_t e)
{
    s->result = e;
    s->depth = 0;
    s->pc = SCRIPT(nothing);
}

NOINLINE void store_call(struct store *s, uint32_t script)
{
    s->calls[s->depth++] = (uint8_t)s->pc;
    s->pc = script;
}

static void step(struct store *s)
{
    const uint8_t *codes = (const void *)&scripts;
    uint32_t code = codes[s->pc++];
    if (code >= CALLS)
        store_call(s, code - CALLS);
    else if (code >= RECORDS)
        journal_append(s, (enum record_type)(code - RECORDS));
    else if (code != END)
        steps[code](s);
    else if (s->depth != 0)
        s->pc = s->calls[--s->depth];
    else
        store_done(s, (err_t)s->result);
}

/* ---- the engine ----------------------------------------------------------- */

bool store_is_blank(const struct store *s, uint32_t at, uint32_t len)
{
    uint32_t all = ~0u;
    for (uint32_t i = 0; i < len; i += 4)
        all &= store_word(s, at + i);
    return all == ~0u;
}

/* By words where possible: it is long. */
bool store_reads(const struct store *s, uint32_t at, const uint8_t *bytes,
                 uint32_t len)
{
    const uint8_t *is = store_bytes(s, at);
    if (((uintptr_t)bytes | at | len) % 4 != 0)
        return memcmp(is, bytes, len) == 0;
    const store_word_t *a = (const void *)is, *b = (const void *)bytes;
    for (const store_word_t *end = a + len / 4; a != end;)
        if (*a++ != *b++)
            return false;
    return true;
}

/* The request of a driver whose turn it is, or the operation, is over. */
static void store_done(struct store *s, err_t e)
{
    struct rewrite *rewrite = s->rewriting;
    enum store_op op = (enum store_op)s->op;
    s->pc = 0;
    s->flash_e = OK;
    s->program_len = 0;
    s->rewriting = NULL;
    if (rewrite == NULL)
        s->op = STORE_IDLE;
    if (op == STORE_MOUNT && rewrite == NULL)
        s->is_mounted = e == OK;
    s->client->wake(s); /* somebody may wait */
    if (rewrite != NULL)
        rewrite->done(rewrite, e);
    else
        s->client->done(s, op, e);
}

/* One that was not begun ends from the loop as well: what follows from it would
 * come on top of all that led here. */
static void flash_start(struct store *s, err_t e)
{
    s->flash_e = e;
    s->is_busy = e == OK;
}

void store_erase(struct store *s, uint32_t at)
{
    struct flash *flash = store_place(s)->flash;
    s->erases++;
    flash_start(s, flash->ops->erase(flash, at));
}

/* Is the word at `offset` of what is to be programmed there already, in a flash
 * where a word may be programmed once? Then it is left alone. */
static ALWAYS_INLINE bool is_left(const struct store *s, uint32_t offset)
{
    const struct flash_geometry *g = store_geometry(s);
    return !g->reprogram &&
           store_reads(s, s->program_at + offset, s->program_bytes + offset,
                       g->word_size);
}

static void program_pass(struct store *s, uint32_t len)
{
    s->program_at += len;
    s->program_bytes += len;
    s->program_len -= len;
}

/* As much as goes in one: up to a word that is left alone. First that what was
 * programmed before is there. */
static void program_go(struct store *s)
{
    const struct flash_geometry *g = store_geometry(s);
    struct flash *flash = store_place(s)->flash;
    if (!store_reads(s, s->program_at, s->program_bytes, s->program_part)) {
        s->flash_e = ERR_FAIL;
        return;
    }
    program_pass(s, s->program_part);
    while (s->program_len != 0 && is_left(s, 0))
        program_pass(s, g->word_size);
    uint32_t most =
        least(s->program_len, g->burst - (s->program_at & (g->burst - 1)));
    uint32_t part = g->reprogram ? most : 0;
    while (part < most && !is_left(s, part))
        part += g->word_size;
    s->program_part = part;
    if (part != 0)
        flash_start(s, flash->ops->program(flash, s->program_at,
                                           s->program_bytes, part));
}

NOINLINE void store_program(struct store *s, uint32_t at, const uint8_t *bytes,
                            uint32_t len)
{
    s->program_at = at;
    s->program_bytes = bytes;
    s->program_len = len;
    s->program_part = 0;
    program_go(s);
}

static void go_on(struct store *s)
{
    if (s->flash_e != OK) {
        /* What RAM says of the journal may be wrong now, so nothing goes on
         * until it has been read again. */
        s->is_mounted = false;
        store_done(s, (err_t)s->flash_e);
    } else if (s->program_len != 0) {
        program_go(s);
    } else {
        step(s);
    }
    if (s->pc != 0 && !s->is_busy)
        s->client->wake(s);
}

static void flash_done(struct flash_client *client, err_t e)
{
    struct store *s = CONTAINER_OF(client, struct store, flash_client);
    s->is_busy = false;
    s->flash_e = e;
    go_on(s);
}

err_t store_ready(const struct store *s)
{
    if (s->op != STORE_IDLE)
        return ERR_BUSY;
    return s->is_mounted ? OK : ERR_OFF;
}

err_t store_begin(struct store *s, enum store_op op, uint32_t script)
{
    err_t e = store_ready(s);
    if (e != OK && op != STORE_MOUNT)
        return e;
    s->op = op;
    s->first = script;
    s->client->wake(s);
    return OK;
}

void store_run(struct store *s)
{
    if (s->is_busy)
        return;
    if (s->pc == 0) {
        s->depth = s->result = OK;
        if (s->op != STORE_IDLE)
            s->pc = s->first;
        else if (s->queue != NULL)
            s->pc = SCRIPT(rewrite_guest);
        else
            return;
        /* A rewrite has failed since it was asked for. */
        if (!s->is_mounted && s->op != STORE_MOUNT && s->op != STORE_IDLE)
            store_finish(s, ERR_OFF);
    }
    go_on(s);
}

/* ---- rewriting for drivers ------------------------------------------------ */

static bool is_apart(const struct store *s, uint32_t at, uint32_t len,
                     uint32_t from, uint32_t sectors)
{
    return at + len <= from || at >= from + sectors * sector_size(s);
}

bool store_may_write(const struct store *s, uint32_t at, uint32_t len)
{
    const struct store_layout *l = store_layout(s);
    uint32_t size = store_geometry(s)->size;
    return at < size && len <= size - at &&
           is_apart(s, at, len, l->journal, l->journal_sectors) &&
           is_apart(s, at, len, l->spare, l->spare_sectors);
}

static void rewrite_step(struct store *s)
{
    struct rewrite *r = s->queue;
    s->queue = r->next;
    s->rewriting = r;
    s->copy_sector = r->at - r->at % sector_size(s);
    s->content.to = 0; /* all else stays as it is */
    if (!s->is_mounted)
        store_finish(s, ERR_OFF);
}

static void rewrite_overlay(struct store *s, uint32_t at, uint32_t len)
{
    if (s->rewriting != NULL)
        sector_overlay(s, at, len, s->rewriting);
}

static const struct store_guest rewrites = { rewrite_step, rewrite_overlay };

static void guest_step(struct store *s)
{
    s->guest->step(s);
}

err_t rewrite_start(struct store *s, struct rewrite *r)
{
    uint32_t size = sector_size(s);
    if (!s->is_mounted)
        return ERR_OFF;
    if (r->len == 0 || r->len > size - r->at % size ||
        !store_may_write(s, r->at, r->len))
        return ERR_INVAL;
    struct rewrite **last = &s->queue;
    if (s->rewriting == r)
        return ERR_BUSY;
    for (; *last != NULL; last = &(*last)->next)
        if (*last == r)
            return ERR_BUSY;
    *last = r;
    r->next = NULL;
    s->guest = &rewrites;
    s->client->wake(s);
    return OK;
}

bool rewrite_cancel(struct store *s, struct rewrite *r)
{
    struct rewrite **at = &s->queue;
    while (*at != NULL && *at != r)
        at = &(*at)->next;
    if (*at == NULL)
        return false;
    *at = r->next;
    return true;
}

/* ---- mounting ------------------------------------------------------------- */

/* What the layout and the geometry have to be like for all else to hold. */
static bool is_sound(const struct store *s)
{
    const struct flash_geometry *g = store_geometry(s);
    const struct store_layout *l = store_layout(s);
    uint32_t size = g->sector_size;
    uint32_t unit = g->word_size < 4 ? 4 : g->word_size;
    uint32_t head = unit < TBF_BASE_SIZE ? TBF_BASE_SIZE : unit;
    const struct flash *flash = store_place(s)->flash;
    return flash->geometry == g && flash->base == store_place(s)->base &&
           flash->base != NULL && g->word_size <= STORE_HEAD_MAX &&
           size % unit == 0 && l->journal_sectors >= 2 &&
           l->journal_sectors % 2 == 0 && l->spare_sectors != 0 &&
           l->journal % size == 0 && l->spare % size == 0 &&
           l->start % size == 0 && l->end % size == 0 && l->start < l->end &&
           l->end <= g->size && store_place(s)->buffer_size >= 2 * head &&
           store_place(s)->buffer_size % unit == 0 &&
           l->journal_sectors / 2 * size >= 5 * head;
}

err_t store_mount(struct store *s)
{
    if (s->op != STORE_IDLE || s->pc != 0)
        return ERR_BUSY;
    if (!is_sound(s))
        return ERR_INVAL;
    s->flash_client.done = flash_done;
    store_place(s)->flash->client = &s->flash_client;
    s->is_mounted = false;
    return store_begin(s, STORE_MOUNT, SCRIPT(mount));
}

/* Where there is no journal one is made when it is first needed. */
static void mount_read(struct store *s)
{
    journal_read(s);
    s->spare_next = s->generation;
    s->transfer.owner = 0;
    s->transfer.is_known = s->transfer.is_good = false;
    s->plan.shift = 0;
    if (s->copy_sector != STORE_NONE)
        store_call(s, SCRIPT(restore));
}

static void mount_hole(struct store *s)
{
    uint32_t kind = s->hole.kind;
    if (kind == HOLE_REMOVE)
        store_call(s, SCRIPT(removal));
    else if (kind == HOLE_SLIDE)
        store_call(s, SCRIPT(slide));
    else if (kind == HOLE_INSTALL && !s->hole.is_ready)
        store_call(s, SCRIPT(discard));
}

/* ---- handles -------------------------------------------------------------- */

struct store_handle store_handle_of(const struct store *s, uint32_t at)
{
    uint32_t tag = (s->epoch * 0x9E3779B1u ^ at ^ s->secret) * 0x9E3779B1u;
    return (struct store_handle){ at, tag ^ tag >> 16 ^ s->secret };
}

/* A tag alone proves little: whoever has seen some can work out the others. So
 * no handle names what only lies within an object. */
err_t store_find(struct store *s, struct store_handle handle,
                 struct store_object *object)
{
    uint32_t at = handle.at;
    if (!s->is_mounted)
        return ERR_OFF;
    if (store_seek(s, at) != at || !store_walk(s, &at, object) ||
        object->handle.at != handle.at || object->handle.tag != handle.tag)
        return ERR_NODEVICE;
    return OK;
}

/* ---- removing ------------------------------------------------------------- */

/* Operations on objects need the one hole there is. A transfer that somebody
 * owns keeps it, one that nobody owns gives way. A rollback waits for nobody:
 * else whoever holds a transfer open would keep a bad update running. */
static bool hole_is_owned(const struct store *s)
{
    return s->hole.kind == HOLE_INSTALL && s->transfer.owner != 0;
}

static void give_way(struct store *s)
{
    if (s->hole.kind == HOLE_INSTALL)
        store_call(s, SCRIPT(discard));
}

/* An object, or one of a trial, is to go. */
static err_t removal_begin(struct store *s, struct store_handle handle,
                           enum store_op op)
{
    struct store_object object;
    err_t e = store_find(s, handle, &object);
    if (e != OK)
        return e;
    if (op != STORE_REMOVE && object.trial_of == STORE_NONE)
        return ERR_INVAL;
    if (op == STORE_CONFIRM && !chain_object(s, object.trial_of, &object))
        return ERR_FAIL; /* somebody has written there: its end is not known */
    if (op != STORE_ROLL_BACK && hole_is_owned(s))
        return ERR_BUSY;
    e = store_begin(s, op,
                    op == STORE_ROLL_BACK ? SCRIPT(roll_back) : SCRIPT(remove));
    if (e != OK)
        return e;
    s->subject = object.at;
    s->subject_end = object.at + object.size;
    return OK;
}

err_t store_remove(struct store *s, struct store_handle handle)
{
    return removal_begin(s, handle, STORE_REMOVE);
}

err_t store_confirm(struct store *s, struct store_handle handle)
{
    return removal_begin(s, handle, STORE_CONFIRM);
}

err_t store_roll_back(struct store *s, struct store_handle handle)
{
    return removal_begin(s, handle, STORE_ROLL_BACK);
}

static void roll_back_digest(struct store *s)
{
    s->transfer.crc = 0;
    s->cursor = s->subject;
    s->cursor_end = s->subject_end;
}

/* From here on it is no more, whatever flash still holds. Where words may be
 * programmed again one header word becomes 0, which breaks the checksum for
 * every parser; no erase is needed. */
static void removal_break(struct store *s)
{
    uint32_t from = s->hole.from, to = s->hole.to, at = from, end = from;
    if (!store_geometry(s)->reprogram) {
        store_go(s, SCRIPT(removal_close));
        sector_fill(s, from, to, chain_ends(s, to) ? 0 : to - from);
        return;
    }
    if (journal_is_header(s, from)) {
        at += TBF_AT_FLAGS;
        while (store_word(s, at) == 0)
            at += 4;
        end = at + 4;
    }
    sector_zeros(s, at, end);
}

static void removal_wipe(struct store *s)
{
    uint32_t from = s->hole.from, header = store_word(s, from) >> 16 & ~3u;
    sector_zeros(s, from + header, s->hole.to);
}

/* ---- on and off ----------------------------------------------------------- */

err_t store_enable(struct store *s, struct store_handle handle, bool on)
{
    struct store_object object;
    err_t e = store_find(s, handle, &object);
    if (e == OK)
        e = store_begin(s, STORE_ENABLE,
                        object.is_enabled == on ? SCRIPT(nothing)
                                                : SCRIPT(enable));
    if (e != OK)
        return e;
    s->subject = object.at;
    s->subject_end = on;
    return OK;
}

/* ---- compaction ----------------------------------------------------------- */

err_t store_compact_plan(struct store *s)
{
    if (hole_is_owned(s))
        return ERR_BUSY;
    return store_begin(s, STORE_COMPACT_PLAN, SCRIPT(compact_plan));
}

err_t store_compact(struct store *s)
{
    if (s->plan.shift == 0)
        return ERR_RESERVE;
    return store_begin(s, STORE_COMPACT, SCRIPT(compact));
}

/* One sector after the other, from the start on: what a sector is made of lies
 * in it or behind it, so it is still there. */
static void slide_sector(struct store *s)
{
    const struct store_hole *hole = &s->hole;
    uint32_t sector = hole->progress, to = hole->to;
    s->plan.shift = 0; /* it is used up */
    if (sector == 0)
        sector = hole->from - hole->from % sector_size(s);
    if (sector >= to) {
        s->turn.ends = TURN_ENDS_SLIDE;
        return;
    }
    s->copy_sector = sector;
    sector_content(s, hole->from, to, chain_ends(s, to) ? 0 : hole->shift);
    s->content.shift = hole->shift;
    s->content.moved_to = to - hole->shift;
    store_again(s);
    store_call(s, SCRIPT(rewrite));
}
