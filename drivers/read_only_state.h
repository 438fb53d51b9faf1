/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only state, driver 0x9: what an app would else have to ask for, in its
 * own memory.
 *
 *  command 1              the version of the layout, 1, as a u32
 *  userspace-readable 0   where to write it:
 *      offset 0   u32  how often this has been written, counting on
 *      offset 4   u32  events that wait for a yield
 *      offset 8   u64  ticks since boot
 *
 * Written when the buffer is allowed and each time the app goes on after the
 * kernel has been in its loop. Of a short buffer only the fields that fit are
 * written: nothing below 4 bytes, the count below 8, no ticks below 16. */
#ifndef DRIVERS_READ_ONLY_STATE_H
#define DRIVERS_READ_ONLY_STATE_H

#include <kernel/driver.h>

struct read_only_state {
    struct grant grant;
};

extern const struct driver_ops read_only_state_ops;

void read_only_state_init(struct read_only_state *state);

#endif
