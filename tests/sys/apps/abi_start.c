/* SPDX-License-Identifier: Apache-2.0 */
/* The start of a process, and that a restart is one: each life finds what the
 * first one found, whatever the one before has left. abi_start.S begins. */
#include "check.h"

#include <berth/exit.h>
#include <berth/memory.h>
#include <berth/process.h>

#define LIVES 4u
#define LATER 100000u /* ticks */

enum { ALARM = DRIVER_ALARM, CONSOLE = DRIVER_CONSOLE };

/* As it was at _start. */
struct found {
    uint32_t a[4], sp;
    uint32_t first_word; /* of RAM */
    uint32_t others;     /* all other registers, or'ed */
};

extern struct found found;
struct found found;

extern uint8_t _sram_origin[], _flash_origin[], _heap_start[], _bss_start[];

static volatile uint32_t initialised = 0x11223344;
static volatile uint32_t zero;
static uint8_t buffer[32];

/* ---- what every life finds -------------------------------------------------- */

static void registers(void)
{
    uint32_t ram = address_of(_sram_origin);
    check_equal("a0 is the app binary", found.a[0], address_of(_flash_origin));
    check_equal("a1 is RAM start", found.a[1], ram);
    check_equal("a2 is all RAM of the process", found.a[2],
                address_of(berth_memory_ram_end()) - ram);
    check("a3 is the break, some bytes above RAM start",
          found.a[3] - ram >= 4 && found.a[3] - ram <= 512);
    check_equal("sp is RAM start", found.sp, ram);
    check_equal("all other registers are 0", found.others, 0);
    check_equal("the first word of RAM can be used, and is 0", found.first_word,
                0);
}

/* Answers that tell what was there before. */
struct before {
    struct quad subscribed[3], written_to, read_from, state, info, alarm;
    bool had_event, break_goes_down;
};

static struct before look(void)
{
    struct before b;
    const struct found kept = found; /* all other bss is zero yet */
    b.break_goes_down = berth_memory_break_set(_bss_start) == OK &&
                        berth_memory_break_set(_heap_start) == OK;
    found = kept;
    b.subscribed[0] = call(SYSCALL_SUBSCRIBE, QUAD(ALARM, 0, 0, 0));
    b.subscribed[1] = call(SYSCALL_SUBSCRIBE, QUAD(CONSOLE, 0, 0, 0));
    b.subscribed[2] = call(SYSCALL_SUBSCRIBE, QUAD(CONSOLE, 2, 0, 0));
    b.written_to = call(SYSCALL_ALLOW_RW, QUAD(CONSOLE, 1, 0, 0));
    b.read_from = call(SYSCALL_ALLOW_RO, QUAD(CONSOLE, 0, 0, 0));
    b.state = call(SYSCALL_ALLOW_UR, QUAD(DRIVER_READ_ONLY_STATE, 0, 0, 0));
    b.info = call(SYSCALL_ALLOW_RW, QUAD(DRIVER_PROCESS_INFO, 0, 0, 0));
    b.alarm = call(SYSCALL_COMMAND, QUAD(ALARM, 3, 0, 0));
    b.had_event = syscall_yield_no_wait() != 0;
    return b;
}

static bool was_nothing(struct quad q)
{
    return q.r[0] == SYSRET_SUCCESS_2U32 && q.r[1] == 0 && q.r[2] == 0;
}

static void kernel_state(const struct before *b)
{
    check("no upcall is subscribed", was_nothing(b->subscribed[0]) &&
                                         was_nothing(b->subscribed[1]) &&
                                         was_nothing(b->subscribed[2]));
    check("no buffer is allowed",
          was_nothing(b->written_to) && was_nothing(b->read_from) &&
              was_nothing(b->state) && was_nothing(b->info));
    check("no alarm is armed",
          b->alarm.r[0] == SYSRET_FAILURE && b->alarm.r[1] == ERR_ALREADY);
    check("no event is queued", !b->had_event);
    check("nothing keeps the break up", b->break_goes_down);
}

