/* SPDX-License-Identifier: Apache-2.0 */
/* Records in the kernel's loop, and what the drivers that keep data in them have
 * in common. Mounted when first used: at boot nothing is done. */
#ifndef DRIVERS_KEPT_H
#define DRIVERS_KEPT_H

#include <drivers/records.h>
#include <kernel/driver.h>

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

/* What each app's data in a grant of these drivers begins with. */
struct kept_app {
    flag_t waits;
};

/* The app whose turn it is: the next one that waits behind the one that was
 * served last, round and round. NULL: none waits. */
struct process *kept_next(const struct grant *grant, pid_handle_t last);

#endif
