/* SPDX-License-Identifier: Apache-2.0 */
/* A parallel flash bank (pflash.h) on the bus: memory while it is in array
 * mode, so that code runs from it at full speed; otherwise reads get what the
 * chips answer, and fetching an instruction is a violation. */
#ifndef TESTS_SIM_PFLASH_BANK_H
#define TESTS_SIM_PFLASH_BANK_H

#include <tests/sim/devices/pflash.h>
#include <tests/sim/machine.h>

struct pflash_bank {
    struct memory memory;
    struct pflash pflash;
    struct device reset; /* hears of resets, has no registers */
};

/* bytes: PFLASH_SIZE of them. */
void pflash_bank_add(struct machine *machine, struct pflash_bank *bank,
                     const char *name, uint32_t base, uint8_t *bytes,
                     struct power *power);

#endif
