/* SPDX-License-Identifier: Apache-2.0 */
/* See models.h. */
#include <tests/sim/models/models.h>

#include <string.h>

const struct machine_model *const machine_models[] = {
    &model_qemu_virt,
    &model_hifive1_revb,
    &model_esp32_c3_devkit,
    NULL,
};

const struct machine_model *machine_model_named(const char *name)
{
    const struct machine_model *const *model = machine_models;
    while (*model && strcmp((*model)->name, name) != 0)
        model++;
    return *model;
}
