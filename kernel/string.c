/* SPDX-License-Identifier: Apache-2.0 */
/* memset goes by words, eight at a time, where alignment allows: RAM is cleared
 * before each start of an app, and that must not cost an instruction a byte.
 * The others are rarely called, for a few bytes, and kept small; structures of
 * words are copied by words. */
#include <kernel/string.h>

#include <stdint.h>

#include <berth/compiler.h>

/* A word that may lie in an object of any type. */
typedef uint32_t MAY_ALIAS word_t;

#define WORD sizeof(word_t)
#define BLOCK 8

void *memset(void *to, int value, size_t n)
{
    uint8_t *p = to;
    uint8_t *end = p + n;
    uint8_t byte = (uint8_t)value;

    while (p != end && (uintptr_t)p % WORD != 0)
        *p++ = byte;

    word_t word = byte * 0x01010101u;
    word_t *w = (void *)p;
    word_t *w_end = w + (size_t)(end - p) / WORD;
    word_t *blocks_end = w + (size_t)(w_end - w) / BLOCK * BLOCK;
    for (; w != blocks_end; w += BLOCK) {
        w[0] = word;
        w[1] = word;
        w[2] = word;
        w[3] = word;
        w[4] = word;
        w[5] = word;
        w[6] = word;
        w[7] = word;
    }
    while (w != w_end)
        *w++ = word;
    p = (void *)w;

    while (p != end)
        *p++ = byte;
    return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
    uint8_t *d = to;
    const uint8_t *s = from;

    if (((uintptr_t)d | (uintptr_t)s | n) % WORD == 0) { /* a structure */
        for (; n != 0; n -= WORD, d += WORD, s += WORD)
            *(word_t *)(void *)d = *(const word_t *)(const void *)s;
        return to;
    }
    for (; n != 0; n--)
        *d++ = *s++;
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    uint8_t *d = to;
    const uint8_t *s = from;

    if ((uintptr_t)d - (uintptr_t)s >= n) { /* d before s, or wholly behind */
        for (; n != 0; n--)
            *d++ = *s++;
    } else {
        while (n != 0) {
            n--;
            d[n] = s[n];
        }
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *p = a;
    const uint8_t *q = b;

    for (; n != 0; n--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

size_t strlen(const char *text)
{
    const char *end = text;

    while (*end != '\0')
        end++;
    return (size_t)(end - text);
}
