/* SPDX-License-Identifier: Apache-2.0 */
/* The core-local timer and software interrupt. */
#ifndef TESTS_SIM_CLINT_H
#define TESTS_SIM_CLINT_H

#include <tests/sim/machine.h>

struct clint {
    struct device device;
    uint32_t hz;     /* of mtime */
    uint64_t offset; /* mtime = virtual time in ticks + offset */
    uint64_t compare;
    uint64_t due; /* when mtime reaches compare, ns */
    bool software;
    /* As in QEMU, where the way to the comparator's match begins in the middle
     * of a tick and is whole ticks long, so that it ends late by less than one. */
    bool is_late;
};

void clint_add(struct machine *machine, struct clint *clint, uint32_t base,
               uint32_t hz);

/* Ticks of a clock by the time, and the first time of a number of ticks. */
uint64_t clock_ticks(uint64_t ns, uint32_t hz);
uint64_t clock_reaches(uint64_t ticks, uint32_t hz);

#endif
