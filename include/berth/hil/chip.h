/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel needs of the one chip it runs on. Implemented by chips/<c>
 * (and by fakes); picked at link time, so these calls cost no indirection. */
#ifndef BERTH_HIL_CHIP_H
#define BERTH_HIL_CHIP_H

#include <stdbool.h>
#include <stdint.h>

/* The free-running counter all of the kernel's time is counted in, and its
 * rate in Hz, which never changes. */
uint32_t chip_timer_hz(void);
uint64_t chip_now(void);
uint32_t chip_now_low(void); /* its low half */

/* Interrupt at `due` (at once if it has passed); UINT64_MAX: never. */
void chip_timer_set(uint64_t due);

/* Serve every pending device interrupt. Bounded: a device that keeps pulling
 * its line is served again in the next round. */
void chip_service(void);

/* Sleep until an interrupt is pending. Called with interrupts off; returns
 * with interrupts off and nothing served. */
void chip_wait(void);

#endif
