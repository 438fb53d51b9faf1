/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of objects as it reads in flash, and where there is room in it.
 * Nothing here changes flash. One object a step, so a chain may be as long as
 * it likes, and no table limits it. */
#include <loader/store_priv.h>

/* A hole begins where an object does: who claims to reach into it has a corrupt
 * size, right checksum or not. */
static bool reaches_into_hole(const struct store *s, uint32_t at, uint32_t size)
{
    const struct store_hole *hole = &s->hole;
    return hole->kind != HOLE_NONE && at < hole->from && size > hole->from - at;
}

/* Not an object, but not space either: a stretch behind a corrupt size as far
 * as the next object or hole that the journal knows. */
static bool object_lost(const struct store *s, struct store_object *o)
{
    uint32_t next = journal_known_after(s, o->at);
    o->is_free = false;
    if (s->hole.kind != HOLE_NONE && o->at < s->hole.from &&
        s->hole.from < next)
        next = s->hole.from;
    if (next == STORE_NONE)
        return false;
    o->size = next - o->at;
    return true;
}

bool chain_object(const struct store *s, uint32_t at, struct store_object *o)
{
    const struct store_hole *hole = &s->hole;
    o->at = at;
    o->is_free = o->is_enabled = false;
    o->trial_of = o->replaced_by = STORE_NONE;
    o->handle = (struct store_handle){ 0 };
    if (hole->kind != HOLE_NONE && at == hole->from) {
        o->error = TBF_END;
        o->is_free = true;
        o->size = hole->to - hole->from;
        return true;
    }
    o->error = tbf_parse(store_bytes(s, at), store_end(s) - at, &o->tbf);
    o->size = o->tbf.total_size;
    o->is_free = o->error == TBF_BAD_CHECKSUM ||
                 o->error == TBF_BAD_HEADER_SIZE ||
                 (o->error == TBF_OK && o->tbf.is_padding);
    if (!tbf_ends_walk(o->error) && reaches_into_hole(s, at, o->size))
        o->error = TBF_BAD_TOTAL_SIZE;
    if (o->error == TBF_BAD_TOTAL_SIZE)
        return object_lost(s, o);
    return !tbf_ends_walk(o->error);
}

bool chain_ends(const struct store *s, uint32_t at)
{
    struct store_object o;
    return at >= store_end(s) || !chain_object(s, at, &o);
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
    while (next < at && chain_object(s, next, &o))
        next += o.size;
    return next < at ? store_end(s) : next;
}

/* ---- room ----------------------------------------------------------------- */

uint32_t chain_fit(const struct store_request *request, uint32_t unit,
                   uint32_t from, uint32_t to, bool is_tail, uint32_t *used)
{
    uint32_t align = request->align > unit ? request->align : unit;
    uint32_t at = round_up(from, align);
    if (at != from && at - from < TBF_BASE_SIZE)
        at = round_up(from + TBF_BASE_SIZE, align);
    if (request->at != STORE_NONE) {
        at = request->at;
        bool leaves_room =
            at == from || (at > from && at - from >= TBF_BASE_SIZE);
        if (!leaves_room || at % unit != 0)
            return STORE_NONE;
    }
    if (at < from || at > to || request->size > to - at)
        return STORE_NONE;
    uint32_t end = at + request->size, rest = to - end;
    *used = end;
    if (is_tail && end % unit == 0)
        return at;
    if (is_tail) {
        /* Its last word is full: padding as far as the next one, if it fits. */
        *used = rest < TBF_BASE_SIZE ? to : round_up(end + TBF_BASE_SIZE, unit);
        if (*used > to)
            *used = to;
        return at;
    }
    if (rest == 0)
        return end % unit == 0 ? at : STORE_NONE;
    if (rest < TBF_BASE_SIZE)
        return STORE_NONE;
    *used = round_up(end + TBF_BASE_SIZE, unit);
    return *used <= to ? at : STORE_NONE;
}

