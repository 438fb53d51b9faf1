/* SPDX-License-Identifier: Apache-2.0 */
/* The core at boot: is it what the board promised, and the kernel's own
 * guards. Those are locked and stay until the next hart reset, which need not
 * come with a restart of the kernel: a guard that is there already is
 * accepted if it is the very one. */
#include <kernel/arch.h>

#include "csr.h"

/* probe.S */
uint32_t probe_pmp_last(void);
uint32_t probe_pmp_grain(void);
uint32_t probe_mseccfg(void);

/* kernel.ld: the stack guard, the memory the kernel executes from, and that in
 * which a reset begins. */
extern uint8_t __stack_guard[], __rom_start[], __rom_size[];
extern uint8_t __reset_start[], __reset_size[];

#define GUARD_SIZE 64u
#define CFG_LOCK 0x80u
#define CFG_NAPOT 0x18u
#define MSECCFG_MML 1u

/* Byte `n` of a cfg register. */
static uint8_t cfg_byte(uint32_t cfg, uint32_t n)
{
    return (uint8_t)(cfg >> (8 * n));
}

static const char locked[] = "PMP is locked: power off and on";

/* Locked by us before a restart, or not locked: fine. */
static void guard_check(uint32_t addr, uint8_t cfg, uint32_t addr_now,
                        uint8_t cfg_now)
{
    if (cfg_now != cfg || addr_now != addr)
        panic(locked);
}

/* Entry 6: no access for anyone to the bytes below the kernel's stack. */
static void stack_guard_raise(void)
{
    uint32_t addr;
    uint8_t cfg;
    err_t e = pmp_encode_napot((uint32_t)(uintptr_t)__stack_guard, GUARD_SIZE,
                               CFG_LOCK, &addr, &cfg);
    kassert(e == OK);
    csr_write(pmpaddr6, addr);
    csr_write(pmpcfg1, csr_read(pmpcfg1) | (uint32_t)cfg << 16);
    guard_check(addr, cfg, csr_read(pmpaddr6), cfg_byte(csr_read(pmpcfg1), 2));
}

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
static void text_wall_raise(void)
{
    uint32_t addr, reset_addr;
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
        panic(locked);
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
    if (probe_mseccfg() != 0xFFFFFFFFu)
        text_wall_raise();
}
