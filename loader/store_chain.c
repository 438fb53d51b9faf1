/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of objects as it reads in flash, and where there is room in it.
 * Nothing here changes flash. One object a step, so a chain may be as long as
 * it likes, and no table limits it. */
#include <loader/store_priv.h>

/* A hole begins where an object does: who claims to reach into it has a corrupt
 * size, right checksum or not. What such a size hides is not an object, but not
 * space either: a stretch as far as the next object or hole that the journal
 * knows. */
static bool object_read(const struct store *s, uint32_t at,
                        struct store_object *o, bool is_whole)
{
    const struct store_hole *hole = &s->hole;
    uint32_t stop = STORE_NONE;
    if (hole->kind != HOLE_NONE && at <= hole->from)
        stop = hole->from;
    o->at = at;
    o->is_enabled = false;
    o->trial_of = o->replaced_by = STORE_NONE;
    o->handle = (struct store_handle){ STORE_NONE, 0 };
    if (at == stop) {
        o->error = TBF_END;
        o->is_free = true;
        o->size = hole->to - at;
        return true;
    }
    const uint8_t *bytes = store_bytes(s, at);
    uint32_t avail = store_end(s) - at;
    enum tbf_error e = is_whole ? tbf_parse(bytes, avail, &o->tbf)
                                : tbf_sizes(bytes, avail, &o->tbf);
    o->size = o->tbf.total_size;
    o->is_free = e == TBF_BAD_CHECKSUM || e == TBF_BAD_HEADER_SIZE ||
                 (e == TBF_OK && o->tbf.is_padding);
    bool goes_on = !tbf_ends_walk(e);
    if (goes_on && o->size > stop - at)
        e = TBF_BAD_TOTAL_SIZE;
    o->error = e;
    if (e != TBF_BAD_TOTAL_SIZE)
        return goes_on;
    o->is_free = false;
    stop = least(stop, journal_known_after(s, at));
    if (stop == STORE_NONE)
        return false;
    o->size = stop - at;
    return true;
}

bool chain_object(const struct store *s, uint32_t at, struct store_object *o)
{
    return object_read(s, at, o, true);
}

/* Its size alone: where the next one begins costs no parse. */
static bool object_measure(const struct store *s, uint32_t at,
                           struct store_object *o)
{
    return object_read(s, at, o, false);
}

bool chain_ends(const struct store *s, uint32_t at)
{
    struct store_object o;
    return at >= store_end(s) || !object_measure(s, at, &o);
}

bool store_walk(struct store *s, uint32_t *at, struct store_object *object)
{
    if (*at == STORE_NONE)
        *at = store_start(s);
    if (*at >= store_end(s))
        return false;
    bool goes_on = chain_object(s, *at, object);
    if (!goes_on && object->error != TBF_BAD_TOTAL_SIZE)
        return false;
    *at = goes_on ? *at + object->size : store_end(s);
    if (object->error == TBF_OK && !object->is_free) {
        journal_state(s, object);
        object->handle = store_handle_of(s, object->at);
    }
    return true;
}

uint32_t store_seek(const struct store *s, uint32_t at)
{
    struct store_object o;
    uint32_t next = store_start(s);
    while (next < at && object_measure(s, next, &o))
        next += o.size;
    return next < at ? store_end(s) : next;
}

uint32_t store_space(const struct store *s, uint32_t *largest)
{
    struct store_object o;
    uint32_t free = 0, gap = 0;
    *largest = 0;
    for (uint32_t at = store_start(s); at < store_end(s); at += o.size) {
        if (!chain_object(s, at, &o)) {
            o.is_free = true;
            o.size = store_end(s) - at;
        }
        gap = o.is_free ? gap + o.size : 0;
        free += o.is_free ? o.size : 0;
        if (gap > *largest)
            *largest = gap;
    }
    return free;
}

/* Objects begin at words, so that a word holds a part of one object. */
uint32_t chain_lead(const struct store *s, uint32_t from)
{
    uint32_t lead = whole_up(s, from) - from;
    return lead == 0 || lead >= TBF_BASE_SIZE ? lead : lead + store_unit(s);
}

