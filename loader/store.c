/* SPDX-License-Identifier: Apache-2.0 */
/* The store's engine, its mounting, and what is done to objects that are there.
 * What is done to one that is being made is in store_transfer.c. */
#include <kernel/string.h>
#include <loader/store_priv.h>

/* ---- the engine ----------------------------------------------------------- */

static store_step program_go, program_done;

bool store_is_blank(const struct store *s, uint32_t at, uint32_t len)
{
    uint32_t all = ~0u;
    for (uint32_t i = 0; i < len; i += 4)
        all &= store_word(s, at + i);
    return all == ~0u;
}

void store_later(struct store *s, store_step *next)
{
    s->next = next;
    s->client->wake(s);
}

/* The request of a driver whose turn it is, or the operation, is over. */
void store_done(struct store *s, err_t e)
{
    struct rewrite *rewrite = s->rewriting;
    enum store_op op = (enum store_op)s->op;
    s->is_active = false;
    s->rewriting = NULL;
    if (rewrite == NULL)
        s->op = STORE_IDLE;
    if (op == STORE_MOUNT && rewrite == NULL)
        s->is_mounted = e == OK;
    bool somebody_waits = s->queue != NULL || s->first != NULL;
    if (somebody_waits || !s->is_mounted)
        s->client->wake(s);
    if (rewrite != NULL)
        rewrite->done(rewrite, e);
    else
        s->client->done(s, op, e);
}

/* The flash has failed. What RAM says of the journal may be wrong now, so
 * nothing goes on until it has been read again. */
static void store_fail(struct store *s, err_t e)
{
    s->is_mounted = false;
    store_done(s, e);
}

static void flash_refused(struct store *s)
{
    store_fail(s, (err_t)s->flash_e);
}

/* One that was not begun ends from the loop as well: what follows from it would
 * come on top of all that led here. */
static void flash_start(struct store *s, err_t e)
{
    if (e != OK) {
        s->flash_then = NULL;
        s->flash_e = (uint8_t)e;
        store_later(s, flash_refused);
    }
}

static void flash_done(struct flash_client *client, err_t e)
{
    struct store *s = CONTAINER_OF(client, struct store, flash_client);
    store_step *then = s->flash_then;
    s->flash_then = NULL;
    if (e == OK)
        then(s);
    else
        store_fail(s, e);
}

void store_erase(struct store *s, uint32_t at, store_step *then)
{
    s->erases++;
    s->flash_then = then;
    struct flash *flash = store_place(s)->flash;
    flash_start(s, flash->ops->erase(flash, at));
}

void store_program(struct store *s, uint32_t at, const uint8_t *bytes,
                   uint32_t len, store_step *then)
{
    s->program_then = then;
    s->program_at = at;
    s->program_bytes = bytes;
    s->program_len = len;
    program_go(s);
}

/* Is the word at `offset` of what is to be programmed all ones, in a flash
 * where a word may be programmed once? Then it is left alone: it may be needed. */
static bool is_left_blank(const struct store *s, uint32_t offset)
{
    uint32_t all = 0xFF;
    if (store_geometry(s)->reprogram)
        return false;
    for (uint32_t i = 0; i < store_geometry(s)->word_size; i++)
        all &= s->program_bytes[offset + i];
    return all == 0xFF;
}

/* As far as one program may go, up to a word that is left alone. */
static uint32_t part_to_program(const struct store *s)
{
    const struct flash_geometry *g = store_geometry(s);
    uint32_t most = g->burst - s->program_at % g->burst, part = 0;
    if (most > s->program_len)
        most = s->program_len;
    if (g->reprogram)
        return most;
    while (part < most && !is_left_blank(s, part))
        part += g->word_size;
    return part;
}

/* Does flash hold what was programmed? By words: it is long. */
static bool is_programmed(const struct store *s, uint32_t len)
{
    typedef uint32_t MAY_ALIAS word;
    const uint8_t *is = store_bytes(s, s->program_at);
    const uint8_t *wanted = s->program_bytes;
    if ((uintptr_t)wanted % 4 != 0 || s->program_at % 4 != 0 || len % 4 != 0)
        return memcmp(is, wanted, len) == 0;
    const word *a = (const void *)is, *b = (const void *)wanted;
    for (const word *end = a + len / 4; a != end;)
        if (*a++ != *b++)
            return false;
    return true;
}

/* As many words as go in one. */
static void program_go(struct store *s)
{
    uint32_t word = store_geometry(s)->word_size;
    while (s->program_len != 0 && is_left_blank(s, 0)) {
        s->program_at += word;
        s->program_bytes += word;
        s->program_len -= word;
    }
    uint32_t part = part_to_program(s);
    s->program_part = part;
    if (part == 0) {
        store_later(s, s->program_then);
        return;
    }
    s->flash_then = program_done;
    struct flash *flash = store_place(s)->flash;
    flash_start(
        s, flash->ops->program(flash, s->program_at, s->program_bytes, part));
}

