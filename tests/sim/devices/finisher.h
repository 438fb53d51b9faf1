/* SPDX-License-Identifier: Apache-2.0 */
/* The register by which software ends or resets QEMU's virt machine. */
#ifndef TESTS_SIM_FINISHER_H
#define TESTS_SIM_FINISHER_H

#include <tests/sim/machine.h>

void finisher_add(struct machine *machine, struct device *finisher,
                  uint32_t base);

#endif
