/* SPDX-License-Identifier: Apache-2.0 */
/* From ELF files to the members of a TAB. */
#ifndef BERTH_MEMBER_H
#define BERTH_MEMBER_H

#include <time.h>

#include "app_image.h"
#include "relocatable.h"
#include "tab_file.h"
#include "tbf_write.h"

struct member_spec {
    struct app_sizes sizes;
    struct tbf_spec tbf;
    struct relocatable_options relocatable;
    bool is_explaining;
    const char *arch; /* in member names; NULL: the ELF's */
};

/* One member per file, named by its architecture and, if it is bound to them,
 * its addresses. Two of the same name are refused. */
struct tab_member *members_make(const struct member_spec *spec, char **files,
                                size_t count);

/* One of them, whatever its name. */
void member_make(const struct member_spec *spec, const char *path,
                 struct tab_member *out);

/* Now, or what SOURCE_DATE_EPOCH says; 0 for none. */
time_t build_date(bool is_deterministic);

#endif
