/* SPDX-License-Identifier: Apache-2.0 */
/* The app store: a chain of TBF objects in flash, and what may be done to it.
 * For the loader and its drivers. docs/design/store.md has the reasons.
 *
 * Cut the power at any moment: after store_mount() every object that was
 * committed is there byte for byte, and what was under way has happened wholly
 * or not at all. Bytes of a committed object never change; what changes (on or
 * off, on trial, refused) is in a journal.
 *
 * Everything that takes flash operations is started by a call and ends with
 * the client's done(), exactly one for each call that answered OK and never
 * from inside it. One such operation at a time: others are answered BUSY. Work
 * is done in store_run() and in the flash's done(), in steps that look at one
 * object, one page of records or 256 bytes. Memory is the caller's; nothing is allocated.
 *
 * Offsets are offsets in the flash device. */
#ifndef LOADER_STORE_H
#define LOADER_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>
#include <berth/hil/flash.h>
#include <berth/rewrite.h>
#include <pic/tbf.h>

#define STORE_NONE 0xFFFFFFFFu

/* Where the parts lie. All begin at sectors. */
struct store_layout {
    uint32_t journal,
        journal_sectors;           /* an even number of sectors, two halves */
    uint32_t spare, spare_sectors; /* one or more: they take turns */
    uint32_t start, end;           /* of the chain */
};

/* What a store works on. It never changes, so that the compiler can work out
 * what follows from it where the image is optimised as a whole. */
struct store_place {
    struct flash *flash;
    const struct flash_geometry *geometry; /* the flash's, */
    const uint8_t *base;                   /* and its base */
    const struct store_layout *layout;
    uint8_t *buffer;      /* aligned to 4 */
    uint32_t buffer_size; /* a multiple of the flash's word, of two at least */
};

struct store;

/* Defined by the board. */
const struct store_place *store_place(const struct store *s);

/* Names one committed object until the set of objects changes: then it is
 * stale and refused. What the store did not hand out is refused too. */
struct store_handle {
    uint32_t at, tag;
};

enum store_op {
    STORE_IDLE,
    STORE_MOUNT,
    STORE_OPEN,
    STORE_WRITE,
    STORE_SEAL,
    STORE_COMMIT,
    STORE_ABORT,
    STORE_REMOVE,
    STORE_CONFIRM,
    STORE_ROLL_BACK,
    STORE_ENABLE,
    STORE_COMPACT_PLAN,
    STORE_COMPACT,
    STORE_PATCH, /* store_patch.h */
};

/* One object of the chain, as a walk meets it. */
struct store_object {
    uint32_t at, size;
    enum tbf_error error; /* why it is none, or none that can be started */
    flag_t is_free;       /* padding, a removed object, or space in use by an
                             operation: may be overwritten */
    struct tbf tbf;       /* of an object without error */
    /* What the journal says of an object without error: */
    flag_t is_enabled;
    uint32_t trial_of;    /* it is on trial and stands in for the one there */
    uint32_t replaced_by; /* the one there is on trial in its stead */
    struct store_handle handle;
};

struct store_patch;

struct store_client {
    /* Call store_run() soon, from the kernel's loop. */
    void (*wake)(struct store *store);
    void (*done)(struct store *store, enum store_op op, err_t e);
    /* From now on a sector that may hold objects is not what it is to be (true),
     * or it is again: no app may run meanwhile. May be said twice. When an
     * operation fails it stays so until a mount has mended it. Optional. */
    void (*broken)(struct store *store, bool is_broken);
    /* May this object be moved by `shift` bytes towards the start? Fixed
     * addresses and alignments speak against it. NULL: no object may. */
    bool (*may_move)(struct store *store, const struct store_object *object,
                     uint32_t shift);
};

/* A new object to be. */
struct store_request {
    uint32_t size;  /* its total_size */
    uint32_t id;    /* CRC-32 of all its bytes; 0: unknown, no resuming */
    uint32_t align; /* of its start; a power of two, or 0 */
    uint32_t at;    /* where it has to start; STORE_NONE: anywhere */
};

/* Bytes an object begins with that are programmed last. */
#define STORE_HEAD_MAX 32u
/* The least a client may give for store.buffer; more means longer programs. */
#define STORE_BUFFER_MIN 64u
#define STORE_BUFFER_MAX 256u

/* One step of an operation; store_priv.h. */
typedef void store_step(struct store *store);

/* A record of the journal, as it lies in flash. */
struct store_record {
    uint32_t head; /* its type, all ones, its check */
    uint32_t a, b, c;
};

