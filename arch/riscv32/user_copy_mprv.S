/* SPDX-License-Identifier: Apache-2.0 */
/* The checked copies, for chips with MPRV: each access to the app's side is
 * made with the privilege in mstatus.MPP, which is U while the kernel runs, so
 * the PMP checks it with the rights of the loaded process. A denied access
 * traps; trap.S recognises the range and goes on at user_copy_denied.
 *
 * The copies: a0 = to, a1 = from, a2 = length; 0 in a0 when all was
 * copied. Words when both sides are aligned, otherwise bytes. */

#define MPRV t0

    .section .text.user_copy, "ax"
    .globl user_copy_begin
user_copy_begin:

    .globl arch_copy_from_app
arch_copy_from_app:
    lui   MPRV, 0x20
    or    t1, a0, a1
    andi  t1, t1, 3
    bnez  t1, 3f
    li    t1, 4
1:  bltu  a2, t1, 3f
    csrs  mstatus, MPRV
    lw    t2, 0(a1)
    csrc  mstatus, MPRV
    sw    t2, 0(a0)
    addi  a0, a0, 4
    addi  a1, a1, 4
    addi  a2, a2, -4
    j     1b
2:  csrs  mstatus, MPRV
    lbu   t2, 0(a1)
    csrc  mstatus, MPRV
    sb    t2, 0(a0)
    addi  a0, a0, 1
    addi  a1, a1, 1
    addi  a2, a2, -1
3:  bnez  a2, 2b
    li    a0, 0
    ret

    .globl arch_copy_to_app
arch_copy_to_app:
    lui   MPRV, 0x20
    or    t1, a0, a1
    andi  t1, t1, 3
    bnez  t1, 3f
    li    t1, 4
1:  bltu  a2, t1, 3f
    lw    t2, 0(a1)
    csrs  mstatus, MPRV
    sw    t2, 0(a0)
    csrc  mstatus, MPRV
    addi  a0, a0, 4
    addi  a1, a1, 4
    addi  a2, a2, -4
    j     1b
2:  lbu   t2, 0(a1)
    csrs  mstatus, MPRV
    sb    t2, 0(a0)
    csrc  mstatus, MPRV
    addi  a0, a0, 1
    addi  a1, a1, 1
    addi  a2, a2, -1
3:  bnez  a2, 2b
    li    a0, 0
    ret

/* a0 = to, a1 = byte. */
    .globl arch_put_flag
arch_put_flag:
    lui   MPRV, 0x20
    csrs  mstatus, MPRV
    sb    a1, 0(a0)
    csrc  mstatus, MPRV
    ret

    .globl user_copy_end
user_copy_end:

/* FROM  trap_from_kernel, MPRV off already. A trap from M left MPP = M. */
    .globl user_copy_denied
user_copy_denied:
    li    t0, 0x1800
    csrc  mstatus, t0
    li    a0, 1
    ret