void chain_search(struct store *s)
{
    s->plan.at = store_start(s);
    s->plan.gap = s->plan.from = s->plan.best = STORE_NONE;
    s->plan.best_room = STORE_NONE;
    s->plan.shift = 0;
}

/* The next object of a search, if there is one. */
static bool search_next(struct store *s, struct store_object *o)
{
    uint32_t at = s->plan.at;
    if (at >= store_end(s) || !chain_object(s, at, o))
        return false;
    s->plan.at = at + o->size;
    return true;
}

/* ---- room ----------------------------------------------------------------- */

/* Would s->request fit into free space [from, to)? `is_tail`: the chain ends
 * there. Notes the place if it is the best so far: `room` is what it is judged
 * by. Of STORE_NONE nothing fits into anything. */
static void space_try(struct store *s, uint32_t from, uint32_t to, bool is_tail,
                      uint32_t room)
{
    const struct store_request *r = &s->request;
    uint32_t unit = store_unit(s), size = r->size, fixed = r->at;
    uint32_t align = r->align > unit ? r->align : unit;
    uint32_t at = fixed;
    if (fixed == STORE_NONE) {
        at = from;
        if ((from & (align - 1)) != 0)
            at = round_up(from + TBF_BASE_SIZE, align);
    }
    if (at < from || at > to || size > to - at || at % unit != 0 ||
        (at != from && at - from < TBF_BASE_SIZE) || room >= s->plan.best_room)
        return;
    /* The padding behind begins in its last word if that is not full. */
    uint32_t end = at + size, used = end;
    if (whole_up(s, end) != end || (end != to && !is_tail))
        used = whole_up(s, end + TBF_BASE_SIZE);
    if (used > to) {
        if (!is_tail)
            return;
        used = to;
    }
    s->plan.best = at;
    s->plan.best_room = room;
    s->plan.from = from;
    s->plan.to = is_tail ? used : to;
    /* Behind the last object the chain has to end: open_behind(). */
    s->plan.clear_to =
        is_tail ? least(used + TBF_BASE_SIZE, store_end(s)) : used;
}

/* Erased space behind the last object is best, since it costs no erase. Then
 * the smallest gap that will do, then what is free in front of the end. */
void chain_find_space(struct store *s)
{
    struct store_object o;
    uint32_t at = s->plan.at, end = store_end(s), gap = s->plan.gap;
    if (search_next(s, &o)) {
        store_again(s);
        if (!o.is_free) {
            space_try(s, gap, at, false, at - gap);
            s->plan.gap = STORE_NONE;
        } else if (gap == STORE_NONE) {
            s->plan.gap = at;
        }
        return;
    }
    space_try(s, at, end, true, 0);
    if (s->plan.best == STORE_NONE)
        space_try(s, gap, end, true, 0);
    if (s->plan.best == STORE_NONE)
        store_finish(s, ERR_NOMEM);
}

/* ---- something to move ---------------------------------------------------- */

/* The first gap with something movable behind it, and all that follows without
 * a gap and is movable too. */
void chain_find_slide(struct store *s)
{
    struct store_object o;
    uint32_t at = s->plan.at, gap = s->plan.gap;
    bool is_run = s->plan.from != STORE_NONE;
    if (search_next(s, &o)) {
        uint32_t shift = is_run ? s->plan.shift : at - gap - chain_lead(s, gap);
        bool has_room = store_unit(s) == 4 || /* no lead */
                        (shift >= TBF_BASE_SIZE && shift <= at - gap);
        bool moves = !o.is_free && gap != STORE_NONE && o.error == TBF_OK &&
                     has_room && s->client->may_move != NULL &&
                     s->client->may_move(s, &o, shift);
        if (moves) {
            s->plan.from = gap;
            s->plan.shift = shift;
        } else if (!o.is_free) {
            s->plan.gap = STORE_NONE;
        } else if (gap == STORE_NONE) {
            s->plan.gap = at;
        }
        if (moves || !is_run) {
            store_again(s);
            return;
        }
    }
    s->plan.to = at;
    if (!is_run)
        store_finish(s, ERR_ALREADY);
}
