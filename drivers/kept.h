/* SPDX-License-Identifier: Apache-2.0 */
/* Records in the kernel's loop, and what the drivers that keep data in them have
 * in common: a request waits in its app's grant, as a turn (drivers/turns.h);
 * one after the other has its turn at the region. Mounted when first used: at
 * boot nothing is done. */
#ifndef DRIVERS_KEPT_H
#define DRIVERS_KEPT_H

#include <drivers/records.h>
#include <drivers/turns.h>

/* Types of records. Drivers may share a region: none takes those of another. */
enum {
    KEPT_VALUE,  /* of the key-value driver */
    KEPT_SHARED, /* a block of nonvolatile storage */
    KEPT_BLOCK,  /* a block of isolated storage */
    KEPT_REGION, /* there is isolated storage of that identity */
};

struct kept {
    struct records records;
    struct deferred work;
};

/* The config's wake() is kept_wake. What *kept was does not matter. */
void kept_init(struct kept *kept, const struct records_config *config,
               uint32_t seed);
void kept_wake(struct records *records);

/* ---- drivers ------------------------------------------------------------------ */

#define KEPT_DONE ERR_ALREADY /* there is no more to do */

struct kept_driver;

struct kept_ops {
    struct grant_layout layout; /* an app's data begins with a struct turn */
    /* It is that request's turn, or what it has begun is done. OK: records will
     * say done(). KEPT_DONE, or an error: it is over. */
    err_t (*serve)(struct kept_driver *driver, struct process *p,
                   struct turn *turn);
    /* The request is over: tell the app. */
    void (*end)(struct kept_driver *driver, struct process *p,
                const struct turn *turn, err_t e);
};

struct kept_driver {
    struct grant grant;
    const struct kept_ops *ops;
    struct kept *kept;
    struct records_client client;
    struct turns turns;
    flag_t has_begun; /* for serve(); false when a turn begins */
};

void kept_driver_init(struct kept_driver *driver, const struct kept_ops *ops,
                      struct kept *kept);

/* That app's request waits from now on. */
struct sysret kept_ask(struct kept_driver *driver, struct turn *turn);

#endif
