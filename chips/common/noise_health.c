/* SPDX-License-Identifier: Apache-2.0 */
/* See noise_health.h. */
#include <chips/common/noise_health.h>

/* The same value in a row, too often? */
static bool repeats_too_often(struct noise_health *h, uint8_t sample)
{
    if (h->seen == 0 || sample != h->last)
        h->repeats = 0;
    h->last = sample;
    h->repeats++;
    return h->repeats >= h->repetition_cutoff;
}

/* The first value of a window, too often in that window? */
static bool is_too_frequent(struct noise_health *h, uint8_t sample)
{
    if (h->window == 0) {
        h->counted = sample;
        h->same = 0;
    }
    h->window = (uint16_t)((h->window + 1) % NOISE_WINDOW);
    if (sample == h->counted)
        h->same++;
    return h->same >= h->proportion_cutoff;
}

bool noise_health_add(struct noise_health *h, uint8_t sample)
{
    bool repeats = repeats_too_often(h, sample);
    bool frequent = is_too_frequent(h, sample);
    if (repeats || frequent)
        h->failed = true;
    if (h->seen < NOISE_STARTUP)
        h->seen++;
    return !h->failed;
}

bool noise_health_good(const struct noise_health *h)
{
    return !h->failed && h->seen == NOISE_STARTUP;
}
