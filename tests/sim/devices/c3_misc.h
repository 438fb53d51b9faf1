/* SPDX-License-Identifier: Apache-2.0 */
/* Small parts of the ESP32-C3: eFuses, the random word. */
#ifndef TESTS_SIM_C3_MISC_H
#define TESTS_SIM_C3_MISC_H

#include <tests/sim/machine.h>

/* What is burnt in: the MAC, the revision. */
struct c3_efuse {
    struct device device;
};

void c3_efuse_add(struct machine *machine, struct c3_efuse *efuse,
                  uint32_t base);

/* APB_CTRL, of which only the random word is here. A seed decides it. Read again
 * too soon, it is still the same. */
struct c3_random {
    struct device device;
    uint64_t seed, state, next; /* next: ns at which there is a new one */
    uint32_t word;
};

void c3_random_add(struct machine *machine, struct c3_random *random,
                   uint32_t base, uint64_t seed);

#endif
