/* SPDX-License-Identifier: Apache-2.0 */
/* Time. The kernel gives an app a 32-bit tick counter that wraps around, and
 * one alarm; this header makes any number of alarms of it, each a struct in
 * the caller's memory, and sleeping.
 *
 * Compare ticks by difference only: `berth_alarm_now() - start >= span`. An
 * app that has alarms must wait for callbacks (<berth/event.h>) at least once
 * per turn of the counter, seven minutes at 10 MHz. */
#ifndef BERTH_ALARM_H
#define BERTH_ALARM_H

#include <berth/error.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `now` is the tick counter when the callback began. */
typedef void berth_alarm_fn(uint32_t now, void *userdata);

/* Belongs to the library from arming until it has fired or was cancelled; must
 * stay in place for as long. Needs no initialisation. */
struct berth_alarm {
    struct berth_alarm *next;
    berth_alarm_fn *callback;
    void *userdata;
    uint32_t reference; /* ticks; `left` counts from here */
    uint64_t left;      /* ticks */
};

/* 0 where there is no alarm driver. */
uint32_t berth_alarm_frequency(void);
uint32_t berth_alarm_now(void);

/* Milliseconds in ticks, rounded up. */
uint64_t berth_alarm_ticks(uint32_t ms);

/* Calls `callback(now, userdata)` once, `ms` milliseconds from now. Arming an
 * alarm that is armed replaces it. */
err_t berth_alarm_after_ms(struct berth_alarm *alarm, uint32_t ms,
                           berth_alarm_fn *callback, void *userdata);

/* Calls it when `ticks` have passed since the tick `reference`, which is not
 * in the future. A period without drift: reference += ticks in the callback. */
err_t berth_alarm_arm(struct berth_alarm *alarm, uint32_t reference,
                      uint64_t ticks, berth_alarm_fn *callback, void *userdata);

/* Whatever state the alarm is in, the callback will not be called any more.
 * The alarm must have been armed once or be zero. */
void berth_alarm_cancel(struct berth_alarm *alarm);

/* Sleeps; no callback runs, and alarms that fall due meanwhile are called by
 * the next wait. */
err_t berth_sleep_ms(uint32_t ms);

/* Sleeps until `ticks` have passed since `reference`. */
err_t berth_sleep_until(uint32_t reference, uint64_t ticks);

#ifdef __cplusplus
}
#endif

#endif
