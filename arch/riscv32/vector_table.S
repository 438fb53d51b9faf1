/* SPDX-License-Identifier: Apache-2.0 */
/* For cores whose mtvec can only be vectored (ESP32-C3): exceptions enter at the
 * base, interrupt n enters n words behind it, and the base is a multiple of 256.
 * A board that links this file has its tables in mtvec (linker/kernel.ld);
 * others have trap_entry itself there. All entries lead to one place: what has
 * happened is asked of mcause anyway. */
    .section .text.vector, "ax"
    .option norvc                /* each entry is a word */

    .balign 256
    .globl trap_table
trap_table:
    .rept 32
    j     trap_entry
    .endr

/* Interrupts are off while a probe runs. */
    .balign 256
    .globl trap_skip_table
trap_skip_table:
    j     trap_skip