static void memory(void)
{
    uint32_t bss = 0;
    for (unsigned i = 0; i < sizeof buffer; i++) {
        bss |= buffer[i];
    }
    check("initialised data has its values", initialised == 0x11223344);
    check("the rest is zero", zero == 0 && bss == 0);
    check_equal("the break is where start-up has put it",
                address_of(berth_memory_break()), address_of(_heap_start));
}

/* ---- what every life leaves ---------------------------------------------------- */

static void stub(uint32_t a0, uint32_t a1, uint32_t a2, void *userdata)
{
    (void)a0, (void)a1, (void)a2, (void)userdata;
}

static void restart(uint32_t a0, uint32_t a1, uint32_t a2, void *userdata)
{
    (void)a0, (void)a1, (void)a2, (void)userdata;
    berth_restart(3);
}

static void leave_traces(void)
{
    void *before;
    initialised = 0;
    zero = 1;
    for (unsigned i = 0; i < sizeof buffer; i++) {
        buffer[i] = 0xFF;
    }
    *(volatile uint32_t *)(uintptr_t)address_of(_sram_origin) = 0xFFFFFFFF;
    (void)berth_memory_grow(128, &before);
    (void)syscall_subscribe(CONSOLE, 0, stub, buffer);
    (void)syscall_subscribe(CONSOLE, 2, stub, buffer);
    (void)syscall_allow_rw(CONSOLE, 1, before, 128);
    (void)syscall_allow_ro(CONSOLE, 0, buffer, sizeof buffer);
    (void)syscall_allow_rw(DRIVER_PROCESS_INFO, 0, buffer, sizeof buffer);
    (void)syscall_command(CONSOLE, 2, 1, 0); /* a read that goes on */
    (void)syscall_subscribe(ALARM, 0, stub, buffer);
    (void)syscall_command(ALARM, 5, LATER, 0);
    (void)syscall_allow_ur(DRIVER_READ_ONLY_STATE, 0, buffer, 16);
}

static void end_of_life(uint32_t number)
{
    leave_traces();
    if (number == 1) { /* inside an upcall, others waiting behind it */
        (void)syscall_command(CONSOLE, 3, 0, 0);
        (void)syscall_subscribe(ALARM, 0, restart, NULL);
        (void)syscall_command(ALARM, 5, 0, 0);
        (void)syscall_command(CONSOLE, 2, 0, 0);
        (void)syscall_subscribe(CONSOLE, 2, restart, NULL);
        for (int i = 0; i < 12; i++) {
            (void)syscall_command(CONSOLE, 2, 0, 0);
        }
        syscall_yield_wait();
    }
    if (number == 2) { /* in the middle of a write */
        static char text[200];
        (void)syscall_allow_ro(CONSOLE, 1, text, sizeof text);
        (void)syscall_command(CONSOLE, 1, sizeof text, 0);
    }
    berth_restart(2);
}

int main(void)
{
    struct before before = look();
    struct berth_process_counters counters = { .restarts = LIVES };
    uint32_t self = 0, count = 0;
    (void)berth_process_ids(&self, 1, &count);
    (void)berth_process_counters(self, &counters);
    registers();
    kernel_state(&before);
    memory();
    check("system calls are counted from the start",
          counters.system_calls < 50);
    printf("abi_start: life %lu of process 0x%lx\n",
           (unsigned long)counters.restarts, (unsigned long)self);
    (void)check_end();
    if (counters.restarts + 1 < LIVES && checks_failed == 0) {
        end_of_life(counters.restarts);
    }
    /* What the lives before had armed and begun must not come any more. */
    (void)syscall_subscribe(CONSOLE, 2, stub, NULL);
    (void)syscall_command(ALARM, 5, 4 * LATER, 0);
    (void)syscall_yield_wait_for(ALARM, 0);
    check("no event of an earlier life comes", syscall_yield_no_wait() == 0);
    printf("abi_start: done\n");
    return check_end();
}
