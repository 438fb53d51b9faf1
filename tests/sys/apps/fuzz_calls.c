/* SPDX-License-Identifier: Apache-2.0 */
/* Makes random system calls for ever: every class, arguments good and hostile
 * mixed, addresses and lengths near the edges of everything. Now and then it
 * breaks a rule or starts itself anew; the board has to restart what faults.
 * Every CALLS_PER_REPORT calls it tells by low-level debug, which needs nothing
 * of what has been played with, REPORT and the calls of this life.
 *
 * It never blocks but for an alarm that it knows to be armed. */
#include <berth/exit.h>
#include <berth/memory.h>
#include <stdbool.h>
#include <syscall.h>

#define REPORT 0xF022u
#define CALLS_PER_REPORT 500u
#define ARENA 256u
#define ROOM 32u

/* The test finds the text in the flash image and writes the seed behind it. */
static const struct {
    char mark[12];
    volatile uint32_t seed;
} flash_seed = { "fuzz seed: ", 1 };

extern uint8_t _sram_origin[], _heap_start[];

static uint32_t state, calls;
/* What drivers may write to, with room around it: else they would reach the
 * counters above. */
static uint8_t arena_room[ROOM + ARENA + ROOM];
static uint8_t *const arena = arena_room + ROOM;

/* ---- random choices ------------------------------------------------------------ */