/* The types of the records that open the hole. */
enum store_hole_kind {
    HOLE_NONE,
    HOLE_INSTALL = 0x12, /* a new object is being made in it */
    HOLE_REMOVE = 0x15,  /* the object that fills it is no more */
    HOLE_SLIDE = 0x18, /* what is in it is on its way by `shift` to the start */
};

/* A stretch of the chain that is not to be read: the journal says where it
 * ends. Begins and ends where objects do. */
struct store_hole {
    uint32_t kind;
    uint32_t from, to, shift;
    flag_t is_ready;   /* INSTALL: clear, and at and size are known */
    uint32_t progress; /* SLIDE: the next sector; 0: the first */
};

/* What writes in the place of a client: drivers' rewrites, or store_patch.h. */
struct store_guest {
    store_step *step;
    /* What it wants at [at, at + len), into the buffer. */
    void (*overlay)(struct store *store, uint32_t at, uint32_t len);
};

/* All state. Zeroed, the first group set, then store_mount(). What is used most
 * comes early, where an instruction of two bytes reaches it. */
struct store {
    const struct store_client *client;

    /* The engine: the script of the operation (store_priv.h). */
    uint32_t pc;       /* the code that comes next; 0: nothing is under way */
    uint32_t op;       /* the client's operation, */
    uint32_t result;   /* how it ends; OK */
    flag_t is_busy;    /* is the flash at work for it? */
    flag_t is_mounted; /* is all that follows true? */

    struct store_hole hole;

    /* Journal: the page in use, its next free slot. */
    uint32_t page, slot;

    /* The transfer that fills the hole. */
    struct store_transfer {
        uint32_t at, size, id;
        uint32_t offset;   /* bytes that are in flash or in head and tail */
        uint32_t owner;    /* 0: nobody, it is interrupted */
        flag_t is_known;   /* offset is */
        flag_t needs_head; /* it was resumed, head is not there */
        flag_t is_sealed;  /* nothing can be written any more */
        flag_t is_good;    /* it can be committed */
        uint32_t crc, idle;
    } transfer;

    uint32_t generation;  /* of the page */
    uint32_t copy_sector; /* of a rewrite under way, or NONE */
    uint32_t flash_e;     /* how the flash's latest operation has ended */
    uint32_t cursor;      /* paint, digest, scan */
    struct {
        uint32_t ends; /* enum turn_end */
        uint32_t page, index, out, live, extra;
    } turn;

    /* The jobs. */
    uint32_t cursor_end, paint_by; /* paint: where to, from there */
    struct { /* what a stretch is to read as: see content_word() */
        uint32_t from, to, moved_to, shift, pad, rest;
    } content;
    uint32_t fill_at, fill_lacks;
    uint32_t program_at, program_len, program_part;
    const uint8_t *program_bytes;

    uint32_t live; /* records that have to be carried over, at most */
    uint32_t erases;
    uint32_t epoch; /* of the set of objects */
    uint32_t copy_spare, spare_next;
    uint32_t subject, subject_end; /* the object the operation is about */
    struct store_record record;    /* that is being appended */

    struct store_request request;
    uint32_t asker, resume_at;
    const uint8_t *offered; /* by the write under way */
    uint32_t offered_len;

    /* Looking for space or for something to move. */
    struct {
        uint32_t at, gap; /* gap: where free space began, or NONE */
        uint32_t from, to, best, best_room; /* install: hole and place */
        uint32_t clear_to, shift;
    } plan;

    uint8_t head[STORE_HEAD_MAX], tail[STORE_HEAD_MAX]; /* of the transfer */
    uint32_t first;   /* where the operation begins */
    uint32_t depth;   /* scripts that called the one that runs, */
    uint8_t calls[8]; /* and where they go on */
    struct rewrite *queue, *rewriting;
    const struct store_guest *guest; /* NULL: there never was one */
    struct flash_client flash_client;
    uint32_t secret;           /* any number that apps do not know */
    uint32_t idle_limit;       /* store_tick() units; 0: no limit */
    struct store_patch *patch; /* store_patch.h; NULL: never */
};

/* Read the journal and finish what it says is unfinished. Also after an
 * operation failed and calls are answered OFF. Where there is no journal the
 * chain is taken as it is, and nothing is written: the first operation that
 * needs a journal makes one. */
MUST_CHECK err_t store_mount(struct store *s);

/* One step of work, after client->wake(). */
void store_run(struct store *s);

/* The next object at *at, which begins as STORE_NONE; false after the last. An
 * object whose size is corrupt is reported; the walk goes on behind it only if
 * the journal knows where. */
