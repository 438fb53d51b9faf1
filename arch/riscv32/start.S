/* SPDX-License-Identifier: Apache-2.0 */
/* From reset to main(): a known core, a stack, .data and .bss. */
    .section .text.start, "ax"
    .globl _start
_start:
    csrci mstatus, 8             /* interrupts stay off in the kernel */
    li    t0, 0x21800            /* MPRV = 0, MPP = U: what mret and the */
    csrc  mstatus, t0            /* checked copies find ever after */
    csrw  mscratch, zero         /* the kernel is running */
    la    t0, trap_vector     /* trap_entry, or a table: kernel.ld */
    csrw  mtvec, t0
    la    sp, __stack_top

    la    a0, __data_start       /* 16-aligned at both ends. In these */
    la    a1, __data_end         /* registers a load takes 2 bytes. */
    la    a2, __data_load
    bgeu  a0, a1, 2f
1:  lw    a3, 0(a2)
    lw    a4, 4(a2)
    lw    a5, 8(a2)
    lw    s0, 12(a2)
    sw    a3, 0(a0)
    sw    a4, 4(a0)
    sw    a5, 8(a0)
    sw    s0, 12(a0)
    addi  a2, a2, 16
    addi  a0, a0, 16
    bltu  a0, a1, 1b

2:  la    a0, __bss_start        /* a multiple of 64, not 0, long. In */
    la    a1, __bss_end          /* these registers a store takes 2 bytes. */
    li    a2, 0
3:
    .irp  at, 0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60
    sw    a2, \at(a0)
    .endr
    addi  a0, a0, 64
    bltu  a0, a1, 3b

    call  main
4:  j     4b
