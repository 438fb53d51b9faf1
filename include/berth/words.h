/* SPDX-License-Identifier: Apache-2.0 */
/* Words and halves of them in bytes of any type, least significant byte first as
 * the machine has them. On machines of 32 bits they lie where such things do;
 * in the memory of a host they may lie anywhere. Anyone may include this. */
#ifndef BERTH_WORDS_H
#define BERTH_WORDS_H

#include <berth/compiler.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "as RISC-V has it");

#define ANY_ALIGNMENT(n) ALIGNED(sizeof(void *) == 4 ? (n) : 1)
typedef uint32_t MAY_ALIAS ANY_ALIGNMENT(4) any_word_t;
typedef uint16_t MAY_ALIAS ANY_ALIGNMENT(2) any_half_t;

static inline uint32_t word_at(const void *p)
{
    return *(const any_word_t *)p;
}

static inline uint32_t half_at(const void *p)
{
    return *(const any_half_t *)p;
}

#endif
