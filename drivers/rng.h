/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes, driver 0x40001.
 *
 *  read-write buffer 0   where they go
 *  command 1(n)          n bytes, or as many as the buffer holds; a second one
 *                        before the first is done takes its place
 *  event 0               (status, bytes written, 0)
 *
 * Of the command: NOMEM no room for the grant. Status: that of a source that
 * has failed; what was written until then is counted. A buffer that is
 * shortened or taken back meanwhile ends the request with what fits. Without a
 * source the driver is absent. */
#ifndef DRIVERS_RNG_H
#define DRIVERS_RNG_H

#include <berth/hil/entropy.h>
#include <drivers/turns.h>
#include <kernel/driver.h>

struct rng_driver {
    struct grant grant;
    struct entropy_client client;
    struct entropy *entropy; /* NULL: there is none */
    struct turns turns;      /* last: for whom the source is at work */
    bool busy;               /* the source is at work */
};

extern const struct driver_ops rng_ops;

void rng_init(struct rng_driver *rng, struct entropy *entropy);

#endif
