/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: pages of records, one page in use. Its sectors lie in two
 * halves; pages are used one after the other, and a half is erased when its
 * first page is entered, while the page in use is in the other half.
 *
 * A page counts once its first slot is valid, which is programmed last. A
 * record holds the number of its zero bits: a program that was cut off leaves
 * some of them ones, and no such record has the right count. */
#include <kernel/string.h>
#include <loader/store_priv.h>

#define CHECK_TAG 0x5A00u

enum slot { SLOT_BLANK, SLOT_VALID, SLOT_TORN };

/* A slot holds a record, and whole words. */
static uint32_t slot_size(const struct store *s)
{
    return store_head(s);
}

static uint32_t half_size(const struct store *s)
{
    return store_layout(s)->journal_sectors / 2 * sector_size(s);
}

static uint32_t page_size(const struct store *s)
{
    return half_size(s) < PAGE_MAX ? half_size(s) : PAGE_MAX;
}

static uint32_t slots(const struct store *s)
{
    return page_size(s) / slot_size(s);
}

/* How many records a page may carry over: room is left for its own, for the
 * hole's two and for the one that is to be appended. */
static uint32_t live_max(const struct store *s)
{
    return slots(s) - 4;
}

static uint32_t zeros(uint32_t word)
{
    uint32_t n = 0;
    for (word = ~word; word != 0; word &= word - 1)
        n++;
    return n;
}

static uint32_t check_of(const struct store_record *r)
{
    return CHECK_TAG | (zeros(r->type | 0xFFFFFF00u) + zeros(r->a) +
                        zeros(r->b) + zeros(r->c));
}

static enum slot slot_read(const struct store *s, uint32_t page, uint32_t index,
                           struct store_record *r)
{
    uint32_t at = page + index * slot_size(s);
    uint32_t first = store_word(s, at);
    r->type = (uint8_t)first;
    r->a = store_word(s, at + 4);
    r->b = store_word(s, at + 8);
    r->c = store_word(s, at + 12);
    if (first >> 16 == check_of(r) && (first >> 8 & 0xFF) == 0xFF)
        return SLOT_VALID;
    return store_is_blank(s, at, slot_size(s)) ? SLOT_BLANK : SLOT_TORN;
}

/* Of the page in use. */
static bool record_read(const struct store *s, uint32_t index,
                        struct store_record *r)
{
    return slot_read(s, s->page, index, r) == SLOT_VALID;
}

