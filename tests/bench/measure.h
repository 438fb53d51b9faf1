/* SPDX-License-Identifier: Apache-2.0 */
/* Counting instructions from inside an app. The counter runs on through the
 * kernel, so a difference around a system call is what the call cost. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>

#include <syscall.h>

static inline uint32_t instret(void)
{
    uint32_t value;
    __asm__ volatile("csrr %0, instret" : "=r"(value)::"memory");
    return value;
}

/* One system call between two readings of the counter, everything else done
 * before and after. */
static inline uint32_t measure_call(enum syscall_class class, uint32_t arg0,
                                    uint32_t arg1, uint32_t arg2, uint32_t arg3)
{
    register uint32_t a0 __asm__("a0") = arg0;
    register uint32_t a1 __asm__("a1") = arg1;
    register uint32_t a2 __asm__("a2") = arg2;
    register uint32_t a3 __asm__("a3") = arg3;
    register uint32_t a4 __asm__("a4") = (uint32_t) class;
    uint32_t before, after;
    __asm__ volatile("csrr %0, instret\n\tecall\n\tcsrr %1, instret"
                     : "=&r"(before), "=&r"(after), "+r"(a0), "+r"(a1),
                       "+r"(a2), "+r"(a3)
                     : "r"(a4)
                     : "memory");
    return after - before;
}

#endif
