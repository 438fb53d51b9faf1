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

bool tab_is_tab(const uint8_t *bytes, size_t len);

/* The members of an archive in their order, *count of them. `path` names it in
 * messages. */
struct tab_member *tab_read(const char *path, const struct bytes *file,
                            size_t *count);

#endif
