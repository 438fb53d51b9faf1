/* SPDX-License-Identifier: Apache-2.0 */
/* Records: small values by key in a stretch of flash, for drivers that keep
 * data. docs/design/records.md has the format and the reasons.
 *
 * Cut the power at any flash operation: afterwards every record that was put is
 * there, and the one under way is as before or as after. A record that does not
 * read as it was written is an error, never a wrong value. All sectors are
 * erased equally often.
 *
 * Clients take turns. records_wait() asks for one; turn() comes from the
 * kernel's loop and mounts first if need be; then the calls below are that
 * client's until records_release(). Put, remove and collect end with done(),
 * once and never from inside the call. Work is done in steps that look at a few
 * records or 256 bytes. Pure: knows the flash and its memory, nothing else. */
#ifndef DRIVERS_RECORDS_H
#define DRIVERS_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>
#include <berth/hil/flash.h>
#include <drivers/owners.h>

#define RECORDS_KEY_MAX 64u
#define RECORDS_TYPES 4u
/* An index has at most so many entries, a region so many units of 16 bytes. */
#define RECORDS_INDEX_MAX 4096u
#define RECORDS_UNITS_MAX 0xFFFFFu

/* What a record is called, in the order of its header. The bytes are lent during
 * the call; by put and remove until done(). */
struct records_key {
    uint8_t unused;
    uint8_t type;       /* 0 to RECORDS_TYPES - 1 */
    uint8_t len;        /* at most key_max */
    uint8_t key_number; /* of whom: the credential's key, 0: none, */
    uint32_t id;        /* and the ShortId */
    uint16_t number;
    uint16_t also_unused;
    const uint8_t *bytes;
};

struct records;

struct records_client {
    /* It is your turn. Not OK: it is not, the flash fails. */
    void (*turn)(struct records_client *client, err_t e);
    /* After an error the region is read anew at the next turn. */
    void (*done)(struct records_client *client, err_t e);
    struct records_client *next; /* in the queue */
    flag_t is_queued;
};

struct records_config {
    struct flash *flash;     /* whoever calls what reads it sees that it
                                can be read: flash_open() */
    uint32_t start, sectors; /* two at least; the first begins at `start` */
    uint32_t value_max;
    uint8_t key_max;
    uint16_t index_size; /* records there may be: 7/8 of it */
    uint32_t *index;
    struct owners *owners; /* NULL: no one's records are limited */
    uint8_t *buffer;       /* for programs: aligned to 4 */
    uint16_t buffer_size;  /* 16 or a word, times a power of two; at most 256 */
    /* Call records_run() soon, from the kernel's loop. */
    void (*wake)(struct records *records);
};

/* A record as it begins in flash; then come its key and its value. The zero bits
 * behind the first byte are counted: a cut program leaves ones for zeros, so
 * fewer zeros than there ought to be, and the same or a larger count. */
union records_header {
    struct {
        uint8_t zeros;
        uint8_t type, key_len, key_number;
        uint32_t id;
        uint16_t number, len;
        uint32_t crc; /* of all but the zeros, and of the key and the value */
    };
    uint32_t words[4];
};

/* All state. */
struct records {
    const struct records_config *config;

    /* Measured when it is mounted. */
    uint32_t largest, capacity;
    flag_t is_mounted;

    /* Sectors are numbered on and on; number n lies in sector n % sectors. */
    uint32_t oldest, newest; /* none: newest + 1 == oldest */
    uint32_t cursor;         /* where the next record goes, in the newest */
    flag_t is_open;          /* and it can go there */

    /* The operation under way. */
    uint32_t step;     /* of records_priv.h: the next one, */
    uint32_t after;    /* that which follows a flash operation, */
    uint32_t then;     /* and that which follows a piece of work */
    uint32_t at, part; /* what was programmed last, to be compared */
    uint32_t from, to, left;
    uint32_t entry; /* of the index */
    uint32_t scanned, laps;
    flag_t copies, drops, collects;
    union records_header header;
    const uint8_t *key, *value;
    uint32_t size; /* of the record */

    struct records_client *holder, *first, *last;
    struct flash_client flash_client;
    uint32_t seed;
    flag_t has_changed; /* since a collection was asked for */
    uint32_t live;      /* bytes of records that count */
    uint32_t count;     /* of these, and how many of each type */
    uint32_t by_type[RECORDS_TYPES];
    uint32_t erases; /* since it was mounted, for those who watch */
};

/* That of config->flash. Defined by the board, whose flash never changes: so the
 * compiler works out what follows from it (as of struct store_place). */
const struct flash_geometry *records_geometry(const struct records *records);

/* OK: the layout can work. INVAL: it can not. */
MUST_CHECK err_t records_check(const struct records_config *config);

/* It was anything; nothing is done yet. `seed`: any number that apps do not
 * know. */
void records_init(struct records *r, const struct records_config *config,
                  uint32_t seed);

/* Ask for a turn. BUSY: asked already. */
MUST_CHECK err_t records_wait(struct records *r, struct records_client *c);
void records_release(struct records *r, struct records_client *c);
/* The next step, after wake(). */
void records_run(struct records *r);

/* ---- in one's turn ---------------------------------------------------------- */

/* The first `cap` bytes of the value, and its length. NODEVICE: there is none.
 * FAIL: it is damaged; *len is 0 then. */
MUST_CHECK err_t records_get(struct records *r, const struct records_key *key,
                             void *to, uint32_t cap, uint32_t *len);
bool records_has(struct records *r, const struct records_key *key);
/* A value that is there already is not written again. NOMEM: no room, or no more
 * of the owner's share; SIZE: longer than there may be. */
MUST_CHECK err_t records_put(struct records *r, const struct records_key *key,
                             const void *value, uint32_t len);
/* NODEVICE: there is none. */
MUST_CHECK err_t records_remove(struct records *r,
                                const struct records_key *key);
/* The record of that entry of the index, 0 to index_size - 1; false: none. `size`
 * is what it takes in flash, `bytes` takes what the key points to. */
bool records_at(const struct records *r, uint32_t entry,
                struct records_key *key, uint8_t bytes[RECORDS_KEY_MAX],
                uint32_t *size);
/* Nothing but done(), from the kernel's loop: for who has more to do. */
void records_pass(struct records *r);
/* Make room ahead of need, if there is little. */
MUST_CHECK err_t records_collect(struct records *r);

static inline uint32_t records_count(const struct records *r, uint8_t type)
{
    return r->by_type[type];
}

#endif
