/* SPDX-License-Identifier: Apache-2.0 */
/* The core's own switch for interrupts, and its sleep. For chips. */
#ifndef ARCH_INTERRUPTS_H
#define ARCH_INTERRUPTS_H

#include <stdint.h>

#define INTERRUPTS_TIMER 0x080u
#define INTERRUPTS_EXTERNAL 0x800u

/* Those in `which`, no others, interrupt apps and end a sleep. */
static inline void interrupts_enable(uint32_t which)
{
    __asm__ volatile("csrw mie, %0" : : "r"(which));
}

/* Until one is pending; it need not be taken. */
static inline void interrupts_wait(void)
{
    __asm__ volatile("wfi" : : : "memory");
}

#endif
