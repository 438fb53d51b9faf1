/* SPDX-License-Identifier: Apache-2.0 */
/* Computes without a system call, all registers but sp holding one value, and
 * says whether an interrupt has changed any of them. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define ROUNDS 4000u

/* Whether all registers still held the value after so many rounds. */
bool registers_keep(uint32_t rounds, uint32_t value);

/* a0 counts down, a1 is what the others are compared with. */
__asm__(".macro for_each op\n"
        "    .irp r, ra,gp,tp,t0,t1,t2,t3,t4,t5,t6,a2,a3,a4,a5,a6,a7,s0,s1\n"
        "    \\op \\r\n"
        "    .endr\n"
        "    .irp r, s2,s3,s4,s5,s6,s7,s8,s9,s10,s11\n"
        "    \\op \\r\n"
        "    .endr\n"
        ".endm\n"
        ".macro fill r\n"
        "    mv \\r, a1\n"
        ".endm\n"
        ".macro check r\n"
        "    bne \\r, a1, 2f\n"
        ".endm\n"
        ".macro saved op\n"
        "    \\op ra, 0(sp)\n"
        "    \\op gp, 4(sp)\n"
        "    \\op tp, 8(sp)\n"
        "    .set at, 12\n"
        "    .irp r, s0,s1,s2,s3,s4,s5,s6,s7,s8,s9,s10,s11\n"
        "    \\op \\r, at(sp)\n"
        "    .set at, at + 4\n"
        "    .endr\n"
        ".endm\n"
        ".option norelax\n"
        ".globl registers_keep\n"
        "registers_keep:\n"
        "    addi sp, sp, -64\n"
        "    saved sw\n"
        "    for_each fill\n"
        "1:  for_each check\n"
        "    addi a0, a0, -1\n"
        "    bnez a0, 1b\n"
        "2:  saved lw\n"
        "    addi sp, sp, 64\n"
        "    seqz a0, a0\n"
        "    ret\n");

int main(void)
{
    for (uint32_t value = 0x5A000001u;; value++) {
        if (!registers_keep(ROUNDS, value)) {
            printf("registers: CHANGED\n");
            return 1;
        }
        if (value % 8u == 0) {
            printf("registers: kept\n");
        }
    }
}
