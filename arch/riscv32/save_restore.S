/* SPDX-License-Identifier: Apache-2.0 */
/* What -msave-restore calls instead of a prologue and an epilogue, as libgcc has it,
 * but exact: each saves what it is asked for and no more, for what is executed
 * counts here, too. A board links it by naming it in BOARD_SOURCES.
 *
 * What is stored below sp is safe: nothing interrupts the kernel. */

    .macro SAVE n
    .globl __riscv_save_\n
__riscv_save_\n:
    .endm

    .macro RESTORE n
    .globl __riscv_restore_\n
__riscv_restore_\n:
    .endm

    .section .text.save_restore, "ax"

/* __riscv_save_N: ra and s0 to s(N-1), and a frame of as many words, to a multiple
 * of 16 bytes. LIVE IN  t0 = where to go on */
SAVE 3
    sw    s2, -16(sp)
SAVE 2
    sw    s1, -12(sp)
SAVE 1
    sw    s0, -8(sp)
SAVE 0
    sw    ra, -4(sp)
    addi  sp, sp, -16
    jr    t0

SAVE 7
    sw    s6, -32(sp)
SAVE 6
    sw    s5, -28(sp)
SAVE 5
    sw    s4, -24(sp)
SAVE 4
    sw    s3, -20(sp)
    addi  sp, sp, -32
    sw    s2, 16(sp)
    sw    s1, 20(sp)
    sw    s0, 24(sp)
    sw    ra, 28(sp)
    jr    t0

SAVE 11
    sw    s10, -48(sp)
SAVE 10
    sw    s9, -44(sp)
SAVE 9
    sw    s8, -40(sp)
SAVE 8
    sw    s7, -36(sp)
    addi  sp, sp, -48
    sw    s6, 16(sp)
    sw    s5, 20(sp)
    sw    s4, 24(sp)
    sw    s3, 28(sp)
    sw    s2, 32(sp)
    sw    s1, 36(sp)
    sw    s0, 40(sp)
    sw    ra, 44(sp)
    jr    t0

SAVE 12
    sw    s11, -52(sp)
    addi  sp, sp, -64
    sw    s10, 16(sp)
    sw    s9, 20(sp)
    sw    s8, 24(sp)
    sw    s7, 28(sp)
    sw    s6, 32(sp)
    sw    s5, 36(sp)
    sw    s4, 40(sp)
    sw    s3, 44(sp)
    sw    s2, 48(sp)
    sw    s1, 52(sp)
    sw    s0, 56(sp)
    sw    ra, 60(sp)
    jr    t0

/* __riscv_restore_N: the same registers again, and back to ra. A frame is given back
 * 16 bytes at a time, so that its end is everybody's. */
RESTORE 12
    lw    s11, 12(sp)
    addi  sp, sp, 16
RESTORE 11
    lw    s10, 0(sp)
RESTORE 10
    lw    s9, 4(sp)
RESTORE 9
    lw    s8, 8(sp)
RESTORE 8
    lw    s7, 12(sp)
    addi  sp, sp, 16
RESTORE 7
    lw    s6, 0(sp)
RESTORE 6
    lw    s5, 4(sp)
RESTORE 5
    lw    s4, 8(sp)
RESTORE 4
    lw    s3, 12(sp)
    addi  sp, sp, 16
RESTORE 3
    lw    s2, 0(sp)
RESTORE 2
    lw    s1, 4(sp)
RESTORE 1
    lw    s0, 8(sp)
RESTORE 0
    lw    ra, 12(sp)
    addi  sp, sp, 16
    ret
