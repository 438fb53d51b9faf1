/* SPDX-License-Identifier: Apache-2.0 */
/* A timer group of the ESP32-C3: one timer of 54 bits and a watchdog that
 * bites. */
#ifndef TESTS_SIM_C3_TIMG_H
#define TESTS_SIM_C3_TIMG_H

#include <tests/sim/devices/c3_dog.h>
#include <tests/sim/devices/c3_matrix.h>
#include <tests/sim/devices/c3_rtc.h>
#include <tests/sim/devices/c3_system.h>
#include <tests/sim/machine.h>

struct c3_timg {
    struct device device;
    struct c3_matrix *matrix;
    const struct c3_system *system;
    struct c3_rtc *rtc;
    uint32_t source; /* of the timer; the watchdog's is the next one */
    enum c3_reset core_cause, cpu_cause;
    uint32_t config, raw, enabled, register_clock;
    uint64_t value, since; /* of the timer, at `since` ns */
    uint64_t tick;         /* ps */
    uint64_t latched, alarm, load;
    struct c3_dog dog;
    uint32_t dog_config, dog_prescale; /* as written */
    uint32_t applied_config, applied_prescale;
    uint32_t hold[4], key;
};

/* The caller has filled in matrix to cpu_cause. */
void c3_timg_add(struct machine *machine, struct c3_timg *timg,
                 const char *name, uint32_t base);

/* To be called when the clocks have changed. */
void c3_timg_clock_changed(struct c3_timg *timg);

#endif
