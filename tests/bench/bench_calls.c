/* SPDX-License-Identifier: Apache-2.0 */
/* What system calls and upcalls cost, in instructions. Prints one line
 * "bench <name> <instructions>" each; tests/bench/run.py reads them. */
#include <stdio.h>

#include "measure.h"

#define ROUNDS 16u
#define ALARM 0u
#define CONSOLE 1u
#define TICK                                                                   \
    100u /* instructions per tick of the clock, under -icount shift=0 */

static char buffer[16] = "\n";
static volatile uint32_t
    entered; /* counter at the upcall's first instruction */

/* The least of several: the way of the call itself, without what else the
 * kernel happened to have to do. */
static void report(const char *name, uint32_t (*once)(void))
{
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t cost = once();
        least = cost < least ? cost : least;
    }
    printf("bench %s %lu\n", name, (unsigned long)least);
}

static uint32_t command_noop(void)
{
    return measure_call(SYSCALL_COMMAND, BENCH_LAST_DRIVER, 0, 0, 0);
}

static uint32_t command_grant(void)
{
    return measure_call(SYSCALL_COMMAND, BENCH_LAST_DRIVER, BENCH_GRANT_COMMAND,
                        0, 0);
}

static uint32_t yield_no_wait(void)
{
    uint8_t flag;
    return measure_call(SYSCALL_YIELD, YIELD_NO_WAIT, syscall_address(&flag), 0,
                        0);
}

static uint32_t memop(void)
{
    return measure_call(SYSCALL_MEMOP, MEMOP_RAM_START, 0, 0, 0);
}

static uint32_t allow_ro(void)
{
    return measure_call(SYSCALL_ALLOW_RO, BENCH_LAST_DRIVER, 1,
                        syscall_address(buffer), sizeof buffer);
}

static uint32_t allow_rw(void)
{
    return measure_call(SYSCALL_ALLOW_RW, BENCH_LAST_DRIVER, 1,
                        syscall_address(buffer), sizeof buffer);
}

/* In assembly so that its first instruction reads the counter. */
void note_entry(void);
__asm__(".globl note_entry\n"
        "note_entry:\n"
        "    csrr a0, instret\n"
        "    lui  a1, %hi(entered)\n"
        "    sw   a0, %lo(entered)(a1)\n"
        "    ret\n");

#define NOTE_ENTRY ((upcall_fn *)(uintptr_t)&note_entry)

static uint32_t subscribe(void)
{
    return measure_call(SYSCALL_SUBSCRIBE, BENCH_LAST_DRIVER, 1,
                        (uint32_t)(uintptr_t)&note_entry, 0);
}

static uint32_t upcall_alarm(void)
{
    uint32_t before = instret();
    syscall_subscribe(ALARM, 0, NOTE_ENTRY, NULL);
    syscall_command(ALARM, 5, 0, 0);
    syscall_yield_wait();
    return instret() - before;
}

static uint32_t upcall_console(void)
{
    syscall_allow_ro(CONSOLE, 1, buffer, 1);
    uint32_t before = instret();
    syscall_subscribe(CONSOLE, 1, NOTE_ENTRY, NULL);
    syscall_command(CONSOLE, 1, 1, 0);
    syscall_yield_wait();
    return instret() - before;
}

/* From the tick on which the timer interrupts to the upcall. The counter and
 * the clock run in step, so the tick's own counter value is known. A timer of
 * QEMU's is late by as much of a tick as had passed when it was set, which has
 * nothing to do with the kernel: the least of all phases is meant. */
static uint32_t timer_to_upcall(void)
{
    uint32_t least = UINT32_MAX;
    syscall_subscribe(ALARM, 0, NOTE_ENTRY, NULL);
    for (uint32_t phase = 0; phase < 2 * TICK; phase++) {
        for (uint32_t i = 0; i < phase; i++)
            __asm__ volatile("nop");
        uint32_t due = syscall_command(ALARM, 5, 50, 0).value[0];
        syscall_yield_wait();
        uint32_t taken = entered - due * TICK;
        least = taken < least ? taken : least;
    }
    return least;
}

/* An alarm that goes off while the app computes shows as a jump between two
 * readings of the counter. */
static uint32_t timer_busy(void)
{
    uint32_t jump = 0;
    syscall_subscribe(ALARM, 0, NOTE_ENTRY, NULL);
    syscall_command(ALARM, 5, 100, 0);
    uint32_t last = instret();
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t now = instret();
        jump = now - last > jump ? now - last : jump;
        last = now;
    }
    syscall_yield_wait();
    return jump;
}

int main(void)
{
    report("command_noop", command_noop);
    report("command_grant", command_grant);
    report("yield_no_wait", yield_no_wait);
    report("memop", memop);
    report("allow_ro", allow_ro);
    report("allow_rw", allow_rw);
    report("subscribe", subscribe);
    syscall_subscribe(BENCH_LAST_DRIVER, 1, NULL, NULL);
    syscall_allow_rw(BENCH_LAST_DRIVER, 1, NULL, 0);
    report("upcall_alarm", upcall_alarm);
    report("upcall_console", upcall_console);
    report("timer_to_upcall", timer_to_upcall);
    report("timer_busy", timer_busy);
    printf("bench done\n");
    return 0;
}
