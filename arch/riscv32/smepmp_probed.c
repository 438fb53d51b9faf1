/* SPDX-License-Identifier: Apache-2.0 */
/* See guard.h: a core that may have Smepmp. */
#include <kernel/arch.h>

#include "csr.h"
#include "guard.h"

uint32_t probe_mseccfg(void); /* probe.S */

/* kernel.ld: the memory the kernel executes from, and that in which a reset
 * begins. */
extern uint8_t __rom_start[], __rom_size[];
extern uint8_t __reset_start[], __reset_size[];

#define MSECCFG_MML 1u

/* What M-mode may execute, for it alone, in one locked entry. */
static uint8_t text_rule(const uint8_t *start, const uint8_t *size,
                         uint32_t *addr)
{
    uint8_t cfg;
    err_t e =
        pmp_encode_napot((uint32_t)(uintptr_t)start, (uint32_t)(uintptr_t)size,
                         CFG_LOCK | PMP_R | PMP_X, addr, &cfg);
    kassert(e == OK);
    return cfg;
}

/* With Smepmp only: what the kernel executes is read-execute for it alone, in
 * the last entry, and from then on nothing else is executable in M-mode, and
 * no app memory is within the kernel's reach but through checked copies. The
 * machine's own reset code stays executable too: a reset may come to it with
 * these rules still in force. */
void text_wall_raise(void)
{
    uint32_t addr, reset_addr;
    if (probe_mseccfg() == 0xFFFFFFFFu)
        return;
    uint8_t cfg = text_rule(__rom_start, __rom_size, &addr);
    if (PMP_ENTRIES == 16) {
        uint8_t reset = text_rule(__reset_start, __reset_size, &reset_addr);
        csr_write(pmpaddr14, reset_addr);
        csr_write(pmpaddr15, addr);
        csr_write(pmpcfg3, (uint32_t)cfg << 24 | (uint32_t)reset << 16);
        guard_check(reset_addr, reset, csr_read(pmpaddr14),
                    cfg_byte(csr_read(pmpcfg3), 2));
        guard_check(addr, cfg, csr_read(pmpaddr15),
                    cfg_byte(csr_read(pmpcfg3), 3));
    } else {
        csr_write(pmpaddr7, addr);
        csr_write(pmpcfg1, csr_read(pmpcfg1) | (uint32_t)cfg << 24);
        guard_check(addr, cfg, csr_read(pmpaddr7),
                    cfg_byte(csr_read(pmpcfg1), 3));
    }
    csr_write(CSR_MSECCFG, MSECCFG_MML);
    csr_write(pmpcfg0, 0); /* some cores notice the change only now */
}