static void program_done(struct store *s)
{
    uint32_t part = s->program_part;
    if (!is_programmed(s, part)) {
        store_fail(s, ERR_FAIL);
        return;
    }
    s->program_at += part;
    s->program_bytes += part;
    s->program_len -= part;
    if (s->program_len != 0)
        program_go(s);
    else
        s->program_then(s);
}

err_t store_ready(const struct store *s)
{
    if (s->op != STORE_IDLE)
        return ERR_BUSY;
    return s->is_mounted ? OK : ERR_OFF;
}

err_t store_begin(struct store *s, enum store_op op, store_step *first)
{
    err_t e = store_ready(s);
    if (e != OK && op != STORE_MOUNT)
        return e;
    s->op = (uint8_t)op;
    s->first = first;
    s->client->wake(s);
    return OK;
}

static store_step rewrite_step, rewritten, begin_off;

void store_run(struct store *s)
{
    store_step *step = s->next;
    if (s->flash_then != NULL)
        return;
    s->next = NULL;
    if (!s->is_active) {
        step = s->first;
        s->first = NULL;
        if (step == NULL && s->queue != NULL)
            step = rewrite_step;
        else if (step != NULL && !s->is_mounted && s->op != STORE_MOUNT)
            step = begin_off; /* a rewrite has failed since it was asked for */
        s->is_active = step != NULL;
    }
    if (step != NULL)
        step(s);
}

static void begin_off(struct store *s)
{
    store_done(s, ERR_OFF);
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

static void rewrite_step(struct store *s)
{
    struct rewrite *r = s->queue;
    s->queue = r->next;
    s->rewriting = r;
    if (!s->is_mounted) {
        store_done(s, ERR_OFF);
        return;
    }
    sector_content(s, r->at, r->at + r->len, r->bytes, 0);
    sector_rewrite(s, r->at - r->at % sector_size(s), rewritten);
}

static void rewritten(struct store *s)
{
    store_done(s, OK);
}

/* ---- mounting ------------------------------------------------------------- */

static store_step mount_read, mount_hole, end_ok, removal_go, removal_wipe,
    removal_close, slide_go;

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
    if (s->op != STORE_IDLE || s->is_active)
        return ERR_BUSY;
    if (!is_sound(s))
        return ERR_INVAL;
    s->flash_client.done = flash_done;
    store_place(s)->flash->client = &s->flash_client;
    s->is_mounted = false;
    return store_begin(s, STORE_MOUNT, mount_read);
}

static void mount_read(struct store *s)
{
    journal_read(s);
    s->spare_next = s->generation;
    s->transfer.owner = 0;
    s->transfer.is_known = s->transfer.is_good = false;
    s->plan.shift = 0;
    if (s->page == STORE_NONE)
        end_ok(s); /* made when it is first needed */
    else if (s->copy_sector != STORE_NONE)
        sector_restore(s, mount_hole);
    else
        mount_hole(s);
}

static void mount_hole(struct store *s)
{
    switch ((enum store_hole_kind)s->hole.kind) {
    case HOLE_REMOVE:
        removal_go(s);
        return;
    case HOLE_SLIDE:
        slide_go(s);
        return;
    case HOLE_INSTALL:
        if (!s->hole.is_ready) {
            transfer_discard(s, end_ok);
            return;
        }
        break;
    case HOLE_NONE:
        break;
    }
    store_later(s, end_ok);
}

static void end_ok(struct store *s)
{
    store_done(s, OK);
}

/* ---- handles -------------------------------------------------------------- */

struct store_handle store_handle_of(const struct store *s, uint32_t at)
{
    uint32_t tag = s->epoch * 0x9E3779B1u ^ at ^ s->secret;
    tag = (tag ^ tag >> 16) * 0x85EBCA6Bu;
    tag = (tag ^ tag >> 13) * 0xC2B2AE35u;
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
    if (at < store_start(s) || at >= store_end(s) ||
        store_handle_of(s, at).tag != handle.tag || store_seek(s, at) != at ||
        !store_walk(s, &at, object) || object->is_free)
        return ERR_NODEVICE;
    return OK;
}

/* ---- removing ------------------------------------------------------------- */

/* Operations on objects need the one hole there is. A transfer that somebody
 * owns keeps it, one that nobody owns gives way. A rollback waits for nobody:
 * else whoever holds a transfer open would keep a bad update running. */
static err_t hole_needed(const struct store *s)
{
    bool is_owned = s->hole.kind == HOLE_INSTALL && s->transfer.owner != 0;
    return is_owned ? ERR_BUSY : OK;
}

static store_step removal_first, removal_record, rollback_digest,
    rollback_record;

/* s->subject: the object. */
static err_t removal_begin(struct store *s, enum store_op op,
                           const struct store_object *object, store_step *then)
{
    err_t e = op == STORE_ROLL_BACK ? OK : hole_needed(s);
    if (e != OK)
        return e;
    e = store_begin(s, op, removal_first);
    if (e != OK)
        return e;
    s->subject = object->at;
    s->subject_end = object->at + object->size;
    s->subject_then = then;
    return OK;
}

static void removal_first(struct store *s)
{
    if (s->hole.kind == HOLE_INSTALL)
        transfer_discard(s, s->subject_then);
    else
        s->subject_then(s);
}

