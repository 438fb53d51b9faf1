/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the store share. For them alone.
 *
 * All work is done by scripts (store.c): tables of codes, one byte each. A code
 * is a step, a record to be appended to the journal, or another script, which is
 * called. One code is carried out at a time; the next one comes from the
 * kernel's loop, or when the flash operation has ended that the step began.
 *
 * A step begins at most one flash operation. It may also call a script, by
 * store_call() or a job below, which runs before the next code; have itself
 * carried out again, by store_again(); go on elsewhere, by store_go(); or end the
 * operation, by store_finish(). */
#ifndef LOADER_STORE_PRIV_H
#define LOADER_STORE_PRIV_H

#include <berth/crc32.h>
#include <loader/store.h>

/* ---- scripts --------------------------------------------------------------- */

/* Where each of them lies. Those that are called come first. Several end where
 * the next one begins, and go on with it. */
struct store_scripts {
    uint8_t none[1]; /* position 0 is nowhere */
    /* The latest record, and a new page of the journal. */
    uint8_t append[4], turn[8];
    /* Make sector copy_sector what s->content says, through a spare one; from
     * where the spare one is complete; and from where the journal says so. */
    uint8_t rewrite[2], complete[1], restore[4];
    uint8_t fill[4];
    uint8_t discard[5], discard_close[2];
    uint8_t removal[4], removal_close[2];
    uint8_t slide[3];
    /* What operations begin with. */
    uint8_t nothing[1], mount[3], guest[2], rewrite_guest[3];
    uint8_t remove[4], roll_back[6], enable[2], compact_plan[4], compact[3];
    uint8_t open[10], resume[5], write[3], write_head[3], seal[7], commit[2];
    uint8_t abort[2];
};
#define SCRIPT(name) ((uint32_t)offsetof(struct store_scripts, name))

static inline void store_go(struct store *s, uint32_t script)
{
    s->pc = script;
}

static inline void store_again(struct store *s)
{
    s->pc--;
}

void store_call(struct store *s, uint32_t script);

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

/* The operation under way ends so, when the step has. */
void store_finish(struct store *s, err_t e);
/* The step's flash operation. What is programmed is compared; of words that may
 * be programmed once those are left alone that read so already. */
void store_erase(struct store *s, uint32_t at);
void store_program(struct store *s, uint32_t at, const uint8_t *bytes,
                   uint32_t len);
/* Does flash read so? */
bool store_reads(const struct store *s, uint32_t at, const uint8_t *bytes,
                 uint32_t len);

/* Is that a range of the device, and none of the store's own sectors? */
bool store_may_write(const struct store *s, uint32_t at, uint32_t len);
/* Can an operation be begun? */
MUST_CHECK err_t store_ready(const struct store *s);
/* Begin an operation of a client. */
MUST_CHECK err_t store_begin(struct store *s, enum store_op op,
                             uint32_t script);

/* ---- store_transfer.c ----------------------------------------------------- */

/* The last bytes, which fill no word. */
void transfer_overlay(struct store *s, uint32_t at, uint32_t len);
/* Give up the transfer that has the hole. */
store_step discard_begin, discard_wipe, discard_pad;

store_step open_same, open_behind, open_clear, open_done, resume_clear,
    resume_head, write_first, write_done, write_head, seal_tail, seal_before,
    seal_rest, seal_head, seal_judge;

/* ---- store_journal.c ------------------------------------------------------ */

/* Find the page in use and take from it all that RAM holds. */
void journal_read(struct store *s);
/* Append a record of that type, of what RAM holds. */
void journal_append(struct store *s, enum record_type type);
store_step append_room, append_place, append_done;
/* A new page: what is live is copied to it. */
store_step turn_enter, turn_erase, turn_record, turn_hole, turn_hole_more,
    turn_seal, turn_done;
