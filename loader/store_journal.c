/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: pages of records, one page in use. Its sectors lie in two
 * halves; pages are used one after the other, and a half is erased when its
 * first page is entered, while the page in use is in the other half.
 *
 * A page counts once its first slot is valid, which is programmed last. A
 * record holds the number of its zero bits: a program that was cut off leaves
 * some of them ones, and no such record has the right count.
 *
 * Records are read where they lie. Most are not what is looked for: that is seen
 * before their bits are counted. */
#include <kernel/string.h>
#include <loader/store_priv.h>

#define CHECK_TAG 0x5A00u

/* A slot holds a record, and whole words. */
static ALWAYS_INLINE uint32_t slot_size(const struct store *s)
{
    return store_head(s);
}

static ALWAYS_INLINE uint32_t half_size(const struct store *s)
{
    return store_layout(s)->journal_sectors / 2 * sector_size(s);
}

static ALWAYS_INLINE uint32_t page_size(const struct store *s)
{
    return half_size(s) < PAGE_MAX ? half_size(s) : PAGE_MAX;
}

static ALWAYS_INLINE uint32_t slots(const struct store *s)
{
    return page_size(s) / slot_size(s);
}

/* How many records a page may carry over: room is left for its own, for the
 * hole's two and for the one that is to be appended. */
static ALWAYS_INLINE uint32_t live_max(const struct store *s)
{
    return slots(s) - 4;
}

static const struct store_record *record_at(const struct store *s,
                                            uint32_t index)
{
    return (const void *)store_bytes(s, s->page + index * slot_size(s));
}

static uint8_t type_of(const struct store_record *r)
{
    return (uint8_t)r->head;
}

/* Types by which records are told apart, as bits. */
#define TYPE(type) (1u << RECORD_##type)
#define CHANGES_OBJECTS (TYPE(COMMIT) | TYPE(REMOVE) | TYPE(ROLL_BACK))
#define OPENS_HOLE (TYPE(HOLE) | TYPE(REMOVE) | TYPE(ROLL_BACK) | TYPE(SLIDE))
#define CLOSES_HOLE (TYPE(COMMIT) | TYPE(CLOSED))
#define ALL_TYPES (2 * TYPE(REFUSED) - TYPE(PAGE))
#define REFUSES (TYPE(REFUSED) | TYPE(ROLL_BACK))
#define KNOWS_OBJECT (TYPE(COMMIT) | TYPE(STATE))

static bool is_one_of(const struct store_record *r, uint32_t types)
{
    return types >> (type_of(r) & 31) & 1;
}

/* The first word of a record: its type, and the zeros that it has. */
static uint32_t head_of(const struct store_record *r)
{
    const store_word_t *word = (const void *)r;
    uint32_t n = 0, first = 0xFF;
    for (uint32_t i = 0; i < RECORD_SIZE / 4; i++, first = ~0u)
        for (uint32_t zeros = ~word[i] & first; zeros != 0; zeros &= zeros - 1)
            n++;
    return type_of(r) | 0xFF00 | (CHECK_TAG | n) << 16;
}

/* Is it a whole record of one of these types? */
static bool is_valid(const struct store_record *r, uint32_t types)
{
    return type_of(r) < 32 && is_one_of(r, types) && r->head == head_of(r);
}

/* Made in the buffer, of three words that lie one behind the other. */
static void slot_program(struct store *s, uint32_t at, uint32_t type,
                         const void *words)
{
    struct store_record *r = (void *)store_buffer(s);
    if (slot_size(s) > RECORD_SIZE)
        memset(r, 0xFF, slot_size(s));
    r->head = type;
    memcpy(store_buffer(s) + sizeof r->head, words,
           RECORD_SIZE - sizeof r->head);
    r->head = head_of(r);
    store_program(s, at, store_buffer(s), slot_size(s));
}

/* ---- what records mean ---------------------------------------------------- */

