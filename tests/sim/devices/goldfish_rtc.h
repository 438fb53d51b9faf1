/* SPDX-License-Identifier: Apache-2.0 */
/* The Goldfish real-time clock: starts at 2020-01-01 and runs with the virtual
 * time. */
#ifndef TESTS_SIM_GOLDFISH_RTC_H
#define TESTS_SIM_GOLDFISH_RTC_H

#include <tests/sim/devices/plic.h>
#include <tests/sim/machine.h>

struct goldfish_rtc {
    struct device device;
    struct plic *plic;
    uint32_t source;
    uint64_t offset; /* its time = virtual time + offset, ns */
    uint64_t alarm;
    uint32_t time_high, alarm_high; /* latched */
    bool is_armed, is_pending, irq_enabled;
};

void goldfish_rtc_add(struct machine *machine, struct goldfish_rtc *rtc,
                      uint32_t base, struct plic *plic, uint32_t source);

#endif
