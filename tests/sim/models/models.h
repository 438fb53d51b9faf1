/* SPDX-License-Identifier: Apache-2.0 */
/* The machines there are. A new one is a file in this folder, its line here and
 * its row in models.c. */
#ifndef TESTS_SIM_MODELS_H
#define TESTS_SIM_MODELS_H

#include <tests/sim/machine.h>

extern const struct machine_model model_qemu_virt;
extern const struct machine_model model_hifive1_revb;
extern const struct machine_model model_esp32_c3_devkit;

/* All of them, up to a NULL. */
extern const struct machine_model *const machine_models[];

/* NULL: there is none of that name. */
const struct machine_model *machine_model_named(const char *name);

#endif
