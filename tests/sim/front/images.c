/* SPDX-License-Identifier: Apache-2.0 */
/* See images.h. */
#include <tests/sim/front/images.h>

#include <stdlib.h>
#include <string.h>

/* ELF or ELF@OFFSET. */
static bool symbols_load(struct machine *machine, const char *text)
{
    char path[4096];
    const char *at = strrchr(text, '@');
    uint32_t offset = at ? (uint32_t)strtoul(at + 1, NULL, 0) : 0;
    snprintf(path, sizeof path, "%.*s",
             (int)(at ? (size_t)(at - text) : strlen(text)), text);
    return machine_load_symbols(machine, path, offset);
}

/* An ELF file, or where flash is programmed from outside what goes to its
 * start as it is. */
static bool kernel_load(struct machine *machine, const char *path)
{
    const struct machine_model *model = machine->model;
    uint32_t entry;
    if (path == NULL)
        return true;
    if (model->place != NULL && !machine_is_elf(path))
        return machine_load_raw(machine, path, 0);
    return machine_load_elf(machine, path, &entry) &&
           (model->placed == NULL || model->placed(machine, entry));
}

bool images_load(struct machine *machine, const struct settings *settings)
{
    if (!kernel_load(machine, settings->kernel))
        return false;
    if (settings->apps &&
        !machine_load_raw(machine, settings->apps, settings->apps_at))
        return false;
    for (uint32_t i = 0; i < settings->symbols_count; i++)
        if (!symbols_load(machine, settings->symbols[i]))
            return false;
    return true;
}
