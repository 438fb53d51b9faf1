/* SPDX-License-Identifier: Apache-2.0 */
/* How a test app says what held: a line `ok <clause>` or `FAIL <clause>: ...`
 * for each clause of the ABI, and at the end how many there were of each. */
#ifndef APPS_CHECK_H
#define APPS_CHECK_H

#include <berth/err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <syscall.h>

/* Four registers, a0 to a3: the arguments of a call or what it answered. */
struct quad {
    uint32_t r[4];
};

#define QUAD(a, b, c, d) ((struct quad){ { (a), (b), (c), (d) } })

/* In what is wanted: the register is as it was before the call. */
#define KEEP 0x6B656570u

static unsigned checks_ok, checks_failed;

static inline uint32_t address_of(const volatile void *pointer)
{
    return (uint32_t)(uintptr_t)pointer;
}

static inline void check(const char *clause, bool holds)
{
    if (holds) {
        checks_ok++;
    } else {
        checks_failed++;
    }
    printf("%s %s\n", holds ? "ok" : "FAIL", clause);
}

static inline void check_equal(const char *clause, uint32_t got, uint32_t want)
{
    if (got != want) {
        printf("     got 0x%lx, want 0x%lx\n", (unsigned long)got,
               (unsigned long)want);
    }
    check(clause, got == want);
}

static inline struct quad call(uint32_t class, struct quad in)
{
    struct sysret s = syscall4((enum syscall_class) class, in.r[0], in.r[1],
                               in.r[2], in.r[3]);
    return QUAD(s.variant, s.value[0], s.value[1], s.value[2]);
}

static inline void check_quad(const char *clause, struct quad in,
                              struct quad got, struct quad want)
{
    bool holds = true;
    for (int i = 0; i < 4; i++) {
        uint32_t wanted = want.r[i] == KEEP ? in.r[i] : want.r[i];
        if (got.r[i] != wanted) {
            printf("     a%d is 0x%lx, want 0x%lx\n", i,
                   (unsigned long)got.r[i], (unsigned long)wanted);
            holds = false;
        }
    }
    check(clause, holds);
}

/* Makes a call and judges all four registers it can answer in. */
static inline void check_call(const char *clause, uint32_t class,
                              struct quad in, struct quad want)
{
    check_quad(clause, in, call(class, in), want);
}

static inline int check_end(void)
{
    printf("%s: %u ok, %u failed\n", BERTH_APP_NAME, checks_ok, checks_failed);
    return checks_failed == 0 ? 0 : 1;
}

#endif