/* What ends with the next new page. */
enum turn_end {
    TURN_ENDS_NOTHING,
    /* The hole is a slide that is over: records follow the objects that moved. */
    TURN_ENDS_SLIDE,
    /* Somebody else is going to write the chain: what the records of trials name
     * may be another thing then. Both of a trial stay, as two apps. */
    TURN_ENDS_TRIALS,
};
bool journal_has_trial(const struct store *s);
/* Fills in what the journal says of the object. */
void journal_state(const struct store *s, struct store_object *object);
/* The nearest object behind `at` that the journal knows, or NONE. */
uint32_t journal_known_after(const struct store *s, uint32_t at);
/* Is there the header of an object? Less than a parse, for boards whose stack is
 * small. */
bool journal_is_header(const struct store *s, uint32_t at);

/* ---- store_sector.c ------------------------------------------------------- */

/* [from, to) is to read as a padding header for `pad` bytes (0: none), then all
 * ones. */
void sector_content(struct store *s, uint32_t from, uint32_t to, uint32_t pad);
/* Make it read so. */
void sector_fill(struct store *s, uint32_t from, uint32_t to, uint32_t pad);
/* What the script's next SECTOR_PAINT is to do: program what is to read in
 * [from, to) to `by` bytes further on. */
void sector_painting(struct store *s, uint32_t from, uint32_t to, uint32_t by);
/* The same for zeros in [from, to), where it lies. */
void sector_zeros(struct store *s, uint32_t from, uint32_t to);
/* A padding header's word at `offset`. */
uint32_t pad_word(uint32_t size, uint32_t offset);
/* What `r` says, into the buffer for [at, at + len). */
void sector_overlay(struct store *s, uint32_t at, uint32_t len,
                    const struct rewrite *r);
store_step sector_paint, sector_spare, sector_restore, sector_fill_look,
    sector_fill_pad;
/* Add [cursor, cursor_end) to transfer.crc. */
store_step sector_digest;
/* Look for the last byte of a transfer that was programmed. */
store_step transfer_scan;

/* ---- store_chain.c -------------------------------------------------------- */

/* The object at `at`, its size in any case but at the end: then false. */
bool chain_object(const struct store *s, uint32_t at,
                  struct store_object *object);
/* Does the chain end at `at`? */
bool chain_ends(const struct store *s, uint32_t at);
/* Look for something in the chain, from its start. */
store_step chain_search;
/* Find a hole for s->request: plan.from, plan.to, plan.best, plan.clear_to. */
store_step chain_find_space;
/* The padding in front of what is put into a gap that begins at `from`. */
uint32_t chain_lead(const struct store *s, uint32_t from);
/* Find something to move: plan.from, to, shift, or plan.from NONE. */
store_step chain_find_slide;

/* ---- small things --------------------------------------------------------- */

static ALWAYS_INLINE uint32_t sector_size(const struct store *s)
{
    return store_geometry(s)->sector_size;
}

static ALWAYS_INLINE uint8_t *store_buffer(const struct store *s)
{
    return store_place(s)->buffer;
}

typedef uint32_t MAY_ALIAS store_word_t;

/* The word at `at`, a multiple of 4. */
static ALWAYS_INLINE uint32_t store_word(const struct store *s, uint32_t at)
{
    const void *p = store_bytes(s, at);
    return *(const store_word_t *)p;
}

static inline uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* `unit` is a power of two. */
static ALWAYS_INLINE uint32_t round_up(uint32_t n, uint32_t unit)
{
    return (n + unit - 1) & ~(unit - 1);
}

/* All places in the chain are multiples of 4: down and up to one of the unit. */
static ALWAYS_INLINE uint32_t whole_down(const struct store *s, uint32_t at)
{
    return store_unit(s) == 4 ? at : at & ~(store_unit(s) - 1);
}

static ALWAYS_INLINE uint32_t whole_up(const struct store *s, uint32_t at)
{
    return store_unit(s) == 4 ? at : round_up(at, store_unit(s));
}

struct store_handle store_handle_of(const struct store *s, uint32_t at);
/* Of whole words. */
bool store_is_blank(const struct store *s, uint32_t at, uint32_t len);

#endif
