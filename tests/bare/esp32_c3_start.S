/* SPDX-License-Identifier: Apache-2.0 */
/* Start and traps of tests/bare/esp32_c3.c. The ROM jumps to _start, from flash
 * (behind the eight bytes that ask for it) or after it has copied all to RAM. */
    .option norvc
    .section .magic, "ax"
    .word 0xAEDB041D, 0xAEDB041D

    .section .start, "ax"
    .globl _start
_start:
    la   sp, stack_top
    la   t0, ram_from       /* from flash: what is linked for RAM */
    la   t1, ram_start
    la   t2, ram_end
1:  beq  t0, t1, 3f
    bgeu t1, t2, 3f
2:  lw   t3, 0(t0)
    sw   t3, 0(t1)
    addi t0, t0, 4
    addi t1, t1, 4
    bltu t1, t2, 2b
3:  la   t0, data_from
    la   t1, data_start
    la   t2, data_end
    beq  t0, t1, 5f
4:  bgeu t1, t2, 5f
    lw   t3, 0(t0)
    sw   t3, 0(t1)
    addi t0, t0, 4
    addi t1, t1, 4
    j    4b
5:  la   t1, bss_start
    la   t2, bss_end
6:  bgeu t1, t2, 7f
    sw   zero, 0(t1)
    addi t1, t1, 4
    j    6b
7:  la   t0, vectors
    csrw mtvec, t0
    call main
8:  j    8b

/* Entry 0 is for exceptions, entry n for interrupt n. */
    .section .ram.vectors, "ax"
    .balign 256
    .globl vectors
vectors:
    .rept 32
    j    trap
    .endr

/* FROM any mode, with the stack of main() in mscratch's place: the program sets
 * mscratch before it goes to U-mode. Caller-saved registers are kept. */
trap:
    csrw mscratch, sp
    la   sp, trap_stack_top - 64
    sw   ra, 0(sp)
    sw   t0, 4(sp)
    sw   t1, 8(sp)
    sw   t2, 12(sp)
    sw   a0, 16(sp)
    sw   a1, 20(sp)
    sw   a2, 24(sp)
    sw   a3, 28(sp)
    sw   a4, 32(sp)
    sw   a5, 36(sp)
    sw   a6, 40(sp)
    sw   a7, 44(sp)
    sw   t3, 48(sp)
    sw   t4, 52(sp)
    sw   t5, 56(sp)
    sw   t6, 60(sp)
    call trapped
    lw   ra, 0(sp)
    lw   t0, 4(sp)
    lw   t1, 8(sp)
    lw   t2, 12(sp)
    lw   a0, 16(sp)
    lw   a1, 20(sp)
    lw   a2, 24(sp)
    lw   a3, 28(sp)
    lw   a4, 32(sp)
    lw   a5, 36(sp)
    lw   a6, 40(sp)
    lw   a7, 44(sp)
    lw   t3, 48(sp)
    lw   t4, 52(sp)
    lw   t5, 56(sp)
    lw   t6, 60(sp)
    csrr sp, mscratch
    mret

/* uint32_t in_user(uint32_t address): one load in U-mode, then ecall. trapped()
 * comes back to M behind the mret. */
    .globl in_user, user_code, user_code_end
in_user:
    la   t0, user_code
    csrw mepc, t0
    li   t0, 0x1880
    csrc mstatus, t0
    li   t0, 0x80
    csrs mstatus, t0
    la   t0, back_from_user
    la   t1, way_back
    sw   t0, 0(t1)
    mret
back_from_user:
    ret
    .balign 256
user_code:
    lw   a0, 0(a0)
    ecall
    .balign 256
user_code_end:

    .section .bss
    .balign 16
    .skip 4096
stack_top:
    .skip 1024
trap_stack_top:
