/* SPDX-License-Identifier: Apache-2.0 */
/* The continuous health tests that NIST SP 800-90B (section 4.4) wants of a
 * noise source: repetition count and adaptive proportion, and the start-up
 * test made of both. Pure: samples in, verdict out. */
#ifndef CHIPS_COMMON_NOISE_HEALTH_H
#define CHIPS_COMMON_NOISE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

/* Samples that must pass before one may be used. */
#define NOISE_STARTUP 1024u
/* Samples of one turn of the adaptive proportion test; samples are bytes. */
#define NOISE_WINDOW 512u

/* Zeroed but for the cutoffs: at start. */
struct noise_health {
    /* How often a value may not come in a row, and in a window. For a source
     * of H bits of entropy in a sample and false alarms once in 2^20 windows:
     * 1 + 20/H rounded up; and 1 + the (1 - 2^-20) quantile of the binomial
     * distribution of NOISE_WINDOW and 2^-H. For H = 1: 21 and 311; 2: 11 and
     * 177; 4: 6 and 62. */
    uint16_t repetition_cutoff, proportion_cutoff;

    uint16_t seen; /* up to NOISE_STARTUP */
    uint16_t repeats, window, same;
    uint8_t last, counted;
    bool failed; /* stays so */
};

/* Look at the next sample. False: the source has failed, now or before. */
bool noise_health_add(struct noise_health *health, uint8_t sample);

/* Has the start-up test been passed, and nothing failed since? */
bool noise_health_good(const struct noise_health *health);

#endif
