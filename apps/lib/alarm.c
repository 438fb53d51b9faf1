/* SPDX-License-Identifier: Apache-2.0 */
/* Many alarms on the one the kernel gives, and sleeping.
 *
 * The kernel's alarm is only ever a hint to look at the list: an event that
 * comes too early, twice, or for an alarm long cancelled changes nothing, and
 * one that a sleep has swallowed comes again, because arming the kernel's
 * alarm for a time that has passed fires at once. */
#include <berth/alarm.h>

#include <stdbool.h>
#include <stddef.h>

/* Commands, and the one event. */
enum { ALARM_FREQUENCY = 1, ALARM_NOW = 2, ALARM_STOP = 3, ALARM_SET = 6 };
enum { ALARM_FIRED = 0 };

/* The kernel is asked for no more than this at a time: half a turn, so that
 * an event that is handled late is not mistaken for one that is early. */
#define SPAN_MAX 0x80000000u

static struct berth_alarm *armed;

static uint32_t alarm_query(uint32_t command)
{
    uint32_t value = 0;
    struct sysret result = syscall_command(DRIVER_ALARM, command, 0, 0);
    return berth_error_or_value(result, &value) == OK ? value : 0;
}

uint32_t berth_alarm_frequency(void)
{
    return alarm_query(ALARM_FREQUENCY);
}

uint32_t berth_alarm_now(void)
{
    return alarm_query(ALARM_NOW);
}

/* Thousands apart from the rest, so that no 64-bit division is linked. */
uint64_t berth_alarm_ticks(uint32_t ms)
{
    uint32_t hz = berth_alarm_frequency();
    uint32_t rest = ms % 1000u;
    uint32_t of_rest =
        rest * (hz / 1000u) + (rest * (hz % 1000u) + 999u) / 1000u;
    return (uint64_t)(ms / 1000u) * hz + of_rest;
}

static uint32_t span_of(uint64_t ticks)
{
    return ticks < SPAN_MAX ? (uint32_t)ticks : SPAN_MAX;
}

static err_t kernel_alarm_set(uint32_t reference, uint32_t span)
{
    return berth_error_of(
        syscall_command(DRIVER_ALARM, ALARM_SET, reference, span));
}

/* Ticks that the alarm is overdue, negative while it is not yet due. */
static int64_t lateness(const struct berth_alarm *alarm, uint32_t now)
{
    return (int64_t)(now - alarm->reference) - (int64_t)span_of(alarm->left);
}

static struct berth_alarm *alarm_first(uint32_t now)
{
    struct berth_alarm *first = armed;
    for (struct berth_alarm *a = armed; a; a = a->next) {
        if (lateness(a, now) > lateness(first, now)) {
            first = a;
        }
    }
    return first;
}

static void alarm_unlink(const struct berth_alarm *alarm)
{
    for (struct berth_alarm **link = &armed; *link; link = &(*link)->next) {
        if (*link == alarm) {
            *link = alarm->next;
            return;
        }
    }
}

static upcall_fn alarm_fired;

/* Points the kernel's alarm at the alarm that is due first. Subscribing anew
 * drops the events that are still queued, so that they cannot pile up. */
static err_t alarm_rearm(void)
{
    if (!armed) {
        (void)syscall_command(DRIVER_ALARM, ALARM_STOP, 0, 0);
        (void)syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, NULL, NULL);
        return OK;
    }
    struct sysret subscribed =
        syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, alarm_fired, NULL);
    if (!sysret_is_success(subscribed)) {
        return berth_error_of(subscribed);
    }
    const struct berth_alarm *first = alarm_first(berth_alarm_now());
    return kernel_alarm_set(first->reference, span_of(first->left));
}

/* One alarm per event: if another is due as well, re-arming for it makes the
 * kernel queue the next event at once. So callbacks may arm and cancel. */
static void alarm_fired(uint32_t event_time, uint32_t expiry, uint32_t unused,
                        void *userdata)
{
    (void)event_time, (void)expiry, (void)unused, (void)userdata;
    uint32_t now = berth_alarm_now();
    struct berth_alarm *first = alarm_first(now);
    if (!first || lateness(first, now) < 0) {
        (void)alarm_rearm();
        return;
    }
    uint32_t span = span_of(first->left);
    first->reference += span;
    first->left -= span;
    bool is_done = first->left == 0;
    if (is_done) {
        alarm_unlink(first);
    }
    (void)alarm_rearm();
    if (is_done) {
        first->callback(now, first->userdata);
    }
}

err_t berth_alarm_arm(struct berth_alarm *alarm, uint32_t reference,
                      uint64_t ticks, berth_alarm_fn *callback, void *userdata)
{
    alarm_unlink(alarm);
    alarm->callback = callback;
    alarm->userdata = userdata;
    alarm->reference = reference;
    alarm->left = ticks;
    alarm->next = armed;
    armed = alarm;
    err_t error = alarm_rearm();
    if (error != OK) {
        alarm_unlink(alarm);
    }
    return error;
}

err_t berth_alarm_after_ms(struct berth_alarm *alarm, uint32_t ms,
                           berth_alarm_fn *callback, void *userdata)
{
    return berth_alarm_arm(alarm, berth_alarm_now(), berth_alarm_ticks(ms),
                           callback, userdata);
}

void berth_alarm_cancel(struct berth_alarm *alarm)
{
    alarm_unlink(alarm);
    (void)alarm_rearm();
}

/* One stretch of a sleep. An event that was queued before ends the wait early;
 * then the alarm is still set, and its own event is yet to come. */
static err_t sleep_span(uint32_t reference, uint32_t span)
{
    err_t error = kernel_alarm_set(reference, span);
    while (error == OK && berth_alarm_now() - reference < span) {
        (void)syscall_yield_wait_for(DRIVER_ALARM, ALARM_FIRED);
    }
    return error;
}

err_t berth_sleep_until(uint32_t reference, uint64_t ticks)
{
    err_t error = OK;
    while (ticks && error == OK) {
        uint32_t span = span_of(ticks);
        error = sleep_span(reference, span);
        reference += span;
        ticks -= span;
    }
    err_t rearmed = alarm_rearm();
    return error != OK ? error : rearmed;
}

err_t berth_sleep_ms(uint32_t ms)
{
    return berth_sleep_until(berth_alarm_now(), berth_alarm_ticks(ms));
}
