/* SPDX-License-Identifier: Apache-2.0 */
/* Cycle count, driver 0x90008: one counter for all, for debugging.
 *
 *  command 1   start, or go on
 *  command 2   the count, a u64; for everybody
 *  command 3   stop and reset to 0
 *  command 4   stop
 *
 * Whoever uses 1, 3 or 4 first has the counter until it ends; for others they
 * are RESERVE. Boards that keep apps from timing each other have no such row. */
#ifndef DRIVERS_CYCLE_COUNT_H
#define DRIVERS_CYCLE_COUNT_H

#include <berth/hil/cycles.h>
#include <kernel/driver.h>

struct cycle_count {
    const struct cycles *cycles;
    pid_handle_t owner;
    bool running;
    uint64_t counted; /* until it was started last */
    uint64_t since;   /* when that was */
};

extern const struct driver_ops cycle_count_ops;

#endif
