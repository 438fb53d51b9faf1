/* SPDX-License-Identifier: Apache-2.0 */
/* Shows data that outlives the power: samples a signal, and keeps a summary of
 * each period in the key-value store, the latest 16 of them. When it starts it
 * shows what is there. See README.md. */
#include <berth/alarm.h>
#include <berth/kv.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PERIOD_MS 100u
#define SAMPLES 10u
#define KEPT 16u

struct summary {
    uint32_t number;
    int32_t least, most, sum;
};

/* "s0" to "s15": the summary whose number has that remainder. */
static size_t key_of(uint32_t number, char key[4])
{
    return (size_t)snprintf(key, 4, "s%u", (unsigned)(number % KEPT));
}

static void summary_print(const struct summary *s)
{
    int mean = (int)(s->sum / (int32_t)SAMPLES);
    printf("logger: summary %u: %d.%02d to %d.%02d C, mean %d.%02d\n",
           (unsigned)s->number, (int)s->least / 100, (int)s->least % 100,
           (int)s->most / 100, (int)s->most % 100, mean / 100, mean % 100);
}

/* False: there is none of that number. */
static bool summary_get(uint32_t number, struct summary *out)
{
    char key[4];
    size_t key_length = key_of(number, key), length = 0;
    return berth_kv_get(key, key_length, out, sizeof *out, &length) == OK &&
           length == sizeof *out && out->number == number;
}

static err_t summary_keep(const struct summary *s)
{
    char key[4];
    size_t key_length = key_of(s->number, key);
    return berth_kv_put(BERTH_KV_SET, key, key_length, s, sizeof *s);
}

/* The number of the next summary: one behind the highest that is kept. */
static uint32_t show_kept(void)
{
    struct summary s;
    uint32_t next = 0, found = 0;
    for (uint32_t i = 0; i < KEPT; i++) {
        char key[4];
        size_t key_length = key_of(i, key), length = 0;
        if (berth_kv_get(key, key_length, &s, sizeof s, &length) != OK ||
            length != sizeof s) {
            continue;
        }
        found++;
        if (s.number >= next) {
            next = s.number + 1;
        }
    }
    printf("logger: %u summaries are kept\n", (unsigned)found);
    if (next != 0 && summary_get(next - 1, &s)) {
        summary_print(&s);
    }
    return next;
}

/* Hundredths of a degree, made up: the app runs on any board. */
static int32_t sample(uint32_t number)
{
    static uint32_t noise = 1;
    uint32_t phase = number % 64u;
    noise = noise * 1103515245u + 12345u;
    return (int32_t)(1800u + (phase < 32u ? phase : 63u - phase) * 19u +
                     (noise >> 16) % 41u);
}

int main(void)
{
    struct summary s = { .number = show_kept() };
    uint64_t period = berth_alarm_ticks(PERIOD_MS);
    uint32_t due = berth_alarm_now();
    for (uint32_t i = 0;; i++) {
        int32_t value = sample(s.number * SAMPLES + i);
        s.least = i == 0 || value < s.least ? value : s.least;
        s.most = i == 0 || value > s.most ? value : s.most;
        s.sum += value;
        if (i == SAMPLES - 1) {
            err_t error = summary_keep(&s);
            if (error != OK) {
                printf("logger: not kept: %s\n", berth_strerror(error));
                return (int)error;
            }
            summary_print(&s);
            s = (struct summary){ .number = s.number + 1 };
            i = (uint32_t)-1;
        }
        if (berth_sleep_until(due, period) != OK) {
            return ERR_NODEVICE;
        }
        due += (uint32_t)period;
    }
}
