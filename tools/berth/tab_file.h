/* SPDX-License-Identifier: Apache-2.0 */
/* TAB bundles: a tar archive of metadata.toml and one TBF per build. */
#ifndef BERTH_TAB_FILE_H
#define BERTH_TAB_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "file.h"

struct tab_member {
    char name[80];
    struct bytes data;
    time_t date; /* of one that was read */
};

struct tab_spec {
    const char *name;
    const char *boards; /* `only-for-boards`; NULL: any */
    uint32_t kernel_major, kernel_minor;
    time_t date;
};

/* The whole archive. */
struct bytes tab_write(const struct tab_spec *spec,
                       const struct tab_member *members, size_t count);

/* An archive of members that were read, in their order, each as it was. */
struct bytes tab_write_again(const struct tab_member *members, size_t count);

/* Is it a build, by its name? */
bool tab_is_build(const struct tab_member *member);

/* "PATH: MEMBER", or PATH for NULL, fit for a terminal and for JSON. */
const char *name_printable(const char *path, const char *member);

bool tab_is_tab(const uint8_t *bytes, size_t len);

/* The members of an archive in their order, *count of them. `path` names it in
 * messages. */
struct tab_member *tab_read(const char *path, const struct bytes *file,
                            size_t *count);

#endif
