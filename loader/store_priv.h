/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the store share. For them alone.
 *
 * All work is a chain of steps. A job (append, rewrite, fill, zero, digest) is
 * begun with the step that goes on after it; a step that starts a flash
 * operation names the one that follows it. Jobs do not nest within themselves,
 * and fill, zero, digest and search not within each other: so there is one place
 * for each continuation, and no stack. */
#ifndef LOADER_STORE_PRIV_H
#define LOADER_STORE_PRIV_H

#include <berth/crc32.h>
#include <loader/store.h>

/* Records of the journal. No type has all bits set. */
enum record_type {
    RECORD_PAGE = 0x11, /* a: magic, b: number of the page, c: erases so far */
    RECORD_HOLE,        /* a, b: a new object will be made in [a, b) */
    RECORD_READY,       /* that is clear. a: object's start, b: size, c: id */
    RECORD_COMMIT,      /* a: new object, b: what it replaces on trial, or
                            NONE, c: header checksum. Ends the hole. */
    RECORD_REMOVE,      /* the object in [a, b) is no more */
    RECORD_ROLL_BACK,   /* the same, and c is refused from now on */
    RECORD_CLOSED,      /* the hole is in order again */
    RECORD_SLIDE,       /* [a, b) is a gap and objects, moved by c */
    RECORD_COPY,        /* what sector a is to be is in spare sector b */
    RECORD_DONE,        /* sector a is as it is to be */
    RECORD_STATE,       /* a: object, b: enabled, c: header checksum */
    RECORD_REFUSED,     /* c: digest of a refused image */
};

#define RECORD_SIZE 16u
#define PAGE_MAX 4096u
#define PAGE_MAGIC 0x314A5242u /* "BRJ1" */

/* ---- store.c: the engine -------------------------------------------------- */

/* Go on with that step, soon. */
void store_later(struct store *s, store_step *next);
/* The operation under way has ended. */
void store_done(struct store *s, err_t e);
/* Flash operations, then that step. */
void store_erase(struct store *s, uint32_t at, store_step *then);
void store_program(struct store *s, uint32_t at, const uint8_t *bytes,
                   uint32_t len, store_step *then);

/* Is that a range of the device, and none of the store's own sectors? */
bool store_may_write(const struct store *s, uint32_t at, uint32_t len);
/* Can an operation be begun? */
MUST_CHECK err_t store_ready(const struct store *s);
/* Begin an operation of a client. */
MUST_CHECK err_t store_begin(struct store *s, enum store_op op,
                             store_step *first);

/* ---- store_transfer.c ----------------------------------------------------- */

/* Give up the transfer that has the hole. */
void transfer_discard(struct store *s, store_step *then);

/* ---- store_journal.c ------------------------------------------------------ */

/* Find the page in use and take from it all that RAM holds. */
void journal_read(struct store *s);
void journal_append(struct store *s, enum record_type type, uint32_t a,
                    uint32_t b, uint32_t c, store_step *then);
/* Copy what is live to a new page. With ends_slide the hole is a slide that is
 * over: records follow the objects that moved. */
void journal_turn(struct store *s, bool ends_slide, store_step *then);
/* The same, where somebody else is going to write the chain: what the records of
 * trials name may be another thing then. Both of a trial stay, as two apps. */
bool journal_has_trial(const struct store *s);
void journal_end_trials(struct store *s, store_step *then);
/* Fills in what the journal says of the object. */
void journal_state(const struct store *s, struct store_object *object);
/* The nearest object behind `at` that the journal knows, or NONE. */
uint32_t journal_known_after(const struct store *s, uint32_t at);

/* ---- store_sector.c ------------------------------------------------------- */

/* Make [from, to) read as a padding header for `pad` bytes (0: none), then all
 * ones. */
void sector_fill(struct store *s, uint32_t from, uint32_t to, uint32_t pad,
                 store_step *then);
/* Program [from, to) to zeros. */
void sector_zero(struct store *s, uint32_t from, uint32_t to, store_step *then);
/* What s->content is without a shift: `bytes`, or NULL and padding. */
void sector_content(struct store *s, uint32_t from, uint32_t to,
                    const uint8_t *bytes, uint32_t pad);
/* Make the sector what s->content says it is to be. */
void sector_rewrite(struct store *s, uint32_t sector, store_step *then);
/* The second half of that, after a cut. */
void sector_restore(struct store *s, store_step *then);
/* Add [from, to) to s->digest. */
void sector_digest(struct store *s, uint32_t from, uint32_t to,
                   store_step *then);
/* Makes the header of padding of that size. */
void pad_make(uint8_t *header, uint32_t size);

/* ---- store_chain.c -------------------------------------------------------- */

/* The object at `at`, its size in any case but at the end: then false. */
bool chain_object(const struct store *s, uint32_t at,
                  struct store_object *object);
/* Does the chain end at `at`? */
bool chain_ends(const struct store *s, uint32_t at);
/* Find a hole for s->request: plan.from, plan.to, plan.best, plan.clear_to, or
 * plan.best NONE. */
void chain_find_space(struct store *s, store_step *then);
/* The padding in front of what is put into a gap that begins at `from`. */
uint32_t chain_lead(const struct store *s, uint32_t from);
/* Find something to move: plan.from, to, shift, or plan.from NONE. */
void chain_find_slide(struct store *s, store_step *then);
/* The fit rule: where an object goes in free space [from, to); `is_tail`: the
 * chain ends there. NONE: nowhere. *used: where what is programmed ends. */
uint32_t chain_fit(const struct store_request *request, uint32_t unit,
                   uint32_t from, uint32_t to, bool is_tail, uint32_t *used);

/* ---- small things --------------------------------------------------------- */

static inline uint32_t sector_size(const struct store *s)
{
    return store_geometry(s)->sector_size;
}

static inline uint8_t *store_buffer(const struct store *s)
{
    return store_place(s)->buffer;
}

/* The word at `at`, a multiple of 4. */
static inline uint32_t store_word(const struct store *s, uint32_t at)
{
    typedef uint32_t MAY_ALIAS word;
    const void *p = store_bytes(s, at);
    return *(const word *)p;
}

static inline uint32_t round_up(uint32_t n, uint32_t unit)
{
    return (n + unit - 1) / unit * unit;
}

struct store_handle store_handle_of(const struct store *s, uint32_t at);
/* Of whole words. */
bool store_is_blank(const struct store *s, uint32_t at, uint32_t len);

#endif
