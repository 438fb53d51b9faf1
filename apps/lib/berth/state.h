/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only state: a block of the app's memory that the kernel brings up to
 * date each time it lets the app run, readable without a system call. */
#ifndef BERTH_STATE_H
#define BERTH_STATE_H

#include <berth/error.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct berth_state {
    volatile uint32_t switches; /* times the app was switched to */
    volatile uint32_t pending;  /* events queued at the last of them */
    volatile uint32_t ticks_low;
    volatile uint32_t ticks_high;
};

/* From now on the kernel keeps `state`; it may be read, not written. Null ends
 * that. */
err_t berth_state_share(struct berth_state *state);

/* The time of the last switch to this app, in ticks of the alarm. */
uint64_t berth_state_ticks(const struct berth_state *state);

#ifdef __cplusplus
}
#endif

#endif
