/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of records share: for these alone.
 *
 *   records.c        turns, the engine of steps, what clients call
 *   records_flash.c  flash: reading, comparing, programming, and what lies in it
 *   records_index.c  where the record of a key is, and what counts
 *   records_mount.c  from what lies in flash to what is in RAM
 *   records_write.c  a new record, and room for it
 *
 * The work is a chain of steps. A step is a function that does a little and
 * answers which one comes next: WAIT if a flash operation was begun, which names
 * the step behind it, or ENDS(e) when the operation is over. */
#ifndef DRIVERS_RECORDS_PRIV_H
#define DRIVERS_RECORDS_PRIV_H

#include <drivers/records.h>

#define HEADER 16u
#define REMOVED 0x80u /* in the type: the record of that key is no more */
#define EMPTY 0xFFFFFFFFu
#define SCANNED_A_STEP 8u

typedef union records_header header_t;
_Static_assert(sizeof(header_t) == HEADER, "as in flash");

typedef uint32_t step_t;
enum {
    WAIT,
    LOOK,
    SCAN,
    COUNT,
    PLACE,
    TAKE,
    COLLECT,
    CLOSED,
    WRITE,
    WRITTEN,
    APPENDED,
    STEPS,
};
#define ENDS(e) (STEPS + (step_t)(e))
#define FAILS ENDS(ERR_FAIL)

step_t records_look(struct records *r);
step_t records_scan(struct records *r);
step_t records_count_shares(struct records *r);
step_t records_place(struct records *r);
step_t records_take(struct records *r);
step_t records_gather(struct records *r);
step_t records_closed(struct records *r);
step_t records_write(struct records *r);
step_t records_written(struct records *r);
step_t records_appended(struct records *r);

/* ---- small things ------------------------------------------------------- */

static inline uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline uint32_t sector_size(const struct records *r)
{
    return records_geometry(r)->sector_size;
}

/* All that is programmed at once is a multiple of it. */
static inline uint32_t unit_of(const struct records *r)
{
    uint32_t word = records_geometry(r)->word_size;
    return word > HEADER ? word : HEADER;
}

static inline uint32_t sectors_used(const struct records *r)
{
    return r->newest + 1 - r->oldest;
}

/* ---- flash ------------------------------------------------------------------ */

uint32_t records_sector_at(const struct records *r, uint32_t number);

/* What lies there is read where it lies; never while an operation is under way. */
static inline const void *flash_at(const struct records *r, uint32_t at)
{
    return flash_bytes(r->config->flash, at);
}

bool records_is_blank(const struct records *r, uint32_t at, uint32_t len);
/* `then` is the step that follows. What is programmed is config->buffer; the
 * engine compares it before that step. */
step_t records_flash_erase(struct records *r, uint32_t at, step_t then);
step_t records_flash_program(struct records *r, uint32_t at, uint32_t len,
                             step_t then);
/* A header, of a sector or of a record, alone in its unit. */
step_t records_flash_header(struct records *r, uint32_t at, const void *header,
                            step_t then);

/* Of the bytes behind the first. */
uint8_t records_zeros(const void *header);

/* What the record takes in flash. */
uint32_t records_size(const struct records *r, const header_t *h);
/* The record at `at`, if there is one that ends in its sector; else NULL. */
const header_t *records_read(const struct records *r, uint32_t at);

/* Of a record in flash: its key, and behind that its value. */
static inline const uint8_t *body_of(const struct records *r, const header_t *h)
{
    return (const uint8_t *)h + unit_of(r);
}

struct sector_header {
    uint32_t magic; /* and the zeros, in the lowest byte */
    uint32_t number;
    uint32_t oldest; /* that counts, once this one does */
    uint32_t layout;
};
_Static_assert(sizeof(struct sector_header) == HEADER, "as in flash");

void records_sector_make(const struct records *r, uint32_t number,
                         uint32_t oldest, struct sector_header *h);
/* Its header, if that counts; else NULL. */
const struct sector_header *records_sector_read(const struct records *r,
                                                uint32_t sector);

/* ---- index ---------------------------------------------------------------- */

static inline uint32_t entry_at(const struct records *r, uint32_t entry)
{
    return r->config->start + (entry & 0xFFFFF) * HEADER;
}

/* Of that entry's key, but at another place. */
static inline uint32_t entry_moved(const struct records *r, uint32_t entry,
                                   uint32_t at)
{
    return (entry & ~0xFFFFFu) | (at - r->config->start) / HEADER;
}

/* The record of that key; NULL: there is none. */
const header_t *records_find(const struct records *r, const header_t *name,
                             const uint8_t *key);
/* What the record at `at` says holds from now on. False: the index is full. */
bool records_holds(struct records *r, uint32_t at, const header_t *h,
                   const uint8_t *key);
uint32_t records_index_max(const struct records_config *c);

/* ---- mounting --------------------------------------------------------------- */

/* The first step of it. */
step_t records_mount(struct records *r);

#endif
