/* SPDX-License-Identifier: Apache-2.0 */
/* For abi_start.c: a start-up of its own, which first notes what the kernel
 * has left in the registers and in the first word of RAM.
 *
 * FROM     the kernel
 * LIVE IN  a0 to a3 and sp; all others are 0, which is what is tested */

    .section .start, "ax", @progbits
    .globl _start
_start:
    .irp n, 1,3,4,6,7,8,9,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    or    t0, t0, x\n
    .endr
    mv    s0, a0
    mv    s1, a1
    mv    s2, a2
    mv    s3, a3
    mv    s4, sp
    lw    s5, 0(a1)             /* accessible before any break is set */
    sw    t0, 0(a1)
    lw    s6, 0(a1)

    .option push
    .option norelax
    la    gp, __global_pointer$
    .option pop
    la    a1, _heap_start
    li    a0, 0
    li    a4, 5
    ecall
    la    sp, _stack_top
    la    tp, _tls_start
    la    t0, _data_image
    la    t1, _data_start
    la    t2, _data_end
1:  bgeu  t1, t2, 2f
    lw    t3, 0(t0)
    sw    t3, 0(t1)
    addi  t0, t0, 4
    addi  t1, t1, 4
    j     1b

2:  la    t0, found
    sw    s0, 0(t0)
    sw    s1, 4(t0)
    sw    s2, 8(t0)
    sw    s3, 12(t0)
    sw    s4, 16(t0)
    sw    s5, 20(t0)
    sw    s6, 24(t0)
    tail  rt_start