bool store_walk(struct store *s, uint32_t *at, struct store_object *object);

/* Where the first object at `at` or behind it begins, by the chain from its
 * start; the end: nowhere. For places that others name: within an object may lie
 * what looks like one. */
uint32_t store_seek(const struct store *s, uint32_t at);

/* Bytes that no object has, and the largest stretch of them. */
uint32_t store_space(const struct store *s, uint32_t *largest);

/* The object a handle names. NODEVICE: none, or no longer. */
MUST_CHECK err_t store_find(struct store *s, struct store_handle handle,
                            struct store_object *object);

/* ---- a transfer: open, write ..., seal, commit ---------------------------- */

/* `owner` is any number but 0 that names who may go on with it. An interrupted
 * transfer of the same size and id is taken up again: then transfer.offset
 * says after done() how much is there. Any other interrupted transfer is given
 * up for this one. ALREADY: that very image was rolled back. NOMEM: no room. */
MUST_CHECK err_t store_open(struct store *s, uint32_t owner,
                            const struct store_request *request);

/* The bytes from `offset` on, which has to be where the last write ended. They
 * are lent until done(), and go to flash in rounds of 256 bytes. All but the
 * last write are a multiple of store_unit() long; the first is at least
 * store_head(). When a transfer is resumed the first write is the first
 * store_head() bytes again, and the next one begins at transfer.offset. */
MUST_CHECK err_t store_write(struct store *s, uint32_t owner, uint32_t offset,
                             const uint8_t *bytes, uint32_t len);

/* Everything is there: complete it and judge it as it reads from flash. INVAL:
 * it is no app of that size. FAIL: it is not what its id says. ALREADY: it was
 * rolled back before. After OK the whole object can be read in flash, for
 * checks of its credentials, and is still nothing. */
MUST_CHECK err_t store_seal(struct store *s, uint32_t owner);

/* Now it is an object. With `replaces` it is on trial in the place of that one
 * (NULL: of none). */
MUST_CHECK err_t store_commit(struct store *s, uint32_t owner,
                              const struct store_handle *replaces);

/* Give the transfer up; its bytes are wiped. INVAL: there is none. */
MUST_CHECK err_t store_abort(struct store *s, uint32_t owner);

/* The owner is gone, or has been silent for too long: anybody may go on. */
void store_owner_gone(struct store *s, uint32_t owner);
void store_tick(struct store *s, uint32_t passed);

static ALWAYS_INLINE const struct flash_geometry *store_geometry(
    const struct store *s)
{
    return store_place(s)->geometry;
}

static ALWAYS_INLINE const struct store_layout *store_layout(
    const struct store *s)
{
    return store_place(s)->layout;
}

static ALWAYS_INLINE const uint8_t *store_bytes(const struct store *s,
                                                uint32_t at)
{
    return store_place(s)->base + at;
}

/* Of the chain. */
static ALWAYS_INLINE uint32_t store_start(const struct store *s)
{
    return store_layout(s)->start;
}

static ALWAYS_INLINE uint32_t store_end(const struct store *s)
{
    return store_layout(s)->end;
}

/* What an object begins at a multiple of. */
static ALWAYS_INLINE uint32_t store_unit(const struct store *s)
{
    uint32_t word = store_geometry(s)->word_size;
    return word < 4 ? 4 : word;
}

static ALWAYS_INLINE uint32_t store_head(const struct store *s)
{
    uint32_t unit = store_unit(s);
    return unit < TBF_BASE_SIZE ? TBF_BASE_SIZE : unit;
}

/* ---- objects ------------------------------------------------------------- */

/* Removing the one that is on trial ends the trial for the old, removing the
 * old confirms the new. Rolling back removes the one on trial and remembers its
 * image. INVAL: that one is not on trial. */
MUST_CHECK err_t store_remove(struct store *s, struct store_handle handle);
MUST_CHECK err_t store_confirm(struct store *s, struct store_handle handle);
MUST_CHECK err_t store_roll_back(struct store *s, struct store_handle handle);
MUST_CHECK err_t store_enable(struct store *s, struct store_handle handle,
                              bool on);

/* Was this image rolled back, as far as the journal remembers? */
bool store_is_refused(const struct store *s, uint32_t id);

/* Close a gap. First what is to move is found: [plan.from, plan.to) by
 * plan.shift; done(ALREADY): nothing. Then, when no app in it runs any more,
 * it is moved. */
MUST_CHECK err_t store_compact_plan(struct store *s);
MUST_CHECK err_t store_compact(struct store *s);

#endif
