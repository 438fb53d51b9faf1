/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel knows of the machine's registers: an app's saved context and
 * how to enter it. Included by kernel/arch.h and by arch/riscv32 only. The
 * numbers at the top are shared with assembly. */
#ifndef ARCH_CONTEXT_H
#define ARCH_CONTEXT_H

#define CONTEXT_SYSCALLS 128
#define CPU_KERNEL_SP 0
#define CPU_RESUME 4
#define CPU_CURRENT 8
#define CPU_ATTENTION 12
#define CPU_PREEMPT 16
#define TRAP_NONE 0xFFFFFFFF
#define TRAP_PREEMPTED 0xFFFFFFFE

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Registers of an app that is not running: x[n] is xn, x[0] holds the pc. The
 * count of system calls stands behind them because trap.S advances it. */
struct context {
    uint32_t x[32];
    uint32_t syscalls;
};

_Static_assert(offsetof(struct context, syscalls) == CONTEXT_SYSCALLS,
               "trap.S disagrees");

enum {
    CONTEXT_PC = 0,
    CONTEXT_RA = 1,
    CONTEXT_SP = 2,
    CONTEXT_GP = 3,
    CONTEXT_TP = 4,
    CONTEXT_A0 = 10
};

/* How the app came back to the kernel: the mcause and mtval of its fault, or
 * TRAP_NONE when the kernel's attention is wanted after a system call or an
 * interrupt, both done with, or TRAP_PREEMPTED by the interrupt that
 * `cpu.preempt` names and that nobody has looked at. */
struct trap {
    uint32_t cause;
    uint32_t value;
};

/* The other two are negative, and no interrupt's mcause comes back. */
static inline bool trap_is_fault(struct trap why)
{
    return (int32_t)why.cause >= 0;
}

#define TRAP_ECALL 8u
#define TRAP_IRQ_TIMER 0x80000007u

/* State of the core that trap.S shares with the kernel. `attention` is not 0
 * whenever the way back to the app must lead through the kernel's loop; the
 * kernel keeps its reasons in the bytes of it, so that each is one store. */
struct cpu {
    uint32_t kernel_sp;
    uint32_t resume;
    struct context *current;
    union {
        uint32_t attention;
        struct {
            bool reschedule; /* another process may have to run */
            bool work;       /* requests or deferred calls wait */
        };
    };
    uint32_t preempt; /* mcause of an interrupt that ends the app's turn and
                       * needs no other service; 0: none does */
};

extern struct cpu cpu;

_Static_assert(offsetof(struct cpu, kernel_sp) == CPU_KERNEL_SP, "trap.S");
_Static_assert(offsetof(struct cpu, resume) == CPU_RESUME, "trap.S");
_Static_assert(offsetof(struct cpu, current) == CPU_CURRENT, "trap.S");
_Static_assert(offsetof(struct cpu, attention) == CPU_ATTENTION, "trap.S");
_Static_assert(offsetof(struct cpu, preempt) == CPU_PREEMPT, "trap.S");

#endif
#endif
