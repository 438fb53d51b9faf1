/* SPDX-License-Identifier: Apache-2.0 */
/* Makes random system calls for ever: every class, every driver, arguments good
 * and hostile mixed, addresses and lengths near the edges of everything. Now and
 * then it breaks a rule, ends, or starts itself anew; the board has to go on with
 * whatever ends, stops, or waits for ever (boards/virt-checked). Each
 * CALLS_PER_REPORT calls it tells by low-level debug, which needs nothing of what
 * has been played with, its report and the calls of this life.
 *
 * An app includes this and calls fuzz_run().
 */
#ifndef TESTS_SYS_APPS_FUZZ_H
#define TESTS_SYS_APPS_FUZZ_H

#include <berth/app_flash.h>
#include <berth/exit.h>
#include <berth/memory.h>
#include <stdbool.h>
#include <string.h>
#include <syscall.h>

#define CALLS_PER_REPORT 500u
#define ARENA 640u
#define ROOM 64u
#define QUEUE 9u

/* The test finds the text in the flash image and writes the seed behind it. */
static const struct {
    char mark[12];
    volatile uint32_t seed;
} flash_seed = { "fuzz seed: ", 1 };

/* Of app flash; nothing reads it. */
static const volatile uint8_t kept[128] BERTH_WRITEABLE_FLASH = { 0 };

/* May this command be given? NULL: each. */
static bool (*fuzz_may)(uint32_t driver, uint32_t command, uint32_t a,
                        uint32_t b);
/* Something of the app's own, now and then, or NULL. */
static void (*fuzz_extra)(void);

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

/* Drivers, and the highest number of their commands. */
static const struct {
    uint32_t number, commands;
} drivers[] = {
    { DRIVER_ALARM, 6 },
    { DRIVER_CONSOLE, 3 },
    { DRIVER_LED, 4 },
    { DRIVER_BUTTON, 3 },
    { DRIVER_GPIO, 10 },
    { DRIVER_ADC, 5 },
    { DRIVER_READ_ONLY_STATE, 1 },
    { DRIVER_PWM, 3 },
    { DRIVER_IPC, 3 },
    { DRIVER_IPC, 3 },
    { DRIVER_APP_LOADER, 6 },
    { DRIVER_PROCESS_INFO, 6 },
    { DRIVER_SPI_CONTROLLER, 10 },
    { DRIVER_I2C_MASTER, 3 },
    { DRIVER_RNG, 1 },
    { DRIVER_CRC, 1 },
    { DRIVER_HMAC, 5 },
    { DRIVER_SHA, 2 },
    { DRIVER_AES, 8 },
    { DRIVER_APP_FLASH, 1 },
    { DRIVER_NONVOLATILE, 3 },
    { DRIVER_KV, 6 },
    { DRIVER_ISOLATED, 3 },
    { DRIVER_TEMPERATURE, 1 },
    { DRIVER_HUMIDITY, 1 },
    { DRIVER_AMBIENT_LIGHT, 1 },
    { DRIVER_PRESSURE, 1 },
    { DRIVER_DATE_TIME, 2 },
    { DRIVER_CYCLE_COUNT, 4 },
    { DRIVER_APP_LOADER_MORE, 13 },
    { DRIVER_VERIFIER, 2 },
    { DRIVER_LOADER_LINE, 3 },
};

static uint32_t odd_driver(void)
{
    static const uint32_t odd[] = {
        DRIVER_LOW_LEVEL_DEBUG, 6, 0x20000, 0x80000000, 0xFFFFFFFF,
    };
    return one_in(8) ? any() : PICK(odd);
}

static uint32_t odd_number(void)
{
    static const uint32_t odd[] = {
        8, 16, 32, 63, 64, 101, 102, 255, 256, 0xFFFF, 0x10000, 0xFFFFFFFF,
    };
    return one_in(4) ? any() : PICK(odd);
}

static uint32_t number(void)
{
    return one_in(12) ? odd_number() : below(7);
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
        address_of(kept),
        address_of(kept) + sizeof kept,
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
    static const uint32_t fit[] = { 16, 24, 32, 48, 64 };
    if (one_in(8)) {
        return one_in(4) ? edge() - edge() : PICK(odd);
    }
    return one_in(3) ? PICK(fit) : below(40);
}

