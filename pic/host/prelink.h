/* SPDX-License-Identifier: Apache-2.0 */
/* Which read-only sections of a link's inputs hold addresses. Flash is never
 * patched, so the linker script has to place them in RAM. No input is changed:
 * what comes out are lines for the script. */
#ifndef PIC_HOST_PRELINK_H
#define PIC_HOST_PRELINK_H

#include <stdint.h>
#include <stdio.h>

#include <pic/host/job.h>
#include <pic/host/map.h>

struct prelink {
    FILE *out;
    const struct map *map; /* only what it says was linked; NULL: everything */
    size_t sections;       /* found so far */
    uint32_t bytes;        /* in them */
};

/* One object or archive. `file` belongs to libelf for the job's time. */
void prelink_scan(struct prelink *p, struct job *job, const char *path,
                  uint8_t *file, size_t len);

#endif