static bool needs_carrying(const struct store_record *r)
{
    return is_one_of(r, KNOWS_OBJECT) && r->b != STORE_NONE;
}

static void epoch_renew(struct store *s)
{
    s->epoch = s->generation * PAGE_MAX + s->slot;
}

/* The store wrote no record that is not sound, but somebody else may have:
 * nothing is done outside the parts of the layout because of one. */
static bool record_is_sound(const struct store *s, const struct store_record *r)
{
    const struct store_layout *l = store_layout(s);
    uint32_t type = type_of(r), from = r->a, to = r->b, size = sector_size(s);
    uint32_t start = l->start, end = l->end;
    if (type == RECORD_READY) {
        to += from;
        start = s->hole.from;
        end = s->hole.to;
        if (from % store_unit(s) != 0 || r->b < store_head(s))
            return false;
    } else if (type == RECORD_COPY || type == RECORD_DONE) {
        to -= l->spare;
        return from % size == 0 && store_may_write(s, from, size) &&
               (type == RECORD_DONE ||
                (to % size == 0 && to < l->spare_sectors * size));
    } else if (!is_one_of(r, OPENS_HOLE)) {
        return true;
    }
    if (type == RECORD_SLIDE && (r->c >= to - from || r->c % 4 != 0))
        return false;
    return from >= start && from < to && to <= end && (from | to) % 4 == 0 &&
           to - from >= TBF_BASE_SIZE;
}

/* What a record says, into RAM: when it has been appended, and when it is read
 * after a reset. */
static void record_apply(struct store *s, const struct store_record *r)
{
    uint32_t type = type_of(r);
    if (is_one_of(r, OPENS_HOLE)) {
        s->hole = (struct store_hole){ type, r->a, r->b, r->c, false, 0 };
        if (type == RECORD_ROLL_BACK) {
            s->hole.kind = HOLE_REMOVE;
            s->hole.shift = 0;
        }
    }
    if (type == RECORD_READY) {
        s->hole.is_ready = true;
        s->transfer.at = r->a;
        s->transfer.size = r->b;
        s->transfer.id = r->c;
    }
    if (is_one_of(r, CLOSES_HOLE))
        s->hole.kind = HOLE_NONE;
    if (type == RECORD_COMMIT)
        s->transfer.owner = 0;
    if (type == RECORD_COPY) {
        s->copy_sector = r->a;
        s->copy_spare = r->b;
    }
    if (type == RECORD_DONE) {
        s->copy_sector = STORE_NONE;
        s->hole.progress = r->a + sector_size(s);
    }
    if (needs_carrying(r))
        s->live++;
    if (is_one_of(r, CHANGES_OBJECTS))
        epoch_renew(s);
    if ((type == RECORD_COPY || type == RECORD_DONE) &&
        s->client->broken != NULL)
        s->client->broken(s, type == RECORD_COPY);
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
    uint32_t start = store_layout(s)->journal, half = half_size(s);
    uint32_t newest = STORE_NONE;
    s->generation = 0;
    if (!page_looks_used(s, start) && !page_looks_used(s, start + half))
        start += 2 * half;
    for (uint32_t page = start; page < store_layout(s)->journal + 2 * half;
         page += page_size(s)) {
        if (!page_looks_used(s, page))
            continue;
        s->page = page;
        const struct store_record *r = record_at(s, 0);
        if (is_valid(r, TYPE(PAGE)) && r->b > s->generation) {
            newest = page;
            s->generation = r->b;
            s->erases = r->c;
        }
    }
    s->page = s->turn.page = newest;
}

void journal_read(struct store *s)
{
    page_find(s);
    s->live = s->slot = 0;
    s->turn.ends = TURN_ENDS_NOTHING;
    s->hole.kind = HOLE_NONE;
    s->copy_sector = STORE_NONE;
    if (s->page == STORE_NONE)
        return;
    s->slot = 1;
    for (uint32_t i = 1; i < slots(s); i++) {
        const struct store_record *r = record_at(s, i);
        if (store_is_blank(s, s->page + i * slot_size(s), slot_size(s)))
            continue;
        s->slot = i + 1;
        if (is_valid(r, ALL_TYPES) && record_is_sound(s, r))
            record_apply(s, r);
    }
    epoch_renew(s);
}

