/* SPDX-License-Identifier: Apache-2.0 */
/* What people read in place of addresses. */
#include <string.h>

#include "linked.h"

const struct linked_section *linked_section_at(const struct linked *app,
                                               uint32_t addr)
{
    for (size_t i = 0; i < app->section_count; i++) {
        const struct linked_section *s = &app->sections[i];
        if (addr - s->addr < s->size)
            return s;
    }
    return NULL;
}

/* The last function that begins at or before `addr`; one without a size (as
 * assembly has them) reaches to the next. */
const struct linked_symbol *linked_function_at(const struct linked *app,
                                               uint32_t addr)
{
    size_t low = 0, high = app->function_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (app->symbols[app->functions[middle]].value <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct linked_symbol *s = &app->symbols[app->functions[low - 1]];
    return s->size == 0 || addr - s->value < s->size ? s : NULL;
}

const struct linked_symbol *linked_symbol_named(const struct linked *app,
                                                const char *name)
{
    for (size_t i = 0; i < app->symbol_count; i++) {
        const struct linked_symbol *s = &app->symbols[i];
        if (!s->is_file && !s->is_weak_undefined && strcmp(s->name, name) == 0)
            return s;
    }
    return NULL;
}

const char *linked_place(const struct linked *app, struct job *job,
                         uint32_t addr)
{
    const struct linked_section *section = linked_section_at(app, addr);
    const struct linked_symbol *f = linked_function_at(app, addr);
    const struct map_piece *piece = app->map ? map_at(app->map, addr) : NULL;
    const char *object = piece          ? piece->object
                         : f && f->file ? f->file
                                        : app->path;
    const char *in = piece     ? piece->section
                     : section ? section->name
                               : "no section";
    if (!f)
        return job_text(job, "%s(%s), address 0x%08x", object, in, addr);
    return job_text(job, "%s(%s), function %s+0x%x", object, in, f->name,
                    addr - f->value);
}

const char *linked_target(const struct linked *app, struct job *job,
                          const struct linked_rel *rel)
{
    const struct linked_symbol *s = &app->symbols[rel->symbol];
    const char *name = s->name[0] ? s->name : "(no symbol)";
    if (rel->addend == 0)
        return name;
    return job_text(job, "%s%+d", name, rel->addend);
}

const char *linked_type_name(uint32_t type)
{
    static const char *const names[] = {
        [REL_NONE] = "NONE",
        [REL_32] = "32",
        [REL_BRANCH] = "BRANCH",
        [REL_JAL] = "JAL",
        [REL_CALL] = "CALL",
        [REL_CALL_PLT] = "CALL_PLT",
        [REL_GOT_HI20] = "GOT_HI20",
        [REL_TLS_GOT_HI20] = "TLS_GOT_HI20",
        [REL_TLS_GD_HI20] = "TLS_GD_HI20",
        [REL_PCREL_HI20] = "PCREL_HI20",
        [REL_PCREL_LO12_I] = "PCREL_LO12_I",
        [REL_PCREL_LO12_S] = "PCREL_LO12_S",
        [REL_HI20] = "HI20",
        [REL_LO12_I] = "LO12_I",
        [REL_LO12_S] = "LO12_S",
        [REL_TPREL_HI20] = "TPREL_HI20",
        [REL_TPREL_LO12_I] = "TPREL_LO12_I",
        [REL_TPREL_LO12_S] = "TPREL_LO12_S",
        [REL_TPREL_ADD] = "TPREL_ADD",
        [REL_ADD8] = "ADD8",
        [REL_ADD16] = "ADD16",
        [REL_ADD32] = "ADD32",
        [REL_ADD64] = "ADD64",
        [REL_SUB8] = "SUB8",
        [REL_SUB16] = "SUB16",
        [REL_SUB32] = "SUB32",
        [REL_SUB64] = "SUB64",
        [REL_ALIGN] = "ALIGN",
        [REL_RVC_BRANCH] = "RVC_BRANCH",
        [REL_RVC_JUMP] = "RVC_JUMP",
        [REL_RVC_LUI] = "RVC_LUI",
        [REL_GPREL_I] = "GPREL_I",
        [REL_GPREL_S] = "GPREL_S",
        [REL_TPREL_I] = "TPREL_I",
        [REL_TPREL_S] = "TPREL_S",
        [REL_RELAX] = "RELAX",
        [REL_SUB6] = "SUB6",
        [REL_SET6] = "SET6",
        [REL_SET8] = "SET8",
        [REL_SET16] = "SET16",
        [REL_SET32] = "SET32",
        [REL_32_PCREL] = "32_PCREL",
    };
    const char *name = type < ARRAY_COUNT(names) ? names[type] : NULL;
    return name ? name : "unknown";
}
