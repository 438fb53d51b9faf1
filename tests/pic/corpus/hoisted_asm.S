/* SPDX-License-Identifier: Apache-2.0 */
/* What compilers may make of medlow code, by hand: an upper part taken out of a
 * loop, shared by branches, moved to another register, kept on the stack across
 * a call, and used after an index was added. */

    .text
    .option norelax

/* a0: how many bytes; the sum of as many of `bytes`, its lui outside the loop. */
    .globl  sum_hoisted
    .type   sum_hoisted, @function
sum_hoisted:
    lui     a1, %hi(bytes)
    li      a2, 0
    li      a3, 0
1:  beq     a3, a0, 2f
    add     a4, a1, a3
    lbu     a5, %lo(bytes)(a4)
    add     a2, a2, a5
    addi    a3, a3, 1
    j       1b
2:  mv      a0, a2
    ret
    .size   sum_hoisted, . - sum_hoisted

/* One lui for three branches, two symbols of RAM, one store and two loads. */
    .globl  shared
    .type   shared, @function
shared:
    lui     a1, %hi(counter)
    lui     a2, %hi(bytes)
    beqz    a0, 1f
    li      a3, 1
    beq     a0, a3, 2f
    lw      a0, %lo(counter)(a1)
    ret
1:  li      a4, 77
    sw      a4, %lo(counter)(a1)
    lbu     a0, %lo(bytes+1)(a2)
    ret
2:  lw      a4, %lo(counter)(a1)
    addi    a4, a4, 1
    sw      a4, %lo(counter)(a1)
    addi    a0, a2, %lo(bytes)
    lbu     a0, 2(a0)
    ret
    .size   shared, . - shared

/* Spilled to the stack around a call, reloaded into another register. */
    .globl  spilled
    .type   spilled, @function
spilled:
    addi    sp, sp, -16
    sw      ra, 12(sp)
    lui     a5, %hi(pair)
    sw      a5, 8(sp)
    li      a0, 2
    call    shared
    lw      a4, 8(sp)
    lw      a1, %lo(pair)(a4)
    mv      a3, a4
    lw      a2, %lo(pair+4)(a3)
    add     a0, a0, a1
    add     a0, a0, a2
    lw      ra, 12(sp)
    addi    sp, sp, 16
    ret
    .size   spilled, . - spilled

    .globl  main
    .type   main, @function
main:
    addi    sp, sp, -16
    sw      ra, 12(sp)
    li      a0, 5
    call    sum_hoisted
    mv      a1, a0
    lui     a0, %hi(format)
    addi    a0, a0, %lo(format)
    call    printf
    li      a0, 0
    call    shared
    sw      a0, 8(sp)
    li      a0, 1
    call    shared
    lw      a1, 8(sp)
    add     a1, a1, a0
    lui     a0, %hi(format)
    addi    a0, a0, %lo(format)
    call    printf
    call    spilled
    mv      a1, a0
    lui     a0, %hi(format)
    addi    a0, a0, %lo(format)
    call    printf
    li      a0, 0
    lw      ra, 12(sp)
    addi    sp, sp, 16
    ret
    .size   main, . - main

    .section .rodata
    .balign 8
pair:
    .word   1000, 20000
bytes:
    .byte   3, 1, 4, 1, 5, 9
format:
    .asciz  "%d\n"

    .data
    .balign 4
counter:
    .word   5