err_t store_remove(struct store *s, struct store_handle handle)
{
    struct store_object object;
    err_t e = store_find(s, handle, &object);
    return e != OK ? e
                   : removal_begin(s, STORE_REMOVE, &object, removal_record);
}

err_t store_confirm(struct store *s, struct store_handle handle)
{
    struct store_object object;
    err_t e = store_find(s, handle, &object);
    if (e != OK)
        return e;
    if (object.trial_of == STORE_NONE)
        return ERR_INVAL;
    (void)chain_object(s, object.trial_of, &object);
    return removal_begin(s, STORE_CONFIRM, &object, removal_record);
}

err_t store_roll_back(struct store *s, struct store_handle handle)
{
    struct store_object object;
    err_t e = store_find(s, handle, &object);
    if (e != OK)
        return e;
    if (object.trial_of == STORE_NONE)
        return ERR_INVAL;
    return removal_begin(s, STORE_ROLL_BACK, &object, rollback_digest);
}

static void removal_record(struct store *s)
{
    journal_append(s, RECORD_REMOVE, s->subject, s->subject_end, 0, removal_go);
}

static void rollback_digest(struct store *s)
{
    s->digest = 0;
    sector_digest(s, s->subject, s->subject_end, rollback_record);
}

static void rollback_record(struct store *s)
{
    journal_append(s, RECORD_ROLL_BACK, s->subject, s->subject_end, s->digest,
                   removal_go);
}

/* From here on it is no more, whatever flash still holds. Where words may be
 * programmed again one header word becomes 0, which breaks the checksum for
 * every parser; no erase is needed. */
static void removal_go(struct store *s)
{
    uint32_t from = s->hole.from, to = s->hole.to, unit = store_unit(s);
    struct tbf tbf;
    if (!store_geometry(s)->reprogram) {
        sector_fill(s, from, to, chain_ends(s, to) ? 0 : to - from,
                    removal_close);
        return;
    }
    if (tbf_parse(store_bytes(s, from), to - from, &tbf) == TBF_BAD_CHECKSUM) {
        removal_wipe(s);
        return;
    }
    uint32_t at = from + TBF_AT_FLAGS;
    while (store_word(s, at) == 0)
        at += 4;
    uint32_t start = at - (at - from) % unit;
    memcpy(store_buffer(s), store_bytes(s, start), unit);
    memset(store_buffer(s) + (at - start), 0, 4);
    store_program(s, start, store_buffer(s), unit, removal_wipe);
}

static void removal_wipe(struct store *s)
{
    uint32_t header = store_word(s, s->hole.from) >> 16;
    sector_zero(s, s->hole.from + header, s->hole.to, removal_close);
}

static void removal_close(struct store *s)
{
    journal_append(s, RECORD_CLOSED, 0, 0, 0, end_ok);
}

/* ---- on and off ----------------------------------------------------------- */

static store_step enable_record;

err_t store_enable(struct store *s, struct store_handle handle, bool on)
{
    struct store_object object;
    err_t e = store_find(s, handle, &object);
    if (e == OK)
        e = store_begin(s, STORE_ENABLE,
                        object.is_enabled == on ? end_ok : enable_record);
    if (e != OK)
        return e;
    s->subject = object.at;
    s->subject_end = on;
    return OK;
}

static void enable_record(struct store *s)
{
    journal_append(s, RECORD_STATE, s->subject, s->subject_end,
                   store_word(s, s->subject + TBF_AT_CHECKSUM), end_ok);
}

/* ---- compaction ----------------------------------------------------------- */

static store_step compact_find, compact_found, compact_record;

err_t store_compact_plan(struct store *s)
{
    err_t e = hole_needed(s);
    if (e != OK)
        return e;
    s->subject_then = compact_find;
    return store_begin(s, STORE_COMPACT_PLAN, removal_first);
}

static void compact_find(struct store *s)
{
    chain_find_slide(s, compact_found);
}

static void compact_found(struct store *s)
{
    store_done(s, s->plan.from == STORE_NONE ? ERR_ALREADY : OK);
}

err_t store_compact(struct store *s)
{
    if (s->plan.shift == 0)
        return ERR_RESERVE;
    return store_begin(s, STORE_COMPACT, compact_record);
}

static void compact_record(struct store *s)
{
    uint32_t shift = s->plan.shift;
    s->plan.shift = 0;
    journal_append(s, RECORD_SLIDE, s->plan.from, s->plan.to, shift, slide_go);
}

/* One sector after the other, from the start on: what a sector is made of lies
 * in it or behind it, so it is still there. */
static void slide_go(struct store *s)
{
    const struct store_hole *hole = &s->hole;
    uint32_t sector = hole->progress != 0
                          ? hole->progress
                          : hole->from - hole->from % sector_size(s);
    if (sector >= hole->to) {
        journal_turn(s, true, end_ok);
        return;
    }
    sector_content(s, hole->from, hole->to, NULL,
                   chain_ends(s, hole->to) ? 0 : hole->shift);
    s->content.shift = hole->shift;
    s->content.lead = chain_lead(s, hole->from);
    sector_rewrite(s, sector, slide_go);
}
