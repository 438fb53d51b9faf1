/* SPDX-License-Identifier: Apache-2.0 */
/* The way into the kernel and out of it.
 *
 * While an app runs mscratch holds its context; while the kernel runs mscratch
 * is 0, so a trap from the kernel itself is told apart by one branch.
 *
 * The kernel's C code never touches a6, a7 and t3 to t6 (the compiler is told
 * so, and lint proves it on the linked image), and keeps s0 to s11 by the
 * calling convention. A system call that is answered without a change of
 * process therefore saves and restores ten registers, no more. gp and tp
 * belong to the app all the time.
 */
#include <arch/context.h>

#define X(n) (4 * (n))
#define MSTATUS_MPRV_HI 0x20 /* bit 17, as the operand of lui */
#define CAUSE_ECALL_U 8
#define CLASS_COMMAND 2
#define CLASSES 8

/* Back into the app, a0 and a1 set already. LIVE IN  sp = context */
    .macro RETURN_FROM_CALL
    lw    t0, X(0)(sp)
    csrw  mepc, t0
    csrw  mscratch, sp
    lw    ra, X(1)(sp)
    lw    t0, X(5)(sp)
    lw    t1, X(6)(sp)
    lw    t2, X(7)(sp)
    lw    a2, X(12)(sp)
    lw    a3, X(13)(sp)
    lw    a4, X(14)(sp)
    lw    a5, X(15)(sp)
    lw    sp, X(2)(sp)
    mret
    .endm

    .section .text.trap, "ax"

/* FROM  an app: ecall, exception or interrupt; or the kernel itself: a fault.
 * LIVE IN  every register, all the app's (or all the kernel's).  */
    .balign 4
    .globl trap_entry
trap_entry:
    csrrw sp, mscratch, sp       /* sp = context; mscratch = the app's sp */
    beqz  sp, trap_from_kernel
    sw    t0, X(5)(sp)
    csrrw t0, mscratch, zero     /* from here on the kernel is running */
    sw    t0, X(2)(sp)
    sw    ra, X(1)(sp)
    sw    t1, X(6)(sp)
    sw    t2, X(7)(sp)
    sw    a0, X(10)(sp)
    sw    a1, X(11)(sp)
    sw    a2, X(12)(sp)
    sw    a3, X(13)(sp)
    sw    a4, X(14)(sp)
    sw    a5, X(15)(sp)
    csrr  t1, mepc
    csrr  t0, mcause
    addi  t2, t0, -CAUSE_ECALL_U
    bnez  t2, leave_app

/* A system call. a0 to a3 are its arguments, a4 its class; the handler gets
 * a0 to a3 as they are and the process in a4, and answers in a0, a1. */
    addi  t1, t1, 4
    sw    t1, X(0)(sp)
    lw    t2, CONTEXT_SYSCALLS(sp)
    addi  t2, t2, 1
    sw    t2, CONTEXT_SYSCALLS(sp)
    andi  t0, a4, 0xff
    mv    a4, sp
    lui   t1, %hi(cpu)
    lw    sp, %lo(cpu + CPU_KERNEL_SP)(t1)
    beqz  t0, yield
    li    t2, CLASS_COMMAND
    beq   t0, t2, 2f
    li    t2, CLASSES
    bgeu  t0, t2, 1f
    slli  t0, t0, 2
    lui   t1, %hi(syscall_table)
    add   t1, t1, t0
    lw    t1, %lo(syscall_table)(t1)
    jalr  t1
    j     answer
1:  mv    a0, t0
    call  syscall_unknown_class
    j     answer
2:  call  syscall_command

/* LIVE IN  a0 = variant, or SYSRET_KEEP (negative): registers as saved;
 *          a1 = first value, if the variant has one */
answer:
    lui   t1, %hi(cpu)
    lw    t0, %lo(cpu + CPU_ATTENTION)(t1)
    lw    sp, %lo(cpu + CPU_CURRENT)(t1)
    bnez  t0, answer_through_loop
    bltz  a0, 6f
    addi  t1, a0, -128
    bnez  t1, 5f
    lw    a1, X(11)(sp)          /* plain Success: a1 stays the app's */
5:  RETURN_FROM_CALL

/* A yield has no answer: what it changes it has written to the context. */
yield:
    call  syscall_yield
keep:
    lui   t1, %hi(cpu)
    lw    t0, %lo(cpu + CPU_ATTENTION)(t1)
    lw    sp, %lo(cpu + CPU_CURRENT)(t1)
    bnez  t0, 7f
6:  lw    a0, X(10)(sp)
    lw    a1, X(11)(sp)
    RETURN_FROM_CALL
7:  li    a0, TRAP_NONE
    j     save_rest

/* An interrupt. The registers of a system call are saved, and more is not
 * needed unless another process is to run. LIVE IN  t0 = mcause, sp = context */
interrupt:
    lui   t1, %hi(cpu)
    lw    t2, %lo(cpu + CPU_PREEMPT)(t1)
    beq   t0, t2, preempted
    mv    a0, t0
    lw    sp, %lo(cpu + CPU_KERNEL_SP)(t1)
    call  kernel_interrupt
    j     keep

/* The same answer, written to the context because the kernel's loop decides
 * who runs next. LIVE IN  a0, a1 the answer; sp = context */
answer_through_loop:
    bltz  a0, 7b
    sw    a0, X(10)(sp)
    addi  t0, a0, -128
    beqz  t0, 7b
    sw    a1, X(11)(sp)
    j     7b