static bool object_matches(const struct store *s, uint32_t at, uint32_t sum)
{
    return at >= store_start(s) && at % 4 == 0 &&
           at <= store_end(s) - TBF_BASE_SIZE &&
           (store_word(s, at) & 0xFFFF) == TBF_VERSION &&
           store_word(s, at + TBF_AT_CHECKSUM) == sum;
}

bool journal_is_header(const struct store *s, uint32_t at)
{
    uint32_t sum = 0;
    if (at > store_end(s) - TBF_BASE_SIZE ||
        !object_matches(s, at, store_word(s, at + TBF_AT_CHECKSUM)))
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
    if (object->trial_of != STORE_NONE &&
        !journal_is_header(s, object->trial_of))
        object->trial_of = STORE_NONE;
    if (object->replaced_by != STORE_NONE &&
        !object_matches(s, object->replaced_by, sum))
        object->replaced_by = STORE_NONE;
}

void journal_state(const struct store *s, struct store_object *object)
{
    uint32_t at = object->at, sum = store_word(s, at + TBF_AT_CHECKSUM);
    uint32_t trial_of = STORE_NONE, replaced_by = STORE_NONE, new_sum = 0;
    bool is_on = (object->tbf.flags & TBF_FLAG_ENABLED) != 0,
         is_enabled = is_on;
    for (uint32_t i = 1; i < s->slot; i++) {
        const struct store_record *r = record_at(s, i);
        uint32_t a = r->a, b = r->b;
        bool is_own = a == at;
        if ((!is_own && b != at && a != trial_of && a != replaced_by) ||
            !is_valid(r, CHANGES_OBJECTS | TYPE(STATE)))
            continue;
        if (is_own && type_of(r) == RECORD_STATE && r->c == sum)
            is_enabled = b != 0;
        if (type_of(r) == RECORD_STATE)
            continue;
        if (is_own || a == trial_of)
            trial_of = STORE_NONE;
        if (is_own || a == replaced_by)
            replaced_by = STORE_NONE;
        if (is_own)
            is_enabled = is_on;
        if (type_of(r) != RECORD_COMMIT)
            continue;
        if (is_own && r->c == sum)
            trial_of = b;
        if (b == at) {
            replaced_by = a;
            new_sum = r->c;
        }
    }
    object->is_enabled = is_enabled;
    object->trial_of = trial_of;
    object->replaced_by = replaced_by;
    trial_check(s, object, new_sum);
}

bool journal_has_trial(const struct store *s)
{
    for (uint32_t i = 1; i < s->slot; i++) {
        const struct store_record *r = record_at(s, i);
        if (r->b != STORE_NONE && is_valid(r, TYPE(COMMIT)))
            return true;
    }
    return false;
}

bool store_is_refused(const struct store *s, uint32_t id)
{
    for (uint32_t i = 1; i < s->slot; i++) {
        const struct store_record *r = record_at(s, i);
        if (r->c == id && is_valid(r, REFUSES))
            return true;
    }
    return false;
}

uint32_t journal_known_after(const struct store *s, uint32_t at)
{
    uint32_t nearest = STORE_NONE;
    for (uint32_t i = 1; i < s->slot; i++) {
        const struct store_record *r = record_at(s, i);
        if (r->a > at && r->a < nearest && object_matches(s, r->a, r->c) &&
            is_valid(r, KNOWS_OBJECT))
            nearest = r->a;
    }
    return nearest;
}

/* ---- a new page ----------------------------------------------------------- */

static bool is_in_hole(const struct store *s, uint32_t at)
{
    return at - s->hole.from < s->hole.to - s->hole.from;
}

