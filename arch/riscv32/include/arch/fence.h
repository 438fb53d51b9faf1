/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions that were written are seen from here on. For chips. */
#ifndef ARCH_FENCE_H
#define ARCH_FENCE_H

static inline void fence_instructions(void)
{
    __asm__ volatile("fence.i" : : : "memory");
}

#endif
