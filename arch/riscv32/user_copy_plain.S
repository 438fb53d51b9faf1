/* SPDX-License-Identifier: Apache-2.0 */
/* The copies to and from apps for chips without MPRV: the kernel's own range
 * check has to do. Same interface as user_copy_mprv.S. */
    .section .text.user_copy, "ax"

    .globl arch_copy_from_app
    .globl arch_copy_to_app
arch_copy_from_app:
arch_copy_to_app:
    beqz  a2, 2f
1:  lbu   t0, 0(a1)
    sb    t0, 0(a0)
    addi  a0, a0, 1
    addi  a1, a1, 1
    addi  a2, a2, -1
    bnez  a2, 1b
2:  li    a0, 0
    ret

    .globl arch_put_flag
arch_put_flag:
    sb    a1, 0(a0)
    ret

/* No access here is checked, so none is denied: an empty range. */
    .globl user_copy_begin
    .globl user_copy_end
    .globl user_copy_denied
user_copy_begin:
user_copy_end:
user_copy_denied:
    li    a0, 1
    ret