/* Where what lay at `at` lies now that a slide is over. */
static NOINLINE uint32_t moved(const struct store *s, uint32_t at)
{
    bool moves = s->turn.ends == TURN_ENDS_SLIDE && is_in_hole(s, at);
    return moves ? at - s->hole.shift : at;
}

/* Is record `index` still so? Adapts it to what later ones say. */
static bool record_is_live(const struct store *s, uint32_t index,
                           struct store_record *r)
{
    uint32_t type = type_of(r);
    if (is_one_of(r, REFUSES)) {
        r->head = RECORD_REFUSED;
        return true;
    }
    for (uint32_t i = index + 1; i < s->slot; i++) {
        const struct store_record *later = record_at(s, i);
        bool is_change = type_of(later) != RECORD_STATE;
        uint32_t a = later->a;
        if ((a != r->a && a != r->b) ||
            !is_valid(later, CHANGES_OBJECTS | TYPE(STATE)))
            continue;
        if (a == r->a && (is_change || type_of(later) == type))
            return false;
        if (is_change && type == RECORD_COMMIT && a == r->b)
            r->b = STORE_NONE;
    }
    /* While it is on its way nothing can be said of it. */
    if (s->turn.ends != TURN_ENDS_SLIDE && s->hole.kind == HOLE_SLIDE &&
        is_in_hole(s, r->a))
        return true;
    r->a = moved(s, r->a);
    if (!object_matches(s, r->a, r->c))
        return false;
    if (type == RECORD_STATE)
        return r->b != (store_word(s, r->a + TBF_AT_FLAGS) & TBF_FLAG_ENABLED);
    r->b = moved(s, r->b);
    return s->turn.ends != TURN_ENDS_TRIALS;
}

/* What is good to know but not needed never takes the room of what is, and
 * leaves half a page free. */
static bool has_room_for_more(const struct store *s)
{
    return s->live + s->turn.extra < live_max(s) &&
           s->turn.out + 4 <= slots(s) / 2;
}

static bool begins_half(const struct store *s)
{
    return (s->turn.page - store_layout(s)->journal) % half_size(s) == 0;
}

/* The next page in turn, and again where a turn to it was cut off. */
void turn_enter(struct store *s)
{
    uint32_t start = store_layout(s)->journal, page = s->turn.page;
    page = page == STORE_NONE ? start : page + page_size(s);
    if (page == start + 2 * half_size(s))
        page = start;
    s->turn.page = page;
    s->turn.index = s->turn.out = s->turn.live = s->turn.extra = 0;
    if (!begins_half(s) && !store_is_blank(s, page, page_size(s)))
        store_again(s);
}

/* A sector of the half that begins here. */
void turn_erase(struct store *s)
{
    uint32_t offset = s->turn.index;
    s->turn.index = 0;
    if (!begins_half(s) || offset == half_size(s))
        return;
    s->turn.index = offset + sector_size(s);
    store_again(s);
    store_erase(s, s->turn.page + offset);
}

static void turn_program(struct store *s, uint32_t type, const void *words)
{
    uint32_t out = ++s->turn.out;
    slot_program(s, s->turn.page + out * slot_size(s), type, words);
}

/* One record of the old page at a time. */
void turn_record(struct store *s)
{
    uint32_t index = ++s->turn.index;
    if (index >= s->slot)
        return;
    store_again(s);
    if (!is_valid(record_at(s, index), REFUSES | KNOWS_OBJECT))
        return;
    struct store_record r = *record_at(s, index);
    r.head = type_of(&r);
    if (!record_is_live(s, index, &r))
        return;
    if (needs_carrying(&r))
        s->turn.live++;
    else if (has_room_for_more(s))
        s->turn.extra++;
    else
        return;
    turn_program(s, r.head, &r.a);
}

static bool hole_stays(const struct store *s)
{
    return s->hole.kind != HOLE_NONE && s->turn.ends != TURN_ENDS_SLIDE;
}

