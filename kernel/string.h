/* SPDX-License-Identifier: Apache-2.0 */
/* The five functions of <string.h> that the kernel uses and the compiler calls by
 * itself, and one more. Kernel addresses only: never a pointer from an app. */
#ifndef KERNEL_STRING_H
#define KERNEL_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *text);

/* Text number `n` of several that follow each other, each with its NUL. */
static inline const char *text_pick(const char *texts, size_t n)
{
    for (; n > 0; n--)
        texts += strlen(texts) + 1;
    return texts;
}

#endif
