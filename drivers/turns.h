/* SPDX-License-Identifier: Apache-2.0 */
/* Apps that wait for a driver, served in turns, so that none waits for ever.
 * For drivers: whoever waits says so in its grant, and nothing else remembers
 * it, so an app that ends is simply not there any more. */
#ifndef DRIVERS_TURNS_H
#define DRIVERS_TURNS_H

#include <kernel/driver.h>

/* At the start of the driver's data in an app. */
struct turn {
    flag_t waits;
};

struct turns {
    const struct grant *grant;
    pid_handle_t last; /* whose turn it was */
};

/* The next app that waits; its data to `turn`. NULL if none does. */
struct process *turns_next(struct turns *turns, struct turn **turn);

/* The app whose turn it is, and its data. NULL: that app is gone. */
struct process *turns_now(const struct turns *turns, struct turn **turn);

/* Work in bounded steps, one in each deferred call, each for the next app that
 * waits. step() ends the app's wait when its work is done. */
struct steps {
    struct deferred deferred;
    struct turns turns;
    void (*step)(struct steps *steps, struct process *p, struct turn *turn);
};

void steps_init(struct steps *steps, const struct grant *grant,
                void (*step)(struct steps *steps, struct process *p,
                             struct turn *turn));

/* That app has work from now on. */
void steps_begin(struct steps *steps, struct turn *turn);

#endif
