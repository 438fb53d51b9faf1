/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's always-on block: a watchdog that bites, the real-time counter,
 * backup registers. The power management unit is not modelled. */
#ifndef TESTS_SIM_AON_H
#define TESTS_SIM_AON_H

#include <tests/sim/devices/plic.h>
#include <tests/sim/machine.h>

enum { AON_BACKUPS = 16 };

/* A counter at 32768 Hz that can stand still. */
struct aon_counter {
    uint64_t value; /* at `since` */
    uint64_t since; /* in ticks of the clock */
    bool runs;
    uint64_t due; /* when its comparison comes true, ns */
};

struct aon {
    struct device device;
    struct plic *plic;
    struct aon_counter dog, rtc;
    uint32_t dog_config, dog_compare, rtc_config, rtc_compare;
    uint32_t backup[AON_BACKUPS], lfrosc, lfclkmux;
    uint32_t cause;   /* of the last reset, as pmucause has it */
    bool is_unlocked; /* the next write to the watchdog counts */
    bool dog_bites;
};

void aon_add(struct machine *machine, struct aon *aon, uint32_t base,
             struct plic *plic);

#endif
