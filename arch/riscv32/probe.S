/* SPDX-License-Identifier: Apache-2.0 */
/* What the core has, found out by trying, at boot only: while a probe runs, a
 * trap skips the instruction that caused it and leaves its result alone.
 * mtvec takes trap_skip_vector, by which linker/kernel.ld means trap_skip or a
 * table that leads there. */

    .section .text.probe, "ax"

    .balign 4
    .globl trap_skip
trap_skip:                       /* t0 is the probes' scratch register */
    csrr  t0, mepc
    addi  t0, t0, 4
    csrw  mepc, t0
    li    t0, 0x1800             /* back to M, the privilege that trapped */
    csrs  mstatus, t0
    mret

/* uint32_t probe_pmp_last(void): what the last of the PMP_ENTRIES the board
 * counts on makes of all ones for an address; 0: it is not there. A core has
 * the entries of low numbers first, so if that one is there they all are.
 * Leaves the address as it is. */
    .globl probe_pmp_last
probe_pmp_last:
    csrr  a1, mtvec
    la    t1, trap_skip_vector
    csrw  mtvec, t1
    li    a0, 0
    li    a2, -1
    .option push
    .option norvc
    csrrw t2, 0x3b0 + PMP_ENTRIES - 1, a2
    csrrw a0, 0x3b0 + PMP_ENTRIES - 1, t2
    .option pop
probe_done:
    csrw  mtvec, a1
    li    t1, 0x1800             /* mret wants to find MPP = U */
    csrc  mstatus, t1
    ret

/* uint32_t probe_pmp_grain(void): pmpaddr0 as it reads after all ones were
 * written with the entry off; the lowest set bit is the granularity. */
    .globl probe_pmp_grain
probe_pmp_grain:
    li    a2, -1
    csrrw t2, pmpaddr0, a2
    csrrw a0, pmpaddr0, t2
    ret

/* uint32_t probe_mseccfg(void): Smepmp's register, or -1 where there is none.
 * While nothing is locked, RLB can be set and cleared; a register that keeps
 * it is the real one. With rules locked already (a restart that kept them) the
 * value itself tells. */
    .section .text.probe.mseccfg, "ax"
    .globl probe_mseccfg
probe_mseccfg:
    csrr  a1, mtvec
    la    t1, trap_skip_vector
    csrw  mtvec, t1
    li    a0, -1
    li    a2, 0
    .option push
    .option norvc
    csrr  a0, 0x747
    csrsi 0x747, 4
    csrr  a2, 0x747
    csrci 0x747, 4
    .option pop
    bltz  a0, 1f
    or    a0, a0, a2             /* RLB set: it could be */
1:  j     probe_done
