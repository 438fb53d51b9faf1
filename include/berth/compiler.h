/* SPDX-License-Identifier: Apache-2.0 */
/* The few compiler extensions Berth uses, by name. Anyone may include this. */
#ifndef BERTH_COMPILER_H
#define BERTH_COMPILER_H

#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define NORETURN _Noreturn
#define NOINLINE __attribute__((noinline))
/* Rarely runs: small rather than fast, wherever the rest of the file is to be fast. */
#define COLD __attribute__((cold))
#define ALIGNED(n) __attribute__((aligned(n)))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define MAY_ALIAS __attribute__((may_alias))
#define USED __attribute__((used))
#define SECTION(name) __attribute__((section(name)))
#define PRINTF_LIKE(string, first)                                             \
    __attribute__((format(printf, string, first)))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The structure of type `type` whose member `member` is `pointer`. For a
 * pointer to const say so in `type`. */
#define CONTAINER_OF(pointer, type, member)                                    \
    ((type *)((uintptr_t)(pointer)-offsetof(type, member)))

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The number of the highest bit that is set in `n`, a constant other than 0. */
#define TOP_BIT(n) (31 - __builtin_clz((uint32_t)(n)))

/* A truth value in a struct where there is room for a word: instructions that
 * load and store words are shorter than those for bytes. */
typedef uint32_t flag_t;

#endif
