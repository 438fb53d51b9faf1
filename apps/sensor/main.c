/* SPDX-License-Identifier: Apache-2.0 */
/* Shows periodic work without drift: sample a signal every 100 ms, keep
 * running statistics, report them every two seconds. The signal is made up, a
 * triangle with noise on it, so that the app runs on any board. */
#include <berth/alarm.h>
#include <stdio.h>

#define PERIOD_MS 100u
#define SAMPLES_PER_REPORT 20u

struct statistics {
    uint32_t count;
    int32_t minimum, maximum;
    int32_t mean256; /* the running mean, times 256 */
};

/* Hundredths of a degree: 18 to 24 degrees and back in 64 samples. */
static int32_t signal_sample(uint32_t number)
{
    static uint32_t noise = 1;
    uint32_t phase = number % 64u;
    uint32_t ramp = phase < 32u ? phase : 63u - phase;
    noise = noise * 1103515245u + 12345u;
    return (int32_t)(1800u + ramp * 600u / 31u + (noise >> 16) % 41u) - 20;
}

/* The mean follows with weight 1/count, and 1/64 at the least. */
static void statistics_add(struct statistics *s, int32_t sample)
{
    int32_t weight = s->count < 64 ? (int32_t)s->count + 1 : 64;
    if (s->count == 0 || sample < s->minimum) {
        s->minimum = sample;
    }
    if (s->count == 0 || sample > s->maximum) {
        s->maximum = sample;
    }
    s->mean256 += (sample * 256 - s->mean256) / weight;
    s->count++;
}

static void statistics_print(const struct statistics *s, int32_t last)
{
    int mean = (int)(s->mean256 / 256);
    printf("sensor: %u samples, last %d.%02d C, mean %d.%02d, min %d.%02d, max "
           "%d.%02d\n",
           (unsigned)s->count, (int)last / 100, (int)last % 100, mean / 100,
           mean % 100, (int)s->minimum / 100, (int)s->minimum % 100,
           (int)s->maximum / 100, (int)s->maximum % 100);
}

int main(void)
{
    struct statistics statistics = { .count = 0 };
    uint64_t period = berth_alarm_ticks(PERIOD_MS);
    uint32_t due = berth_alarm_now();
    for (uint32_t number = 0;; number++) {
        int32_t sample = signal_sample(number);
        statistics_add(&statistics, sample);
        if (statistics.count % SAMPLES_PER_REPORT == 0) {
            statistics_print(&statistics, sample);
        }
        err_t error = berth_sleep_until(due, period);
        if (error != OK) {
            printf("sensor: no clock: %s\n", berth_strerror(error));
            return (int)error;
        }
        due += (uint32_t)period;
    }
}
