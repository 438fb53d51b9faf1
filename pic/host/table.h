/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel's engine is told: the descriptor and the table of words, as
 * docs/relocation-format.md has them. */
#ifndef PIC_HOST_TABLE_H
#define PIC_HOST_TABLE_H

#include <pic/host/rewrite.h>
#include <pic/reloc.h>

struct table {
    /* RELOC_DATA_OFFSET and RELOC_TABLE_OFFSET count from the app binary's
     * start as long as it is not known how long the header gets. */
    uint32_t descriptor[RELOC_WORDS];
    uint32_t *relr;
    size_t relr_count;
};

/* The smallest RELR stream for `count` ascending offsets, multiples of 4; its
 * length in words. `out` has room for `count` + 1 words. */
size_t relr_encode(uint32_t *out, const uint32_t *offsets, size_t count);

/* The same for RELOC_RELR_NEAR; offsets up to RELOC_NEAR_OFFSETS. */
size_t relr_near_encode(uint32_t *out, const uint32_t *offsets, size_t count);

void table_make(struct table *out, struct rewrite *r);

/* Has the kernel's engine prepare the object at two placements and compares
 * every byte with what it should be, or job_internal. */
void table_prove(struct rewrite *r, const uint8_t *tbf, uint32_t len);

#endif
