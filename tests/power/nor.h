/* SPDX-License-Identifier: Apache-2.0 */
/* A NOR flash on the host, of any geometry, that enforces the rules of
 * berth/hil/flash.h and whose power can be cut inside any operation.
 *
 * An operation takes effect in nor_complete(). Until then the whole device
 * reads as status (in devices small enough for it), so who reads it while it
 * is busy reads nonsense. What breaks a rule ends the program with a message. */
#ifndef TESTS_POWER_NOR_H
#define TESTS_POWER_NOR_H

#include <berth/hil/flash.h>

/* How an operation ends that the power was cut in. What a program leaves is
 * some of its bits cleared, what an erase leaves is anything. */
enum nor_cut {
    CUT_BEFORE,      /* it has not begun */
    CUT_AFTER,       /* it is over, but nobody has been told */
    CUT_RANDOM,      /* each bit by chance; an erase: random bytes */
    CUT_ONE_BIT,     /* program: one bit done; erase: all but one bit done */
    CUT_ALL_BUT_ONE, /* program: all bits but one; erase: one bit done */
    CUT_FIRST_HALF,  /* the first half of it is done */
    CUT_LAST_HALF,
    CUT_ZEROS, /* erase: all zeros (program: as CUT_FIRST_HALF) */
    CUT_OTHER, /* erase: what another sector holds (program: CUT_RANDOM) */
    CUT_KINDS,
};

struct nor {
    struct flash flash;
    struct flash_geometry geometry;
    uint8_t *cells;      /* what the device holds */
    uint8_t *shown;      /* what reads see: the same, or status */
    uint8_t *programmed; /* a flag for each word */
    uint32_t *wear;      /* erases of each sector */
    uint64_t operations; /* completed ones, and the one that was cut */
    uint64_t cut_at;     /* the operation of that number is cut */
    enum nor_cut cut;
    uint32_t chance;  /* state of the random numbers */
    uint64_t fail_at; /* the operation of that number fails */
    bool is_dead;     /* the power is gone */
    bool is_busy, is_erase;
    uint32_t at, len;
    const uint8_t *bytes;
};

#define NOR_NEVER UINT64_MAX

void nor_make(struct nor *nor, const struct flash_geometry *geometry);
void nor_free(struct nor *nor);

/* The power is back. Counts operations from 0 again. */
void nor_power_up(struct nor *nor);

/* Carry out what was started. Nothing happens in a dead device. */
void nor_complete(struct nor *nor);

/* Copy all of a device's state but its identity. Same geometry. */
void nor_copy(struct nor *to, const struct nor *from);

/* Put bytes there as a programmer would, rules aside. */
void nor_preset(struct nor *nor, uint32_t at, const void *bytes, uint32_t len);

uint32_t nor_random(uint32_t *state);

#endif
