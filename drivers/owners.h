/* SPDX-License-Identifier: Apache-2.0 */
/* Whose records take how much of a region, so that no app can take what another
 * one was promised: each identity has a share, and there are so many shares.
 * The table is the board's. Pure: made anew whenever the region is mounted. */
#ifndef DRIVERS_OWNERS_H
#define DRIVERS_OWNERS_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>

struct owner {
    uint32_t id; /* a ShortId, and with it the number of the key */
    uint8_t key;
    uint16_t records; /* 0: the entry is free */
    uint32_t bytes;   /* what they take in flash */
};

struct owners {
    struct owner *table;
    uint16_t max;           /* entries of it */
    uint16_t share_records; /* of each; as many are promised to all of them */
    uint32_t share_bytes;
    flag_t is_crowded; /* there are records of somebody who has no entry */
    flag_t is_stale;   /* and now there is a free one: count anew */
};

void owners_clear(struct owners *owners);

/* One record more (1) or less (-1) counts from now on, and so many bytes more,
 * or less. */
void owners_count(struct owners *owners, uint32_t id, uint8_t key,
                  int32_t records, uint32_t bytes);

/* May a record of `old` bytes (0: there is none) become one of `bytes`? What
 * becomes no longer always may. */
bool owners_allow(const struct owners *owners, uint32_t id, uint8_t key,
                  uint32_t old, uint32_t bytes);

#endif
