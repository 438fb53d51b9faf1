/* SPDX-License-Identifier: Apache-2.0 */
/* The counter at an app's very first instruction, printed through low-level
 * debug, which needs no stack. */
__asm__(".section .start, \"ax\"\n"
        ".globl _start\n"
        "_start:\n"
        "    csrr s0, instret\n"
        "    li   a0, 8\n"
        "    li   a1, 2\n"
        "    mv   a2, s0\n"
        "    li   a4, 2\n"
        "    ecall\n"
        "1:  li   a0, 1\n"
        "    li   a4, 0\n"
        "    ecall\n"
        "    j    1b\n");
