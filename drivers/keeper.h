/* SPDX-License-Identifier: Apache-2.0 */
/* What apps keep in records, for the operator: who keeps how much, and freeing what
 * belongs to an app that is gone. For boards, which hand it to the operator
 * console (loader/console.h).
 *
 * It takes its turn at each region as drivers do and looks at a few records in
 * a step; what it says are lines of its own, which come when they are known.
 * Freeing removes one record after the other: cut off, it is begun again. */
#ifndef DRIVERS_KEEPER_H
#define DRIVERS_KEEPER_H

#include <berth/hil/text.h>
#include <drivers/kept.h>

#define KEEPER_LINE 80u

struct keeper_owner {
    uint32_t id;
    uint32_t key;
    uint32_t values, value_bytes, isolated_bytes;
};

/* It may be anything but for the first five. */
struct keeper {
    struct text_port *port;
    struct kept *const *regions;
    uint32_t count;
    bool (*runs)(uint32_t short_id); /* is there a process of it, alive? */
    const struct owners *shares;     /* NULL: there are none */

    struct records_client client;
    struct deferred work;
    struct writer writer;
    void (*next)(struct keeper *keeper); /* NULL: there is nothing to do */
    uint32_t region, entry;
    struct keeper_owner last, found; /* of a list: said, to be said */
    uint32_t id, key;                /* to be freed; the key may be any */
    flag_t frees, frees_regions;
    uint32_t freed;
    err_t error;
    uint8_t bytes[RECORDS_KEY_MAX];
    char line[KEEPER_LINE];
    uint32_t at;
};

void keeper_init(struct keeper *keeper);

/* Lists what is kept; or frees what `whose` says: a ShortId as 0x1A2B, all that
 * is kept under it, or 0x1A2B/3, under that number of a key. NULL: it has begun.
 * Else why not. */
const char *keeper_order(struct keeper *keeper, const char *whose);

#endif