/* The records that make the open hole again. */
void turn_hole(struct store *s)
{
    if (hole_stays(s))
        turn_program(s, s->hole.kind, &s->hole.from);
}

void turn_hole_more(struct store *s)
{
    const uint32_t done[] = { s->hole.progress - sector_size(s), 0, 0 };
    if (!hole_stays(s))
        return;
    if (s->hole.is_ready)
        turn_program(s, RECORD_READY, &s->transfer.at);
    else if (s->hole.progress != 0)
        turn_program(s, RECORD_DONE, done);
}

void turn_seal(struct store *s)
{
    uint32_t page = s->turn.page;
    const uint32_t words[] = { page_magic(page), s->generation + 1, s->erases };
    slot_program(s, page, RECORD_PAGE, words);
}

void turn_done(struct store *s)
{
    s->page = s->turn.page;
    s->generation++;
    s->slot = s->turn.out + 1;
    s->live = s->turn.live;
    if (s->turn.ends == TURN_ENDS_SLIDE) {
        s->hole.kind = HOLE_NONE;
        epoch_renew(s);
    }
    s->turn.ends = TURN_ENDS_NOTHING;
}

/* ---- a new record --------------------------------------------------------- */

/* Where in struct store its words come from. */
#define WORD(field) ((uint8_t)(offsetof(struct store, field) / 4))
#define NOTHING WORD(flash_e) /* which is 0 while a step is carried out */
#define SUM NOTHING           /* the checksum of the object at a */

void journal_append(struct store *s, enum record_type type)
{
    static const uint8_t words_of[][3] = {
        [RECORD_HOLE - RECORD_HOLE] = { WORD(plan.from), WORD(plan.to),
                                        NOTHING },
        [RECORD_READY - RECORD_HOLE] = { WORD(plan.best), WORD(request.size),
                                         WORD(request.id) },
        [RECORD_COMMIT -
            RECORD_HOLE] = { WORD(transfer.at), WORD(subject), SUM },
        [RECORD_REMOVE -
            RECORD_HOLE] = { WORD(subject), WORD(subject_end), NOTHING },
        [RECORD_ROLL_BACK - RECORD_HOLE] = { WORD(subject), WORD(subject_end),
                                             WORD(transfer.crc) },
        [RECORD_CLOSED - RECORD_HOLE] = { NOTHING, NOTHING, NOTHING },
        [RECORD_SLIDE -
            RECORD_HOLE] = { WORD(plan.from), WORD(plan.to), WORD(plan.shift) },
        [RECORD_COPY -
            RECORD_HOLE] = { WORD(copy_sector), WORD(copy_spare), NOTHING },
        [RECORD_DONE - RECORD_HOLE] = { WORD(copy_sector), NOTHING, NOTHING },
        [RECORD_STATE -
            RECORD_HOLE] = { WORD(subject), WORD(subject_end), SUM },
    };
    const store_word_t *from = (const void *)s;
    struct store_record *r = &s->record;
    const uint8_t *words = words_of[type - RECORD_HOLE];
    r->head = type;
    r->a = from[words[0]];
    r->b = from[words[1]];
    r->c = from[words[2]];
    if (is_one_of(r, KNOWS_OBJECT))
        r->c = store_word(s, r->a + TBF_AT_CHECKSUM);
    store_call(s, SCRIPT(append));
}

static bool is_full(const struct store *s)
{
    return needs_carrying(&s->record) && s->live >= live_max(s);
}

/* The first record makes the journal's first page. */
void append_room(struct store *s)
{
    if (s->page == STORE_NONE || s->slot >= slots(s) || is_full(s))
        store_call(s, SCRIPT(turn));
}

void append_place(struct store *s)
{
    if (is_full(s))
        store_finish(s, ERR_NOMEM);
    else
        slot_program(s, s->page + s->slot++ * slot_size(s), s->record.head,
                     &s->record.a);
}

void append_done(struct store *s)
{
    record_apply(s, &s->record);
}
