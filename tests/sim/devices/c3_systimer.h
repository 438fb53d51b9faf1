/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's system timer: two counters of 52 bits at 16 MHz, three
 * comparators. What is read is what the last update has latched; to read before
 * it is valid, or without one, is a violation. */
#ifndef TESTS_SIM_C3_SYSTIMER_H
#define TESTS_SIM_C3_SYSTIMER_H

#include <tests/sim/devices/c3_matrix.h>
#include <tests/sim/machine.h>

enum { C3_SYSTIMER_UNITS = 2, C3_SYSTIMER_TARGETS = 3 };

struct c3_systimer {
    struct device device;
    struct c3_matrix *matrix;
    uint32_t conf, raw, enabled;
    struct c3_unit {
        uint64_t value, since; /* at `since` ticks; while it runs it goes on */
        uint64_t load, latched;
        uint64_t valid; /* ns from which on the latched value can be read */
        bool runs;
    } units[C3_SYSTIMER_UNITS];
    struct c3_target {
        uint64_t written, compare; /* the second is the loaded one */
        uint32_t conf;
        bool is_armed; /* it has not matched yet */
        uint64_t due;
    } targets[C3_SYSTIMER_TARGETS];
};

void c3_systimer_add(struct machine *machine, struct c3_systimer *timer,
                     uint32_t base, struct c3_matrix *matrix);

#endif
