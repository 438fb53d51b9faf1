/* SPDX-License-Identifier: Apache-2.0 */
/* Computes for 30 ms at a time, then sleeps for 1 ms. */
#include <berth/alarm.h>
#include <stdio.h>

static void compute(uint32_t ticks)
{
    uint32_t start = berth_alarm_now();
    while (berth_alarm_now() - start < ticks) {
        for (volatile unsigned n = 0; n < 1000; n++) {
        }
    }
}

int main(void)
{
    for (unsigned bursts = 1;; bursts++) {
        compute((uint32_t)berth_alarm_ticks(30));
        printf("hog: %u bursts\n", bursts);
        (void)berth_sleep_ms(1);
    }
}
