/* SPDX-License-Identifier: Apache-2.0 */
/* The core at boot: is it what the board promised, and the kernel's own
 * guards. Those are locked and stay until the next hart reset, which need not
 * come with a restart of the kernel: a guard that is there already is
 * accepted if it is the very one. */
#include <kernel/arch.h>

#include "csr.h"
#include "guard.h"

/* probe.S */
uint32_t probe_pmp_last(void);
uint32_t probe_pmp_grain(void);

extern uint8_t __stack_guard[]; /* kernel.ld */

#define GUARD_SIZE 64u

static const char pmp_is_locked[] = "PMP is locked: power off and on";

/* Locked by us before a restart, or not locked: fine. */
void guard_check(uint32_t addr, uint8_t cfg, uint32_t addr_now, uint8_t cfg_now)
{
    if (cfg_now != cfg || addr_now != addr)
        panic(pmp_is_locked);
}

/* Entry 6: no access for anyone to the bytes below the kernel's stack. */
static void stack_guard_raise(void)
{
    uint32_t addr = 0;
    uint8_t cfg = 0;
    err_t e = pmp_encode_napot((uint32_t)(uintptr_t)__stack_guard, GUARD_SIZE,
                               CFG_LOCK, &addr, &cfg);
    kassert(e == OK);
    csr_write(pmpaddr6, addr);
    csr_write(pmpcfg1, csr_read(pmpcfg1) | (uint32_t)cfg << 16);
    guard_check(addr, cfg, csr_read(pmpaddr6), cfg_byte(csr_read(pmpcfg1), 2));
}

/* The bytes of a cfg register that are locked. */
static uint32_t locked_part(uint32_t cfg)
{
    return cfg & ((cfg >> 7 & 0x01010101u) * 0xFFu);
}

/* Everything off that is not locked. Locked entries are written as they are:
 * there are cores that let go of them otherwise once MML is set. */
static void entries_clear(void)
{
    csr_write(pmpcfg0, locked_part(csr_read(pmpcfg0)));
    csr_write(pmpcfg1, locked_part(csr_read(pmpcfg1)));
    if (PMP_ENTRIES == 16) {
        csr_write(pmpcfg2, locked_part(csr_read(pmpcfg2)));
        csr_write(pmpcfg3, locked_part(csr_read(pmpcfg3)));
    }
    if ((csr_read(pmpcfg0) | (csr_read(pmpcfg1) & 0xFFFFu)) != 0)
        panic(pmp_is_locked);
}

static void chip_check(void)
{
    entries_clear();
    if (probe_pmp_last() == 0)
        panic("too few PMP entries for the board");
    if ((probe_pmp_grain() & 1u) == 0)
        panic("PMP granularity above 4 bytes");
}

void arch_init(void)
{
    chip_check();
    stack_guard_raise();
    text_wall_raise();
}
