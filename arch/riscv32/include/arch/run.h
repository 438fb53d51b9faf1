/* SPDX-License-Identifier: Apache-2.0 */
/* Entering an app from the kernel's loop. Included through kernel/arch.h. */
#ifndef ARCH_RUN_H
#define ARCH_RUN_H

#include <arch/context.h>

/* Flash may hold other code than when it was last fetched from. */
static inline void arch_code_new(void)
{
    __asm__ volatile("fence.i" : : : "memory");
}

/* Run the app until the loop is needed. trap.S comes back with every
 * callee-saved register lost, so the loop keeps nothing in them: that is
 * cheaper than saving twelve registers on each entry. */
static inline struct trap arch_run(struct context *context)
{
    register uint32_t cause __asm__("a0") = (uint32_t)(uintptr_t)context;
    register uint32_t value __asm__("a1");
    __asm__ volatile("call arch_enter"
                     : "+r"(cause), "=r"(value)
                     :
                     : "ra", "t0", "t1", "t2", "a2", "a3", "a4", "a5", "s0",
                       "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                       "s10", "s11", "memory");
    return (struct trap){ cause, value };
}

#endif
