/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a callback, but not for ever. */
#include <berth/alarm.h>
#include <berth/event.h>

struct deadline {
    struct berth_alarm alarm;
    volatile bool is_over;
};

static void time_is_up(uint32_t now, void *userdata)
{
    (void)now;
    struct deadline *deadline = userdata;
    deadline->is_over = true;
}

bool berth_wait_timeout(uint32_t ms)
{
    struct deadline deadline;
    deadline.is_over = false;
    if (berth_alarm_after_ms(&deadline.alarm, ms, time_is_up, &deadline) !=
        OK) {
        return false;
    }
    berth_wait();
    berth_alarm_cancel(&deadline.alarm);
    return !deadline.is_over;
}

bool berth_wait_until_timeout(const volatile bool *flag, uint32_t ms)
{
    struct deadline deadline;
    if (*flag) {
        return true;
    }
    deadline.is_over = false;
    if (berth_alarm_after_ms(&deadline.alarm, ms, time_is_up, &deadline) !=
        OK) {
        return false;
    }
    while (!*flag && !deadline.is_over) {
        berth_wait();
    }
    berth_alarm_cancel(&deadline.alarm);
    return *flag;
}
