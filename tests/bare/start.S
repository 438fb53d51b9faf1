/* SPDX-License-Identifier: Apache-2.0 */
/* For programs without a kernel, loaded to RAM as they are: hart 0 gets a stack
 * and main(), the others wait for ever. */
    .section .init, "ax"
    .globl _start
_start:
    csrr  t0, mhartid
    bnez  t0, 1f
    la    sp, stack_top
    call  main
1:  wfi
    j     1b

    .bss
    .balign 16
    .skip 4096
stack_top:
