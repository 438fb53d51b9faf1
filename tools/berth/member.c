/* SPDX-License-Identifier: Apache-2.0 */
/* From ELF files to the members of a TAB. */
#include "member.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pic/host/explain.h>

#include "berth.h"
#include "elf_app.h"
#include "options.h"

time_t build_date(bool is_deterministic)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (epoch && *epoch)
        return (time_t)number_read("SOURCE_DATE_EPOCH", epoch, UINT32_MAX);
    return is_deterministic ? 0 : time(NULL);
}

static void relocatable_member_make(const struct member_spec *spec,
                                    const struct elf_app *elf,
                                    struct tab_member *out)
{
    struct relocatable app;
    struct app_image image;
    relocatable_make(&app, elf, &spec->sizes, &spec->relocatable, &image);
    out->data = tbf_write(&spec->tbf, &image);
    relocatable_verify(&app, &out->data);
    if (spec->is_explaining)
        explain(stdout, &app.rewrite, &app.table);
    job_free(&app.job);
    snprintf(out->name, sizeof out->name, "%.40s.tbf",
             spec->arch ? spec->arch : elf->arch);
}

void member_make(const struct member_spec *spec, const char *path,
                 struct tab_member *out)
{
    struct elf_app elf;
    struct app_image image;
    elf_app_read(path, &elf);
    if (relocatable_is_wanted(path)) {
        relocatable_member_make(spec, &elf, out);
        return;
    }
    app_image_make(&elf, &spec->sizes, &image);
    out->data = tbf_write(&spec->tbf, &image);
    snprintf(out->name, sizeof out->name, "%.40s.0x%08x.0x%08x.tbf",
             spec->arch ? spec->arch : elf.arch, image.flash, image.ram);
}

static void twins_refuse(char **files, const struct tab_member *members,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(members[i].name, members[k].name) == 0)
                fail(EXIT_REFUSED,
                     "%s and %s would both be %s; link them for different "
                     "addresses, or make two TABs",
                     files[k], files[i], members[i].name);
        }
    }
}

struct tab_member *members_make(const struct member_spec *spec, char **files,
                                size_t count)
{
    struct tab_member *members = keep(calloc(count, sizeof *members));
    for (size_t i = 0; i < count; i++)
        member_make(spec, files[i], &members[i]);
    twins_refuse(files, members, count);
    return members;
}
