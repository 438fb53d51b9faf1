/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps a period of 10 ms and says how well, while other apps attack. A period
 * is missed when its callback begins more than 2 ms after it was due. It
 * reports every 50 periods, and never waits for the console. */
#include <berth/alarm.h>
#include <berth/console.h>
#include <berth/event.h>
#include <stdbool.h>
#include <stdio.h>

#define PERIOD_MS 10u
#ifndef LATE_MS
#define LATE_MS 2u
#endif
#define PERIODS_PER_REPORT 50u

static struct berth_alarm alarm;
static uint32_t due; /* tick of the next period */
static uint32_t periods, missed, worst;
static bool is_writing;
static char report[80];

static void report_written(size_t length, void *userdata)
{
    (void)length, (void)userdata;
    is_writing = false;
}

static void report_write(void)
{
    uint64_t us = (uint64_t)worst * 1000000u / berth_alarm_frequency();
    int length = snprintf(report, sizeof report,
                          "witness: %lu periods, %lu missed, worst %lu us\n",
                          (unsigned long)periods, (unsigned long)missed,
                          (unsigned long)us);
    is_writing = berth_console_write_async(report, (size_t)length,
                                           report_written, NULL) == OK;
}

static void period_begins(uint32_t now, void *userdata)
{
    (void)userdata;
    uint32_t late = now - due;
    uint32_t period = (uint32_t)berth_alarm_ticks(PERIOD_MS);
    periods++;
    if (late > worst) {
        worst = late;
    }
    if (late > (uint32_t)berth_alarm_ticks(LATE_MS)) {
        missed++;
    }
    uint32_t reference = due;
    due += period;
    (void)berth_alarm_arm(&alarm, reference, period, period_begins, NULL);
    if (periods % PERIODS_PER_REPORT == 0 && !is_writing) {
        report_write();
    }
}

int main(void)
{
    uint32_t now = berth_alarm_now();
    due = now + (uint32_t)berth_alarm_ticks(PERIOD_MS);
    err_t error = berth_alarm_arm(&alarm, now, berth_alarm_ticks(PERIOD_MS),
                                  period_begins, NULL);
    if (error != OK) {
        printf("witness: no alarm, error %d\n", (int)error);
        return (int)error;
    }
    for (;;) {
        berth_wait();
    }
}
