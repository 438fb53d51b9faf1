/* SPDX-License-Identifier: Apache-2.0 */
/* The platform interrupt controller, context 0: machine mode of hart 0. Other
 * than in QEMU 7.2, enabling a source that pends raises the line at once. */
#ifndef TESTS_SIM_PLIC_H
#define TESTS_SIM_PLIC_H

#include <tests/sim/machine.h>

enum { PLIC_SOURCES_MAX = 127, PLIC_WORDS = 4 };

struct plic {
    struct device device;
    uint32_t sources; /* numbered 1 to that */
    uint32_t priority[PLIC_SOURCES_MAX + 1];
    uint32_t level[PLIC_WORDS], pending[PLIC_WORDS], enabled[PLIC_WORDS];
    uint32_t claimed[PLIC_WORDS]; /* and not completed: gates are closed */
    uint32_t threshold;
};

void plic_add(struct machine *machine, struct plic *plic, uint32_t base,
              uint32_t sources);

/* The interrupt wire of a device. NULL for plic: it is not connected. */
void plic_wire(struct plic *plic, uint32_t source, bool level);

#endif
