/* SPDX-License-Identifier: Apache-2.0 */
/* Registers that are there on the chip and that this model knows nothing of. */
#ifndef TESTS_SIM_ABSENT_H
#define TESTS_SIM_ABSENT_H

#include <tests/sim/machine.h>

struct absent {
    struct device device;
    bool is_void; /* reads are 0, writes dropped, as QEMU does it; else any
                     access is a violation */
};

/* One register of a device that is there otherwise: a violation that names it.
 * true, as what a device's load and store answer. */
bool absent_register(struct device *device, uint32_t offset);

void absent_add(struct machine *machine, struct absent *absent,
                const char *name, uint32_t base, uint32_t size, bool is_void);

#endif