/* Anything but a system call. LIVE IN  t0 = mcause, t1 = mepc, sp = context */
leave_app:
    sw    t1, X(0)(sp)
    bltz  t0, interrupt
    mv    a0, t0
    csrr  a1, mtval
    j     save_rest
preempted:
    li    a0, TRAP_PREEMPTED

/* LIVE IN  a0 = cause for the loop, a1 = value if it is a fault; sp = context,
 * of which the ten registers of a system call are saved already */
save_rest:
    sw    gp, X(3)(sp)
    sw    tp, X(4)(sp)
    sw    s0, X(8)(sp)
    sw    s1, X(9)(sp)
    sw    a6, X(16)(sp)
    sw    a7, X(17)(sp)
    sw    s2, X(18)(sp)
    sw    s3, X(19)(sp)
    sw    s4, X(20)(sp)
    sw    s5, X(21)(sp)
    sw    s6, X(22)(sp)
    sw    s7, X(23)(sp)
    sw    s8, X(24)(sp)
    sw    s9, X(25)(sp)
    sw    s10, X(26)(sp)
    sw    s11, X(27)(sp)
    sw    t3, X(28)(sp)
    sw    t4, X(29)(sp)
    sw    t5, X(30)(sp)
    sw    t6, X(31)(sp)
    lui   t0, %hi(cpu)
    lw    sp, %lo(cpu + CPU_KERNEL_SP)(t0)
    lw    ra, %lo(cpu + CPU_RESUME)(t0)
    ret

/* FROM  arch_run, in the kernel's loop. LIVE IN  a0 = context.
 * Comes back through save_rest with a0 = cause, a1 = value. */
    .globl arch_enter
arch_enter:
    lui   t0, %hi(cpu)
    sw    sp, %lo(cpu + CPU_KERNEL_SP)(t0)
    sw    ra, %lo(cpu + CPU_RESUME)(t0)
    sw    a0, %lo(cpu + CPU_CURRENT)(t0)
    mv    sp, a0
    lw    t0, X(0)(sp)
    csrw  mepc, t0
    csrw  mscratch, sp
    lw    ra, X(1)(sp)
    lw    gp, X(3)(sp)
    lw    tp, X(4)(sp)
    lw    t0, X(5)(sp)
    lw    t1, X(6)(sp)
    lw    t2, X(7)(sp)
    lw    s0, X(8)(sp)
    lw    s1, X(9)(sp)
    lw    a0, X(10)(sp)
    lw    a1, X(11)(sp)
    lw    a2, X(12)(sp)
    lw    a3, X(13)(sp)
    lw    a4, X(14)(sp)
    lw    a5, X(15)(sp)
    lw    a6, X(16)(sp)
    lw    a7, X(17)(sp)
    lw    s2, X(18)(sp)
    lw    s3, X(19)(sp)
    lw    s4, X(20)(sp)
    lw    s5, X(21)(sp)
    lw    s6, X(22)(sp)
    lw    s7, X(23)(sp)
    lw    s8, X(24)(sp)
    lw    s9, X(25)(sp)
    lw    s10, X(26)(sp)
    lw    s11, X(27)(sp)
    lw    t3, X(28)(sp)
    lw    t4, X(29)(sp)
    lw    t5, X(30)(sp)
    lw    t6, X(31)(sp)
    lw    sp, X(2)(sp)
    mret

/* A trap taken in the kernel: the checked user copy was denied, or panic.
 * LIVE IN  mscratch = the kernel's sp; everything else the kernel's.
 * MPRV goes off before memory is touched. */
trap_from_kernel:
    lui   sp, MSTATUS_MPRV_HI
    csrc  mstatus, sp
    lui   sp, %hi(panic_context)
    addi  sp, sp, %lo(panic_context)
    sw    t0, X(5)(sp)
    sw    t1, X(6)(sp)
    csrr  t0, mepc
    sw    t0, X(0)(sp)
    lui   t1, %hi(user_copy_begin)
    addi  t1, t1, %lo(user_copy_begin)
    bltu  t0, t1, 1f
    lui   t1, %hi(user_copy_end)
    addi  t1, t1, %lo(user_copy_end)
    bgeu  t0, t1, 1f
    csrr  t1, mcause
    andi  t1, t1, ~2             /* 5 load, 7 store */
    addi  t1, t1, -5
    bnez  t1, 1f
    csrrw sp, mscratch, zero     /* go on in the copy's own exit */
    j     user_copy_denied
1:  csrrw t0, mscratch, zero
    sw    t0, X(2)(sp)
    sw    ra, X(1)(sp)
    sw    t2, X(7)(sp)
    sw    a0, X(10)(sp)
    sw    a1, X(11)(sp)
    sw    a2, X(12)(sp)
    sw    a3, X(13)(sp)
    sw    a4, X(14)(sp)
    sw    a5, X(15)(sp)
    csrr  a0, mcause
    csrr  a1, mtval
    lui   t0, %hi(cpu)           /* the loop is never gone back to: */
    lui   t1, %hi(panic_trap)
    addi  t1, t1, %lo(panic_trap)
    sw    t1, %lo(cpu + CPU_RESUME)(t0)
    lui   t1, %hi(__stack_top)   /* the old stack may be what broke */
    addi  t1, t1, %lo(__stack_top)
    sw    t1, %lo(cpu + CPU_KERNEL_SP)(t0)
    j     save_rest
