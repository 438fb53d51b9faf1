/* SPDX-License-Identifier: Apache-2.0 */
/* A line every 50 ms of the machine's time: a clock for tests. */
#include <berth/alarm.h>
#include <stdio.h>

int main(void)
{
    uint32_t due = berth_alarm_now();
    uint64_t period = berth_alarm_ticks(50);
    for (unsigned n = 1;; n++) {
        (void)berth_sleep_until(due, period);
        due += (uint32_t)period;
        printf("ticker: %u\n", n);
    }
}
