/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a few bytes of flash that holds other things too: whatever happens to
 * the power, a sector reads afterwards as before the write or as after it. For
 * drivers that keep data in flash, and for writeable flash regions of apps.
 *
 * The sector goes through a spare one, told of in a journal, so a write costs
 * two erases and as many programs as the sector is long, and needs no RAM. The
 * store does it (loader/store.h). */
#ifndef BERTH_REWRITE_H
#define BERTH_REWRITE_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>

/* One request. Lives in its owner, who leaves it and the bytes alone until
 * done(), which comes exactly once and never from inside rewrite_start(). */
struct rewrite {
    uint32_t at; /* offset in the device */
    const uint8_t *bytes;
    uint32_t len; /* [at, at + len) lies in one sector */
    void (*done)(struct rewrite *rewrite, err_t e);
    struct rewrite *next; /* in the queue */
};

struct store;

/* Queue it. Refused: INVAL for a range that is empty or crosses a sector, or
 * lies in the store's own sectors; BUSY while it is queued already; OFF while
 * the store is not mounted. */
MUST_CHECK err_t rewrite_start(struct store *store, struct rewrite *rewrite);

/* Take it out of the queue: it is as if it had never been asked for. False: it
 * is under way, and done() comes, or it was not in the queue. */
MUST_CHECK bool rewrite_cancel(struct store *store, struct rewrite *rewrite);

#endif
