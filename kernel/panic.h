/* SPDX-License-Identifier: Apache-2.0 */
/* When the kernel itself is broken. */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <berth/compiler.h>

/* The kernel cannot go on: says why, dumps what it knows, ends as the board
 * wants. */
NORETURN void panic(const char *why);

/* Stays on in every build; no app can reach a failing one. */
#define kassert(x)                                                             \
    do {                                                                       \
        if (UNLIKELY(!(x)))                                                    \
            panic("false: " #x);                                               \
    } while (0)

#endif
