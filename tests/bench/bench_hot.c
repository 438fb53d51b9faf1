/* SPDX-License-Identifier: Apache-2.0 */
/* How long system calls take where instructions come from serial flash: without a
 * pause, and behind CODE bytes of the app's own instructions each, which push the
 * kernel's out of the cache. In ticks of the alarm; tests/bench/cache.py reads it. */
#include <berth/alarm.h>
#include <stdio.h>
#include <syscall.h>

#define ROUNDS 200u

enum { ALARM = 0, NOW = 2 };

/* 32 bits each, one behind the other. */
#define CODE_OF(bytes)                                                         \
    __asm__ volatile(".option push\n.option norvc\n.rept %0 / 4\n"             \
                     "xori t0, t0, 1\n.endr\n.option pop"                      \
                     :                                                         \
                     : "i"(bytes)                                              \
                     : "t0")

static void nothing(void)
{
}

static void code_4k(void)
{
    CODE_OF(4096);
}

static void code_16k(void)
{
    CODE_OF(16384);
}

static void command(void)
{
    (void)syscall_command(ALARM, NOW, 0, 0);
}

static void memop(void)
{
    (void)syscall_memop(MEMOP_RAM_START, 0);
}

static void yield(void)
{
    (void)syscall_yield_no_wait();
}

/* An alarm that is due: subscribe, command, yield, upcall. */
static void upcall(void)
{
    (void)berth_sleep_ms(0);
}

static uint32_t run(void (*first)(void), void (*second)(void))
{
    uint32_t begun = berth_alarm_now();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        first();
        second();
    }
    return berth_alarm_now() - begun;
}

int main(void)
{
    static const struct {
        const char *name;
        void (*call)(void);
    } calls[] = { { "command", command },
                  { "memop", memop },
                  { "yield", yield },
                  { "upcall", upcall } };
    static const struct {
        const char *name;
        void (*code)(void);
    } codes[] = { { "alone", nothing },
                  { "behind_4k", code_4k },
                  { "behind_16k", code_16k } };
    for (uint32_t c = 0; c < 3; c++) {
        uint32_t own = run(codes[c].code, nothing);
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t whole = run(codes[c].code, calls[i].call);
            printf("hot %s_%s %ld\n", calls[i].name, codes[c].name,
                   (long)(whole - own));
        }
    }
    printf("hot done\n");
    return 0;
}
