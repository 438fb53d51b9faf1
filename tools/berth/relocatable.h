/* SPDX-License-Identifier: Apache-2.0 */
/* Apps that may lie anywhere: the link rewriter (pic/host) at work on a file. */
#ifndef BERTH_RELOCATABLE_H
#define BERTH_RELOCATABLE_H

#include <stdbool.h>

#include <pic/host/rewrite.h>
#include <pic/host/table.h>

#include "app_image.h"

struct relocatable {
    struct job job;
    struct rewrite rewrite;
    struct table table;
};

/* Was it linked to become one? */
bool relocatable_is_wanted(const char *path);

struct relocatable_options {
    const char *map;    /* map file of the link, or NULL */
    const char *relink; /* where to say what another link needs, or NULL */
    bool all_refusals;  /* print each, not the first alone */
};

/* Rewrites `elf` and makes the image of it, or says why not and ends the
 * program. */
void relocatable_make(struct relocatable *out, const struct elf_app *elf,
                      const struct app_sizes *sizes,
                      const struct relocatable_options *options,
                      struct app_image *image);

/* Has the kernel's engine look at the object. */
void relocatable_verify(struct relocatable *app, const struct bytes *tbf);

#endif
