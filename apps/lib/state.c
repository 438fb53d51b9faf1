/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only state. */
#include <berth/state.h>

#include <stddef.h>

err_t berth_state_share(struct berth_state *state)
{
    return berth_error_of(syscall_allow_ur(DRIVER_READ_ONLY_STATE, 0, state,
                                           state ? sizeof *state : 0));
}

/* The kernel may write between any two loads: high, low, and high again. */
uint64_t berth_state_ticks(const struct berth_state *state)
{
    uint32_t high;
    uint32_t low;
    do {
        high = state->ticks_high;
        low = state->ticks_low;
    } while (high != state->ticks_high);
    return (uint64_t)high << 32 | low;
}
