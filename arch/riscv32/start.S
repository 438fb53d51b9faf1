/* SPDX-License-Identifier: Apache-2.0 */
/* From reset to main(): a known core, a stack, .data and .bss. */
    .section .text.start, "ax"
    .globl _start
_start:
    csrci mstatus, 8             /* interrupts stay off in the kernel */
    li    t0, 0x21800            /* MPRV = 0, MPP = U: what mret and the */
    csrc  mstatus, t0            /* checked copies find ever after */
    csrw  mscratch, zero         /* the kernel is running */
    la    t0, trap_entry
    csrw  mtvec, t0
    la    sp, __stack_top

    la    t0, __data_start
    la    t1, __data_end
    la    t2, __data_load
1:  bgeu  t0, t1, 2f
    lw    a0, 0(t2)
    sw    a0, 0(t0)
    addi  t2, t2, 4
    addi  t0, t0, 4
    j     1b

2:  la    t0, __bss_start        /* 16-aligned at both ends */
    la    t1, __bss_end
    bgeu  t0, t1, 4f
3:  sw    zero, 0(t0)
    sw    zero, 4(t0)
    sw    zero, 8(t0)
    sw    zero, 12(t0)
    addi  t0, t0, 16
    bltu  t0, t1, 3b

4:  call  main
5:  j     5b
