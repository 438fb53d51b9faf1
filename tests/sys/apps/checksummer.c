/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the kernel at work for it, some milliseconds at a time: checksums of what
 * is long. Between two it sleeps, shorter or longer, so that its events come at all
 * times of other apps' periods. */
#include <berth/alarm.h>
#include <berth/crc.h>
#include <stdio.h>

enum { STEP_US = 370, STEPS = 17, SUMS_PER_REPORT = 10 };

static const uint8_t bytes[8192] = { 1 };

int main(void)
{
    for (uint32_t n = 1;; n++) {
        uint32_t crc;
        err_t e = berth_crc(BERTH_CRC_32, bytes, sizeof bytes, &crc);
        if (e != OK) {
            printf("checksummer: error %d\n", (int)e);
            return (int)e;
        }
        if (n % SUMS_PER_REPORT == 0) {
            printf("checksummer: %lu sums\n", (unsigned long)n);
        }
        uint64_t us = n * 7 % STEPS * STEP_US;
        (void)berth_sleep_until(berth_alarm_now(),
                                us * berth_alarm_frequency() / 1000000u);
    }
}