/* Objects begin at words, so that a word holds a part of one object. */
uint32_t chain_lead(const struct store *s, uint32_t from)
{
    uint32_t unit = store_unit(s), lead = round_up(from, unit) - from;
    return lead == 0 || lead >= TBF_BASE_SIZE ? lead : lead + unit;
}

static store_step space_step, slide_step;

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Notes the place if it is the best so far: `room` is what it is judged by. */
static bool space_try(struct store *s, uint32_t from, uint32_t to, bool is_tail,
                      uint32_t room)
{
    uint32_t used;
    uint32_t at =
        chain_fit(&s->request, store_unit(s), from, to, is_tail, &used);
    if (at == STORE_NONE || room >= s->plan.best_room)
        return false;
    s->plan.best = at;
    s->plan.best_room = room;
    s->plan.from = from;
    s->plan.to = is_tail ? used : to;
    /* Behind the last object the chain has to end: that is made sure of. */
    s->plan.clear_to =
        is_tail ? least(used + TBF_BASE_SIZE, store_end(s)) : used;
    return true;
}

void chain_find_space(struct store *s, store_step *then)
{
    s->job_then = then;
    s->plan.at = store_start(s);
    s->plan.gap = s->plan.best = STORE_NONE;
    s->plan.best_room = STORE_NONE;
    space_step(s);
}

/* Erased space behind the last object is best, since it costs no erase. Then
 * the smallest gap that will do, then what is free in front of the end. */
static void space_step(struct store *s)
{
    struct store_object o;
    uint32_t at = s->plan.at, end = store_end(s), gap = s->plan.gap;
    if (at < end && chain_object(s, at, &o)) {
        s->plan.at += o.size;
        if (o.is_free && gap == STORE_NONE)
            s->plan.gap = at;
        if (!o.is_free && gap != STORE_NONE) {
            (void)space_try(s, gap, at, false, at - gap);
            s->plan.gap = STORE_NONE;
        }
        store_later(s, space_step);
        return;
    }
    uint32_t best_room = s->plan.best_room;
    s->plan.best_room = STORE_NONE;
    if (!space_try(s, at, end, true, end - at)) {
        s->plan.best_room = best_room;
        if (s->plan.best == STORE_NONE && gap != STORE_NONE)
            (void)space_try(s, gap, end, true, end - gap);
    }
    store_later(s, s->job_then); /* not on top of an object */
}

/* ---- something to move ---------------------------------------------------- */

void chain_find_slide(struct store *s, store_step *then)
{
    s->job_then = then;
    s->plan.at = store_start(s);
    s->plan.gap = s->plan.from = STORE_NONE;
    s->plan.shift = 0;
    slide_step(s);
}

/* The first gap with something movable behind it, and all that follows without
 * a gap and is movable too. */
static void slide_step(struct store *s)
{
    struct store_object o;
    uint32_t at = s->plan.at;
    bool is_there = at < store_end(s) && chain_object(s, at, &o);
    if (is_there && !o.is_free) {
        bool is_run = s->plan.from != STORE_NONE;
        uint32_t shift = s->plan.shift;
        if (!is_run)
            shift = at - s->plan.gap - chain_lead(s, s->plan.gap);
        if (s->plan.gap != STORE_NONE && o.error == TBF_OK &&
            shift >= TBF_BASE_SIZE && shift <= at - s->plan.gap &&
            s->client->may_move != NULL && s->client->may_move(s, &o, shift)) {
            s->plan.from = s->plan.gap;
            s->plan.shift = shift;
        } else {
            s->plan.gap = STORE_NONE;
            is_there = !is_run;
        }
    } else if (is_there) {
        is_there = s->plan.from == STORE_NONE;
        if (s->plan.gap == STORE_NONE)
            s->plan.gap = at;
    }
    if (is_there) {
        s->plan.at += o.size;
        store_later(s, slide_step);
        return;
    }
    s->plan.to = at;
    store_later(s, s->job_then); /* not on top of an object */
}