static void slot_program(struct store *s, uint32_t page, uint32_t index,
                         const struct store_record *r, store_step *then)
{
    const uint32_t words[] = { r->type | 0xFF00u | check_of(r) << 16, r->a,
                               r->b, r->c };
    memset(store_buffer(s), 0xFF, slot_size(s));
    for (uint32_t i = 0; i < RECORD_SIZE; i++)
        store_buffer(s)[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    store_program(s, page + index * slot_size(s), store_buffer(s), slot_size(s),
                  then);
}

/* ---- what records mean ---------------------------------------------------- */

static bool needs_carrying(const struct store_record *r)
{
    return r->type == RECORD_STATE ||
           (r->type == RECORD_COMMIT && r->b != STORE_NONE);
}

static bool changes_objects(const struct store_record *r)
{
    return r->type == RECORD_COMMIT || r->type == RECORD_REMOVE ||
           r->type == RECORD_ROLL_BACK;
}

static void epoch_renew(struct store *s)
{
    s->epoch = s->generation * PAGE_MAX + s->slot;
}

static bool is_within(uint32_t from, uint32_t to, uint32_t start, uint32_t end)
{
    return from >= start && from < to && to <= end && (from | to) % 4 == 0;
}

static bool is_sector(const struct store *s, uint32_t at)
{
    return at % sector_size(s) == 0 && store_may_write(s, at, sector_size(s));
}

/* The store wrote no record that is not sound, but somebody else may have:
 * nothing is done outside the parts of the layout because of one. */
static bool record_is_sound(const struct store *s, const struct store_record *r)
{
    uint32_t type = r->type, spare = r->b - store_layout(s)->spare;
    if (type == RECORD_READY)
        return r->a % store_unit(s) == 0 && r->b >= store_head(s) &&
               is_within(r->a, r->a + r->b, s->hole.from, s->hole.to);
    if (type == RECORD_COPY || type == RECORD_DONE)
        return is_sector(s, r->a) &&
               (type == RECORD_DONE ||
                (spare % sector_size(s) == 0 &&
                 spare / sector_size(s) < store_layout(s)->spare_sectors));
    if (type == RECORD_HOLE || type == RECORD_REMOVE ||
        type == RECORD_ROLL_BACK || type == RECORD_SLIDE)
        return is_within(r->a, r->b, store_start(s), store_end(s)) &&
               r->b - r->a >= TBF_BASE_SIZE &&
               (type != RECORD_SLIDE || r->c < r->b - r->a);
    return true;
}

/* What a record says, into RAM: when it has been appended, and when it is read
 * after a reset. */
static void record_apply(struct store *s, const struct store_record *r)
{
    struct store_hole *hole = &s->hole;
    switch ((enum record_type)r->type) {
    case RECORD_HOLE:
        *hole = (struct store_hole){ HOLE_INSTALL, false, r->a, r->b, 0, 0 };
        break;
    case RECORD_READY:
        hole->is_ready = true;
        s->transfer.at = r->a;
        s->transfer.size = r->b;
        s->transfer.id = r->c;
        break;
    case RECORD_REMOVE:
    case RECORD_ROLL_BACK:
        *hole = (struct store_hole){ HOLE_REMOVE, false, r->a, r->b, 0, 0 };
        break;
    case RECORD_SLIDE:
        *hole = (struct store_hole){ HOLE_SLIDE, false, r->a, r->b, r->c, 0 };
        break;
    case RECORD_COMMIT:
    case RECORD_CLOSED:
        hole->kind = HOLE_NONE;
        break;
    case RECORD_COPY:
        s->copy_sector = r->a;
        s->copy_spare = r->b;
        break;
    case RECORD_DONE:
        s->copy_sector = STORE_NONE;
        hole->progress = r->a + sector_size(s);
        break;
    case RECORD_PAGE:
    case RECORD_STATE:
    case RECORD_REFUSED:
        break;
    }
    if (needs_carrying(r))
        s->live++;
    if (changes_objects(r))
        epoch_renew(s);
    if ((r->type == RECORD_COPY || r->type == RECORD_DONE) &&
        s->client->broken != NULL)
        s->client->broken(s, r->type == RECORD_COPY);
}

/* Says where the page is, so that no stray copy of one counts. */
static uint32_t page_magic(uint32_t page)
{
    return PAGE_MAGIC ^ page;
}

static bool page_looks_used(const struct store *s, uint32_t page)
{
    return store_word(s, page + 4) == page_magic(page);
}

/* The page in use, if there is one. A half is erased only while the first page
 * of the other one counts: so where neither first page does there is none, and
 * a flash that never had a journal costs two looks. */
static void page_find(struct store *s)
{
    struct store_record r;
    uint32_t start = store_layout(s)->journal, half = half_size(s);
    s->page = STORE_NONE;
    s->generation = 0;
    if (!page_looks_used(s, start) && !page_looks_used(s, start + half))
        return;
    for (uint32_t page = start; page < start + 2 * half; page += page_size(s)) {
        if (page_looks_used(s, page) &&
            slot_read(s, page, 0, &r) == SLOT_VALID && r.type == RECORD_PAGE &&
            r.b > s->generation) {
            s->page = page;
            s->generation = r.b;
            s->erases = r.c;
        }
    }
}

void journal_read(struct store *s)
{
    struct store_record r;
    page_find(s);
    s->live = s->slot = 0;
    s->hole.kind = HOLE_NONE;
    s->copy_sector = STORE_NONE;
    if (s->page == STORE_NONE)
        return;
    s->slot = 1;
    for (uint32_t i = 1; i < slots(s); i++) {
        enum slot is = slot_read(s, s->page, i, &r);
        if (is != SLOT_BLANK)
            s->slot = i + 1;
        if (is == SLOT_VALID && record_is_sound(s, &r))
            record_apply(s, &r);
    }
    epoch_renew(s);
}

/* Most records are about other objects: seen before they are checked. */
static bool slot_names(const struct store *s, uint32_t index, uint32_t at,
                       uint32_t trial_of, uint32_t replaced_by)
{
    uint32_t slot = s->page + index * slot_size(s);
    uint32_t a = store_word(s, slot + 4), b = store_word(s, slot + 8);
    return a == at || b == at || a == trial_of || a == replaced_by;
}

static bool object_matches(const struct store *s, uint32_t at, uint32_t sum)
{
    return at >= store_start(s) && at % 4 == 0 &&
           at <= store_end(s) - TBF_BASE_SIZE &&
           (store_word(s, at) & 0xFFFF) == TBF_VERSION &&
           store_word(s, at + TBF_AT_CHECKSUM) == sum;
}

/* Is there the header of an object? Less than a parse, for boards whose stack is
 * small. */
static bool is_header(const struct store *s, uint32_t at)
{
    uint32_t sum = 0;
    if (at % 4 != 0 || at < store_start(s) ||
        at > store_end(s) - TBF_BASE_SIZE ||
        (store_word(s, at) & 0xFFFF) != TBF_VERSION)
        return false;
    uint32_t end = at + (store_word(s, at) >> 16);
    for (; at < end && at < store_end(s); at += 4)
        sum ^= store_word(s, at);
    return sum == 0;
}

/* A trial is one of two objects. Who has written flash by other means than the
 * store may have left the record of one, and another thing in its place: that
 * must not be passed over at boot, nor go when the trial is confirmed. `sum`: of
 * the one that replaces this. */
static void trial_check(const struct store *s, struct store_object *object,
                        uint32_t sum)
{
    if (s->hole.kind == HOLE_SLIDE)
        return; /* they are on their way */
    if (object->trial_of != STORE_NONE && !is_header(s, object->trial_of))
        object->trial_of = STORE_NONE;
    if (object->replaced_by != STORE_NONE &&
        !object_matches(s, object->replaced_by, sum))
        object->replaced_by = STORE_NONE;
}

void journal_state(const struct store *s, struct store_object *object)
{
    uint32_t at = object->at, sum = store_word(s, at + TBF_AT_CHECKSUM);
    uint32_t new_sum = 0;
    struct store_record r;
    object->is_enabled = (object->tbf.flags & TBF_FLAG_ENABLED) != 0;
    object->trial_of = object->replaced_by = STORE_NONE;
    for (uint32_t i = 1; s->page != STORE_NONE && i < s->slot; i++) {
        if (!slot_names(s, i, at, object->trial_of, object->replaced_by) ||
            !record_read(s, i, &r))
            continue;
        if (r.type == RECORD_STATE && r.a == at && r.c == sum)
            object->is_enabled = r.b != 0;
        if (!changes_objects(&r))
            continue;
        if (r.a == object->trial_of)
            object->trial_of = STORE_NONE;
        if (r.a == object->replaced_by)
            object->replaced_by = STORE_NONE;
        if (r.a == at) {
            object->is_enabled = (object->tbf.flags & TBF_FLAG_ENABLED) != 0;
            object->replaced_by = STORE_NONE;
            object->trial_of =
                r.type == RECORD_COMMIT && r.c == sum ? r.b : STORE_NONE;
        }
        if (r.type == RECORD_COMMIT && r.b == at) {
            object->replaced_by = r.a;
            new_sum = r.c;
        }
    }
    trial_check(s, object, new_sum);
}

bool journal_has_trial(const struct store *s)
{
    struct store_record r;
    for (uint32_t i = 1; s->page != STORE_NONE && i < s->slot; i++)
        if (record_read(s, i, &r) && r.type == RECORD_COMMIT &&
            r.b != STORE_NONE)
            return true;
    return false;
}

bool store_is_refused(const struct store *s, uint32_t id)
{
    struct store_record r;
    for (uint32_t i = 1; s->page != STORE_NONE && i < s->slot; i++)
        if (store_word(s, s->page + i * slot_size(s) + 12) == id &&
            record_read(s, i, &r) &&
            (r.type == RECORD_REFUSED || r.type == RECORD_ROLL_BACK))
            return true;
    return false;
}

uint32_t journal_known_after(const struct store *s, uint32_t at)
{
    uint32_t nearest = STORE_NONE;
    struct store_record r;
    for (uint32_t i = 1; s->page != STORE_NONE && i < s->slot; i++)
        if (record_read(s, i, &r) &&
            (r.type == RECORD_COMMIT || r.type == RECORD_STATE) && r.a > at &&
            r.a < nearest && object_matches(s, r.a, r.c))
            nearest = r.a;
    return nearest;
}

/* ---- a new page ----------------------------------------------------------- */

static store_step turn_enter, turn_erased, turn_record, turn_hole, turn_seal,
    turn_done, append_place, append_done;

/* Where what lay at `at` lies now that a slide is over. */
static uint32_t moved(const struct store *s, uint32_t at)
{
    bool moves = s->turn.ends_slide && at != STORE_NONE && at >= s->hole.from &&
                 at < s->hole.to;
    return moves ? at - s->hole.shift : at;
}

/* Is record `index` still so? Adapts it to what later ones say. */
static bool record_is_live(const struct store *s, uint32_t index,
                           struct store_record *r)
{
    struct store_record later;
    if (r->type == RECORD_ROLL_BACK)
        r->type = RECORD_REFUSED;
    if (r->type == RECORD_REFUSED)
        return true;
    if (r->type != RECORD_STATE && r->type != RECORD_COMMIT)
        return false;
    for (uint32_t i = index + 1; i < s->slot; i++) {
        if (!slot_names(s, i, r->a, r->b, r->b) || !record_read(s, i, &later))
            continue;
        bool is_change = changes_objects(&later);
        if (later.a == r->a && (is_change || later.type == r->type))
            return false;
        if (is_change && r->type == RECORD_COMMIT && later.a == r->b)
            r->b = STORE_NONE;
    }
    /* While it is on its way nothing can be said of it. */
    if (!s->turn.ends_slide && s->hole.kind == HOLE_SLIDE &&
        r->a >= s->hole.from && r->a < s->hole.to)
        return true;
    if (r->type == RECORD_COMMIT && s->turn.ends_trials)
        return false;
    r->a = moved(s, r->a);
    if (r->type == RECORD_COMMIT)
        r->b = moved(s, r->b);
    if (!object_matches(s, r->a, r->c))
        return false;
    return r->type == RECORD_COMMIT ||
           r->b != (store_word(s, r->a + TBF_AT_FLAGS) & TBF_FLAG_ENABLED);
}

/* What is good to know but not needed never takes the room of what is, and
 * leaves half a page free. */
static bool has_room_for_more(const struct store *s)
{
    return s->live + s->turn.extra < live_max(s) &&
           s->turn.out + 4 <= slots(s) / 2;
}

static void turn_begin(struct store *s, bool ends_slide, bool ends_trials,
                       store_step *then)
{
    s->append_then = then;
    s->turn.ends_slide = ends_slide;
    s->turn.ends_trials = ends_trials;
    s->turn.page = s->page;
    turn_enter(s);
}

void journal_turn(struct store *s, bool ends_slide, store_step *then)
{
    turn_begin(s, ends_slide, false, then);
}

void journal_end_trials(struct store *s, store_step *then)
{
    turn_begin(s, false, true, then);
}

static bool begins_half(const struct store *s)
{
    return (s->turn.page - store_layout(s)->journal) % half_size(s) == 0;
}

static void turn_enter(struct store *s)
{
    uint32_t end = store_layout(s)->journal + 2 * half_size(s);
    s->turn.page = s->turn.page == STORE_NONE ? store_layout(s)->journal
                                              : s->turn.page + page_size(s);
    if (s->turn.page == end)
        s->turn.page = store_layout(s)->journal;
    s->turn.index = 0;
    if (begins_half(s))
        turn_erased(s);
    else if (store_is_blank(s, s->turn.page, page_size(s)))
        turn_record(s);
    else
        store_later(s, turn_enter); /* a turn to it was cut off */
}

static void turn_erased(struct store *s)
{
    uint32_t at = s->turn.page + s->turn.index;
    s->turn.index += sector_size(s);
    if (s->turn.index <= half_size(s)) {
        store_erase(s, at, turn_erased);
        return;
    }
    s->turn.index = 0;
    turn_record(s);
}

/* One record of the old page at a time. Those of index 0 are begun with. */
static void turn_record(struct store *s)
{
    struct store_record r;
    if (s->turn.index == 0)
        s->turn.out = s->turn.live = s->turn.extra = 0;
    uint32_t index = ++s->turn.index;
    if (s->page == STORE_NONE || index >= s->slot) {
        s->turn.hole_part = 0;
        turn_hole(s);
        return;
    }
    if (!record_read(s, index, &r) || !record_is_live(s, index, &r) ||
        (!needs_carrying(&r) && !has_room_for_more(s))) {
        store_later(s, turn_record);
        return;
    }
    if (needs_carrying(&r))
        s->turn.live++;
    else
        s->turn.extra++;
    slot_program(s, s->turn.page, ++s->turn.out, &r, turn_record);
}

/* The records that make the open hole again. */
static void turn_hole(struct store *s)
{
    static const uint8_t type_of[] = {
        [HOLE_INSTALL] = RECORD_HOLE,
        [HOLE_REMOVE] = RECORD_REMOVE,
        [HOLE_SLIDE] = RECORD_SLIDE,
    };
    const struct store_hole *hole = &s->hole;
    struct store_record r = { 0 };
    uint32_t part = s->turn.hole_part++;
    if (part > 1 || hole->kind == HOLE_NONE || s->turn.ends_slide) {
        turn_seal(s);
        return;
    }
    if (part == 0) {
        r = (struct store_record){ type_of[hole->kind], hole->from, hole->to,
                                   hole->shift };
    } else if (hole->is_ready) {
        r = (struct store_record){ RECORD_READY, s->transfer.at,
                                   s->transfer.size, s->transfer.id };
    } else if (hole->progress != 0) {
        r = (struct store_record){ RECORD_DONE, hole->progress - sector_size(s),
                                   0, 0 };
    } else {
        turn_seal(s);
        return;
    }
    slot_program(s, s->turn.page, ++s->turn.out, &r, turn_hole);
}

static void turn_seal(struct store *s)
{
    const struct store_record r = { RECORD_PAGE, page_magic(s->turn.page),
                                    s->generation + 1, s->erases };
    slot_program(s, s->turn.page, 0, &r, turn_done);
}

static void turn_done(struct store *s)
{
    s->page = s->turn.page;
    s->generation++;
    s->slot = s->turn.out + 1;
    s->live = s->turn.live;
    if (s->turn.ends_slide) {
        s->hole.kind = HOLE_NONE;
        epoch_renew(s);
    }
    s->append_then(s);
}

/* ---- a new record --------------------------------------------------------- */

/* The first one makes the journal's first page. */
void journal_append(struct store *s, enum record_type type, uint32_t a,
                    uint32_t b, uint32_t c, store_step *then)
{
    s->record = (struct store_record){ (uint8_t)type, a, b, c };
    s->record_then = then;
    bool is_full = needs_carrying(&s->record) && s->live >= live_max(s);
    if (s->page == STORE_NONE || is_full || s->slot >= slots(s))
        journal_turn(s, false, append_place);
    else
        append_place(s);
}

static void append_place(struct store *s)
{
    if (needs_carrying(&s->record) && s->live >= live_max(s)) {
        store_done(s, ERR_NOMEM);
        return;
    }
    slot_program(s, s->page, s->slot++, &s->record, append_done);
}

static void append_done(struct store *s)
{
    record_apply(s, &s->record);
    s->record_then(s);
}