static uint32_t any(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* 0 .. n - 1 */
static uint32_t below(uint32_t n)
{
    return (any() >> 8) % n;
}

static bool one_in(uint32_t n)
{
    return below(n) == 0;
}

#define PICK(table) (table)[below(sizeof(table) / sizeof(table)[0])]

static uint32_t address_of(const volatile void *pointer)
{
    return (uint32_t)(uintptr_t)pointer;
}

static uint32_t driver(void)
{
    static const uint32_t known[] = {
        DRIVER_ALARM, DRIVER_ALARM,           DRIVER_CONSOLE,
        DRIVER_LED,   DRIVER_READ_ONLY_STATE, DRIVER_PROCESS_INFO,
    };
    static const uint32_t odd[] = {
        DRIVER_LOW_LEVEL_DEBUG, 3, 0x10001, 0x80000000, 0xFFFFFFFF,
    };
    return one_in(8) ? one_in(8) ? any() : PICK(odd) : PICK(known);
}

static uint32_t number(void)
{
    static const uint32_t odd[] = {
        8, 16, 32, 63, 64, 255, 256, 0xFFFF, 0x10000, 0x10001, 0xFFFFFFFF,
    };
    return one_in(12) ? one_in(4) ? any() : PICK(odd) : below(7);
}

static uint32_t edge(void)
{
    const uint32_t places[] = {
        0,
        address_of(_sram_origin),
        address_of(_heap_start) + 4,
        address_of(arena),
        address_of(berth_memory_break()),
        address_of(berth_memory_grant_start()),
        address_of(berth_memory_ram_end()),
        address_of(berth_memory_flash_start()),
        address_of(berth_memory_flash_start()) + 0x80,
        address_of(berth_memory_flash_end()),
        0x80000000,
        0x80010000,
        0x80014000,
        0x80018000,
        0x80050000,
        0x20000000,
        0x22000000,
        0x10000000,
        0x02004000,
        0x0C000000,
    };
    return PICK(places) + below(9) - 4;
}

static uint32_t address(void)
{
    if (one_in(4)) {
        return one_in(6) ? any() : edge();
    }
    if (one_in(3)) {
        return address_of(_heap_start) +
               below(4096); /* mostly above the break */
    }
    return address_of(arena) + below(ARENA);
}

static uint32_t length(void)
{
    static const uint32_t odd[] = {
        0, 0xFFFFFFFF, 0xFFFFFFFC, 0x80000000, 0x7FFFFFFF, 0x10000, 4096,
    };
    if (one_in(8)) {
        return one_in(4) ? edge() - edge() : PICK(odd);
    }
    return below(40);
}

/* ---- upcalls ---------------------------------------------------------------------- */

static void return_at_once(uint32_t a0, uint32_t a1, uint32_t a2,
                           void *userdata)
{
    (void)a0, (void)a1, (void)a2, (void)userdata;
}

static void yield_inside(uint32_t a0, uint32_t a1, uint32_t a2, void *userdata)
{
    (void)a0, (void)a1, (void)a2, (void)userdata;
    (void)syscall_yield_no_wait();
}

static void arm_inside(uint32_t a0, uint32_t a1, uint32_t a2, void *userdata)
{
    (void)a1, (void)a2, (void)userdata;
    (void)syscall_command(DRIVER_ALARM, 5, a0 % 5000, 0);
}

static void restart_inside(uint32_t a0, uint32_t a1, uint32_t a2,
                           void *userdata)
{
    (void)a1, (void)a2, (void)userdata;
    if (a0 % 64 == 0) {
        berth_restart(a0);
    }
}

static uint32_t function(void)
{
    static upcall_fn *const good[] = {
        return_at_once, return_at_once, yield_inside,
        arm_inside,     restart_inside,
    };
    if (one_in(3)) {
        return 0;
    }
    if (one_in(200)) {
        return address_of(arena); /* accepted, and a fault when it is called */
    }
    return one_in(10) ? edge() | 0x80000000 : (uint32_t)(uintptr_t)PICK(good);
}

/* ---- calls ---------------------------------------------------------------------------- */

static struct sysret make(uint32_t class, uint32_t a0, uint32_t a1, uint32_t a2,
                          uint32_t a3)
{
    calls++;
    return syscall4((enum syscall_class)(class | (any() & 0xFFFFFF00)), a0, a1,
                    a2, a3);
}

static void command(void)
{
    (void)make(SYSCALL_COMMAND, driver(), number(),
               one_in(2) ? length() : any(), one_in(2) ? below(5000) : any());
}

static void subscribe(void)
{
    (void)make(SYSCALL_SUBSCRIBE, driver(), number(), function(), any());
}

static void allow(void)
{
    static const uint32_t classes[] = { SYSCALL_ALLOW_RW, SYSCALL_ALLOW_RO,
                                        SYSCALL_ALLOW_UR };
    (void)make(PICK(classes), driver(), number(), address(), length());
}

/* Mostly above what the app itself needs. */
static void memop(void)
{
    uint32_t heap = address_of(_heap_start), argument = any();
    uint32_t operand = one_in(3) ? number() : below(13);
    if (operand == MEMOP_BRK) {
        argument = one_in(40) ? edge() : heap + below(6000);
    } else if (operand == MEMOP_SBRK) {
        argument = one_in(40) ? edge() : below(64);
    }
    (void)make(SYSCALL_MEMOP, operand, argument, any(), any());
}

/* An event now or soon; false if it can not be counted on: in a full queue,
 * which only the console's events can fill, it would be lost. */
static bool alarm_is_armed(void)
{
    uint32_t ticks = one_in(4) ? 0 : below(3000);
    for (uint32_t event = 0; event < 3; event++) {
        (void)make(SYSCALL_SUBSCRIBE, DRIVER_CONSOLE, event, 0, any());
    }
    return make(SYSCALL_COMMAND, DRIVER_ALARM, 5, ticks, 0).variant ==
           SYSRET_SUCCESS_U32;
}

static void yield(void)
{
    switch (below(4)) {
    case 0:
        if (make(SYSCALL_SUBSCRIBE, DRIVER_ALARM, 0,
                 (uint32_t)(uintptr_t)return_at_once, 0)
                    .variant == SYSRET_SUCCESS_2U32 &&
            alarm_is_armed()) {
            calls++;
            syscall_yield_wait();
        }
        break;
    case 1:
        if (alarm_is_armed()) {
            (void)make(SYSCALL_YIELD, YIELD_WAIT_FOR, DRIVER_ALARM, 0, any());
        }
        break;
    case 2: /* an unknown kind */
        (void)make(SYSCALL_YIELD, 3 + below(1000), any(), any(), any());
        break;
    default:
        calls++;
        syscall_yield_running_upcall(YIELD_NO_WAIT, address());
    }
}

/* An event of the console at once, many times. */
static void flood(void)
{
    for (uint32_t n = below(12); n > 0; n--) {
        (void)make(SYSCALL_COMMAND, DRIVER_CONSOLE, 2, 0, 0);
    }
}

static void misbehave(void)
{
    switch (below(5)) {
    case 0:
        (void)make(8 + below(248), any(), any(), any(), any());
        break;
    case 1:
        (void)make(SYSCALL_EXIT, EXIT_RESTART, any(), any(), any());
        break;
    case 2:
        *(volatile uint32_t *)(uintptr_t)(edge() | 0x10000000) = any();
        break;
    default:
        (void)make(SYSCALL_EXIT, 2 + below(1000), any(), any(), any());
    }
}

static void one(void)
{
    static void (*const kinds[])(void) = {
        command, command, command, subscribe, subscribe, allow, allow,
        allow,   memop,   memop,   yield,     yield,     flood,
    };
    if (one_in(1500)) {
        misbehave();
    } else {
        PICK(kinds)();
    }
}

int main(void)
{
    uint32_t told = 0;
    state = flash_seed.seed ^
            syscall_command(DRIVER_ALARM, 2, 0, 0).value[0] * 2654435761u;
    state |= state == 0;
    for (unsigned i = 0; i < ARENA; i++) {
        arena[i] = (uint8_t)(' ' + below(94));
    }
    for (;;) {
        one();
        if (calls - told >= CALLS_PER_REPORT) {
            told = calls;
            (void)syscall_command(DRIVER_LOW_LEVEL_DEBUG, 3, REPORT, told);
        }
    }
}