/* What an argument of a command may be. */
static uint32_t argument(void)
{
    switch (below(8)) {
    case 0:
        return any();
    case 1:
        return length();
    case 2:
        return below(5000);
    case 3: /* a rate or a length, and an index */
        return below(70) << (one_in(2) ? 8 : 16) | below(4);
    case 4:
        return address_of(kept) + below(sizeof kept);
    default:
        return below(8);
    }
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

static bool may(uint32_t driver, uint32_t command, uint32_t a, uint32_t b)
{
    return fuzz_may == NULL || fuzz_may(driver, command, a, b);
}

static void command(void)
{
    uint32_t pick = below(sizeof drivers / sizeof drivers[0]);
    uint32_t driver = drivers[pick].number;
    uint32_t number = below(drivers[pick].commands + 1);
    uint32_t a = argument(), b = argument();
    if (one_in(12)) {
        driver = odd_driver();
    }
    if (one_in(12)) {
        number = odd_number();
    }
    if (may(driver, number, a, b)) {
        (void)make(SYSCALL_COMMAND, driver, number, a, b);
    }
}

static uint32_t driver(void)
{
    return one_in(8) ? odd_driver() : PICK(drivers).number;
}

static void subscribe(void)
{
    (void)make(SYSCALL_SUBSCRIBE, driver(), number(), function(), any());
}

static void allow(void)
{
    static const uint32_t classes[] = { SYSCALL_ALLOW_RW, SYSCALL_ALLOW_RO,
                                        SYSCALL_ALLOW_UR };
    uint32_t a = address(), len = length();
    if (one_in(16)) { /* a long one */
        a = address_of(arena) + below(ROOM);
        len = ARENA - below(ARENA / 2);
    }
    (void)make(PICK(classes), driver(), number(), a, len);
}

/* A command with the buffers that it may want, all there. */
static void operation(void)
{
    uint32_t pick = below(sizeof drivers / sizeof drivers[0]);
    uint32_t driver = drivers[pick].number;
    for (uint32_t n = below(4); n < 4; n++) {
        uint32_t at = address_of(arena) + below(ARENA);
        (void)make(one_in(2) ? SYSCALL_ALLOW_RW : SYSCALL_ALLOW_RO, driver,
                   below(3), at, length() % (ROOM + 1));
    }
    for (uint32_t n = 1; n <= drivers[pick].commands; n++) {
        uint32_t a = argument(), b = argument();
        if (one_in(2) && may(driver, n, a, b)) {
            (void)make(SYSCALL_COMMAND, driver, n, a, b);
        }
    }
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

/* An event now or soon; false if it can not be counted on. In a full queue it
 * would be lost, so that is emptied first; whoever waits for ever all the same is
 * found by the board. */
static bool alarm_is_armed(void)
{
    uint32_t ticks = one_in(4) ? 0 : below(3000);
    for (uint32_t event = 0; event < QUEUE; event++) {
        calls++;
        syscall_yield_no_wait();
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
    switch (below(6)) {
    case 0:
        (void)make(8 + below(248), any(), any(), any(), any());
        break;
    case 1:
        (void)make(SYSCALL_EXIT, EXIT_RESTART, any(), any(), any());
        break;
    case 2:
        *(volatile uint32_t *)(uintptr_t)(edge() | 0x10000000) = any();
        break;
    case 3:
        (void)make(SYSCALL_EXIT, EXIT_TERMINATE, any(), any(), any());
        break;
    default:
        (void)make(SYSCALL_EXIT, 2 + below(1000), any(), any(), any());
    }
}

static void one(void)
{
    static void (*const kinds[])(void) = {
        command, command, command, operation, subscribe, subscribe, allow,
        allow,   allow,   memop,   memop,     yield,     yield,     flood,
    };
    if (one_in(1500)) {
        misbehave();
    } else if (fuzz_extra != NULL && one_in(300)) {
        fuzz_extra();
    } else {
        PICK(kinds)();
    }
}

/* Reports as `report`. Never returns. */
static void fuzz_run(uint32_t report)
{
    uint32_t told = 0;
    state = flash_seed.seed ^
            syscall_command(DRIVER_ALARM, 2, 0, 0).value[0] * 2654435761u;
    state |= state == 0;
    for (unsigned i = 0; i < ARENA; i++) {
        arena[i] = (uint8_t)(' ' + below(94));
    }
    static const char *const names[] = { "fuzz_calls", "fuzz_filtered",
                                         "fuzz_mighty" };
    const char *name = PICK(names);
    (void)syscall_allow_ro(DRIVER_IPC, 0, name, strlen(name));
    (void)syscall_command(DRIVER_IPC, 1, 0, 0);
    for (;;) {
        one();
        if (calls - told >= CALLS_PER_REPORT) {
            told = calls;
            (void)syscall_command(DRIVER_LOW_LEVEL_DEBUG, 3, report, told);
        }
    }
}

#endif
