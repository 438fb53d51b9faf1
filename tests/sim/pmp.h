/* SPDX-License-Identifier: Apache-2.0 */
/* Physical memory protection as the privileged specification (and, if it is
 * there, Smepmp) has it, exact to the byte. Pure: knows no machine. */
#ifndef TESTS_SIM_PMP_H
#define TESTS_SIM_PMP_H

#include <stdbool.h>
#include <stdint.h>

enum { PMP_MOST = 16 };

/* pmpcfg */
#define PMP_R 0x01u
#define PMP_W 0x02u
#define PMP_X 0x04u
#define PMP_A 0x18u
#define PMP_L 0x80u
enum { PMP_OFF = 0x00, PMP_TOR = 0x08, PMP_NA4 = 0x10, PMP_NAPOT = 0x18 };

/* mseccfg */
#define MSECCFG_MML 1u
#define MSECCFG_MMWP 2u
#define MSECCFG_RLB 4u

struct pmp {
    uint32_t entries; /* 0: there is no PMP, everything is allowed */
    bool smepmp;
    uint32_t address[PMP_MOST];
    uint8_t config[PMP_MOST];
    uint32_t mseccfg;
    /* What each entry covers, from the registers; to <= from: nothing. */
    uint64_t from[PMP_MOST], to[PMP_MOST];
};

enum pmp_kind { PMP_LOAD = PMP_R, PMP_STORE = PMP_W, PMP_FETCH = PMP_X };

void pmp_reset(struct pmp *);

/* Register writes by M-mode; what is locked or not there stays as it is. */
void pmp_write_config(struct pmp *, uint32_t reg, uint32_t value);
void pmp_write_address(struct pmp *, uint32_t entry, uint32_t value);
void pmp_write_mseccfg(struct pmp *, uint32_t value);
uint32_t pmp_read_config(const struct pmp *, uint32_t reg);

/* Whether an access of these bytes (at least 1, not beyond 4 GiB) is allowed
 * to M (`machine`) or U. */
bool pmp_allows(const struct pmp *, uint32_t address, uint32_t bytes,
                enum pmp_kind, bool machine);

/* The same for a single byte, and the widest stretch [*from, *to) around it
 * that is decided by the same entry (or by none): each access within it has
 * this verdict. */
bool pmp_verdict(const struct pmp *, uint32_t address, enum pmp_kind,
                 bool machine, uint64_t *from, uint64_t *to);

/* Two active entries that cover a common byte, if there are any. */
bool pmp_overlap(const struct pmp *, uint32_t *one, uint32_t *other);

#endif
