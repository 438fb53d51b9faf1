/* SPDX-License-Identifier: Apache-2.0 */
/* Memory regions to PMP register values. Pure: it touches no CSR, so that all
 * of it runs in host tests. pmp.c writes the values and decides nothing. */
#ifndef ARCH_PMP_ENCODE_H
#define ARCH_PMP_ENCODE_H

#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>

/* Rights, as in a pmpcfg byte. */
enum pmp_rights { PMP_R = 1, PMP_W = 2, PMP_X = 4 };

/* The rest of a pmpcfg byte. */
enum pmp_mode {
    PMP_OFF = 0x00,
    PMP_TOR = 0x08,
    PMP_NA4 = 0x10,
    PMP_NAPOT = 0x18
};
#define PMP_LOCK 0x80u

/* Entries that change with the process: a base (OFF) and a TOR per region. */
#define PMP_APP_ENTRIES 6u
#define PMP_APP_REGIONS (PMP_APP_ENTRIES / 2u)

/* Memory from `start` up to, not including, `end`; both multiples of 4. A
 * region that is empty (start == end) or has no rights grants nothing. */
struct region {
    uint32_t start;
    uint32_t end;
    uint8_t rights;
};

/* What entries 0 to 5 hold. cfg[0] is pmpcfg0; of cfg[1], for pmpcfg1, only
 * the low 16 bits are ever set: the others are not the app's. */
struct pmp_image {
    uint32_t addr[PMP_APP_ENTRIES];
    uint32_t cfg[2];
};

/* Region i goes to entries 2i and 2i + 1, so a caller that wants one at a
 * certain pair puts empty regions before it. Pairs that grant nothing are OFF
 * with addresses 0. Refuses, with *out unchanged: SIZE for more regions than
 * there are pairs; INVAL for a misaligned one, one that ends before it starts
 * (that is also how an end at or beyond 4 GiB looks), W without R, unknown
 * rights, and regions that overlap. Regions may touch. */
MUST_CHECK err_t pmp_encode(const struct region *regions, uint32_t count,
                            struct pmp_image *out);

/* One naturally aligned power of two of memory, at least 8 bytes, in a single
 * entry; `flags` are rights and PMP_LOCK. INVAL, with nothing written, for
 * anything else. */
MUST_CHECK err_t pmp_encode_napot(uint32_t start, uint32_t size, uint8_t flags,
                                  uint32_t *addr, uint8_t *cfg);

#endif
