/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's instruction memory, a part of its cache: a store makes memory of
 * all up to the end of its 64-byte line, with undefined contents; a store of 0
 * to the first byte behind it makes cache of all again. What is not memory yet
 * answers with an access fault. */
#ifndef TESTS_SIM_ITIM_H
#define TESTS_SIM_ITIM_H

#include <tests/sim/machine.h>

struct itim {
    struct memory memory;
    struct device release; /* the byte behind it */
    uint32_t allocated;    /* bytes from its start */
};

void itim_add(struct machine *machine, struct itim *itim, uint32_t base,
              uint32_t size);

#endif
