/* SPDX-License-Identifier: Apache-2.0 */
/* For abi_registers.c: fills every register from a frame, makes a system call
 * or computes, and puts every register back into the frame. Written once for
 * each of two registers that find the frame: that one is the frame's address,
 * all others hold patterns, so nothing here may be relaxed to use gp. */

    .option norelax

    .macro EACH instruction, base, offset
    .irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    .if \n != \base
    \instruction x\n, \offset + 4 * \n(x\base)
    .endif
    .endr
    .endm

/* From C into the patterns. LIVE IN  a0 = the frame */
    .macro LEAVE_C base
    addi  sp, sp, -128
    EACH  sw, 2, 0
    lui   t0, %hi(registers_saved_sp)
    sw    sp, %lo(registers_saved_sp)(t0)
    mv    x\base, a0
    EACH  lw, \base, 0
    .endm

/* And back: what the registers hold now into the frame's second part. */
    .macro ENTER_C base
    EACH  sw, \base, 128
    lui   t0, %hi(registers_saved_sp)
    lw    sp, %lo(registers_saved_sp)(t0)
    EACH  lw, 2, 0
    addi  sp, sp, 128
    ret
    .endm

    .macro FUNCTIONS name, base
    .globl call_by_\name, spin_by_\name, upcall_by_\name
    .globl behind_call_by_\name
call_by_\name:
    LEAVE_C \base
    ecall
behind_call_by_\name:
    ENTER_C \base
spin_by_\name:                  /* t0 times */
    LEAVE_C \base
1:  addi  t0, t0, -1
    bnez  t0, 1b
    ENTER_C \base
upcall_by_\name:                /* into the frame's third part */
    EACH  sw, \base, 256
    ret
    .endm

    .section .text.registers, "ax"
    FUNCTIONS sp, 2
    FUNCTIONS t6, 31
