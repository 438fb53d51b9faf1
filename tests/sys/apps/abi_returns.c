/* SPDX-License-Identifier: Apache-2.0 */
/* What each class of system call answers, and which registers it leaves alone:
 * command, subscribe, the allows, exit, and what there is not. */
#include "check.h"

#include <berth/memory.h>

enum { NO_DRIVER = 0x77777, LED = DRIVER_LED, CONSOLE = DRIVER_CONSOLE };
/* Numbers of the console that printing does not use. */
enum { SUB = 2, SLOT = 0 };

#define A3 0x33333333u
#define FAILURE(error, a2, a3) QUAD(SYSRET_FAILURE_2U32, (error), (a2), (a3))
#define PREVIOUS(a1, a2) QUAD(SYSRET_SUCCESS_2U32, (a1), (a2), KEEP)

static uint8_t buffer[64];
static const uint8_t constant[16] = "in flash";
static uint32_t ram, ram_end, flash, flash_end, brk;

__attribute__((naked)) static void stub(void)
{
    __asm__ volatile("ret");
}

static void commands(void)
{
    const uint32_t class = SYSCALL_COMMAND;
    const struct quad no_device =
        QUAD(SYSRET_FAILURE, ERR_NODEVICE, KEEP, KEEP);
    const struct quad no_support =
        QUAD(SYSRET_FAILURE, ERR_NOSUPPORT, KEEP, KEEP);

    check_call("command 0 is a plain Success and leaves a1 to a3", class,
               QUAD(CONSOLE, 0, 0x22, A3),
               QUAD(SYSRET_SUCCESS, KEEP, KEEP, KEEP));
    check_call("Success-u32 leaves a2 and a3", class, QUAD(LED, 0, 0x22, A3),
               QUAD(SYSRET_SUCCESS_U32, 2, KEEP, KEEP));
    check_call("an unknown command is NOSUPPORT", class,
               QUAD(CONSOLE, 99, 0x22, A3), no_support);
    check_call("the highest command number is NOSUPPORT", class,
               QUAD(CONSOLE, 0xFFFFFFFF, 0x22, A3), no_support);
    check_call("an unknown driver is NODEVICE", class,
               QUAD(NO_DRIVER, 0, 0x22, A3), no_device);
    check_call("the highest driver number is NODEVICE", class,
               QUAD(0xFFFFFFFF, 0, 0x22, A3), no_device);
    check_call("of a4 only the low 8 bits are the class", class | 0xABCDEF00,
               QUAD(LED, 0, 0x22, A3), QUAD(SYSRET_SUCCESS_U32, 2, KEEP, KEEP));
}

static void subscribes(void)
{
    const uint32_t class = SYSCALL_SUBSCRIBE, f = (uint32_t)(uintptr_t)stub;
    static const uint32_t outside[] = {
        4,          0x80000000, 0x80000FFC, 0x10000000, 0x20000000,
        0x7FFFFFFC, 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFF,
    };

    check_call("the first subscribe answers 0, 0", class,
               QUAD(CONSOLE, SUB, f, 0xA1), PREVIOUS(0, 0));
    check_call("subscribe answers what was there", class,
               QUAD(CONSOLE, SUB, f, 0xA2), PREVIOUS(f, 0xA1));
    check_call("the same again is still a swap", class,
               QUAD(CONSOLE, SUB, f, 0xA2), PREVIOUS(f, 0xA2));
    check_call("a null upcall can be subscribed", class,
               QUAD(CONSOLE, SUB, 0, 0xA3), PREVIOUS(f, 0xA2));
    check_call("userdata of a null upcall is kept", class,
               QUAD(CONSOLE, SUB, f + 1, 0xA4), PREVIOUS(0, 0xA3));
    check_call("an unaligned upcall is accepted", class,
               QUAD(CONSOLE, SUB, f, 0xA5), PREVIOUS(f + 1, 0xA4));
    for (unsigned i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        check_call("an upcall outside the app is INVAL", class,
                   QUAD(CONSOLE, SUB, outside[i], 0xA6),
                   FAILURE(ERR_INVAL, outside[i], 0xA6));
    }
    check_call("an upcall in the TBF header is INVAL", class,
               QUAD(CONSOLE, SUB, flash, 1), FAILURE(ERR_INVAL, flash, 1));
    check_call("an upcall may be the last word of flash", class,
               QUAD(CONSOLE, SUB, flash_end - 4, 0xA7), PREVIOUS(f, 0xA5));
    check_call("an upcall across the end of flash is INVAL", class,
               QUAD(CONSOLE, SUB, flash_end - 3, 1),
               FAILURE(ERR_INVAL, flash_end - 3, 1));
    check_call("an upcall may lie in RAM", class,
               QUAD(CONSOLE, SUB, brk - 4, 0xA8),
               PREVIOUS(flash_end - 4, 0xA7));
    check_call("an upcall across the break is INVAL", class,
               QUAD(CONSOLE, SUB, brk - 3, 1), FAILURE(ERR_INVAL, brk - 3, 1));
    check_call("subscribe to an unknown driver is NODEVICE", class,
               QUAD(NO_DRIVER, 0, f, 1), FAILURE(ERR_NODEVICE, f, 1));
    check_call("subscribe: INVAL comes before NODEVICE", class,
               QUAD(NO_DRIVER, 0, 4, 1), FAILURE(ERR_INVAL, 4, 1));
    check_call("subscribe to a driver without grant is NOMEM", class,
               QUAD(LED, 0, f, 1), FAILURE(ERR_NOMEM, f, 1));
    check_call("subscribe: INVAL comes before NOMEM", class, QUAD(LED, 0, 4, 1),
               FAILURE(ERR_INVAL, 4, 1));
    check_call("an unknown subscribe number is NOSUPPORT", class,
               QUAD(CONSOLE, 3, f, 1), FAILURE(ERR_NOSUPPORT, f, 1));
    check_call("subscribe number 2^16 is NOSUPPORT", class,
               QUAD(CONSOLE, 0x10002, f, 1), FAILURE(ERR_NOSUPPORT, f, 1));
    check_call("the highest subscribe number is NOSUPPORT", class,
               QUAD(CONSOLE, 0xFFFFFFFF, f, 1), FAILURE(ERR_NOSUPPORT, f, 1));
    check_call("subscribe: INVAL comes before NOSUPPORT", class,
               QUAD(CONSOLE, 3, 4, 1), FAILURE(ERR_INVAL, 4, 1));
    check_call("a failed subscribe has changed nothing", class,
               QUAD(CONSOLE, SUB, 0, 0), PREVIOUS(brk - 4, 0xA8));
}

/* What holds for all buffers in RAM. */
static void allow_ranges(uint32_t class, uint32_t driver)
{
    const struct {
        uint32_t base, len;
    } outside[] = {
        { 0x80000000, 4 }, { 0x20000000, 4 },    { 0x10000000, 1 },
        { ram - 1, 1 },    { ram - 1, 2 },       { brk, 1 },
        { brk - 1, 2 },    { ram_end - 4, 4 },   { ram, 0xFFFFFFFF },
        { ram, 0u - ram }, { 0xFFFFFFFF, 1 },    { 0xFFFFFFFF, 2 },
        { 1, 0xFFFFFFFF }, { 0, 0xFFFFFFFF },    { ram + 16, 0xFFFFFFF0 },
        { flash, 4 },      { flash_end - 1, 2 }, { flash_end, 1 },
    };
    for (unsigned i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        check_call("a buffer outside the app is INVAL", class,
                   QUAD(driver, SLOT, outside[i].base, outside[i].len),
                   FAILURE(ERR_INVAL, outside[i].base, outside[i].len));
    }
    check_call("a failed allow has changed nothing", class,
               QUAD(driver, SLOT, ram, brk - ram), PREVIOUS(0, 0));
    check_call("a buffer may be all memory up to the break", class,
               QUAD(driver, SLOT, brk, 0), PREVIOUS(ram, brk - ram));
    check_call("a buffer of length 0 is kept as it was given", class,
               QUAD(driver, SLOT, 0xFFFFFFFF, 0), PREVIOUS(brk, 0));
    check_call("a buffer of length 0 may lie anywhere", class,
               QUAD(driver, SLOT, 0x80000000, 0), PREVIOUS(0xFFFFFFFF, 0));
    check_call("a buffer may be revoked by 0, 0", class,
               QUAD(driver, SLOT, 0, 0), PREVIOUS(0x80000000, 0));
    check_call("allow for an unknown driver is NODEVICE", class,
               QUAD(NO_DRIVER, 0, address_of(buffer), 4),
               FAILURE(ERR_NODEVICE, address_of(buffer), 4));
    check_call("allow: NODEVICE comes before INVAL", class,
               QUAD(NO_DRIVER, 0, 0x80000000, 4),
               FAILURE(ERR_NODEVICE, 0x80000000, 4));
}

/* What the kernel keeps itself. */
static void allow_numbers(uint32_t class)
{
    const uint32_t b = address_of(buffer);
    check_call("allow for a driver without grant is NOMEM", class,
               QUAD(LED, 0, b, 4), FAILURE(ERR_NOMEM, b, 4));
    check_call("allow: INVAL comes before NOMEM", class,
               QUAD(LED, 0, 0x80000000, 4), FAILURE(ERR_INVAL, 0x80000000, 4));
    check_call("an unknown buffer number is NOSUPPORT", class,
               QUAD(CONSOLE, 2, b, 4), FAILURE(ERR_NOSUPPORT, b, 4));
    check_call("the highest buffer number is NOSUPPORT", class,
               QUAD(CONSOLE, 0xFFFFFFFF, b, 4), FAILURE(ERR_NOSUPPORT, b, 4));
    check_call("an unknown buffer number of length 0 is NOSUPPORT", class,
               QUAD(CONSOLE, 2, 0, 0), FAILURE(ERR_NOSUPPORT, 0, 0));
    check_call("allow: INVAL comes before NOSUPPORT", class,
               QUAD(CONSOLE, 2, 0x80000000, 4),
               FAILURE(ERR_INVAL, 0x80000000, 4));
    check_call("a driver with a grant but no buffers is NOSUPPORT", class,
               QUAD(DRIVER_LOW_LEVEL_DEBUG, 0, b, 4),
               FAILURE(ERR_NOSUPPORT, b, 4));
}

static void allow_flash(void)
{
    const uint32_t c = address_of(constant);
    check_call("a read-write buffer in flash is INVAL", SYSCALL_ALLOW_RW,
               QUAD(CONSOLE, SLOT, c, 8), FAILURE(ERR_INVAL, c, 8));
    check_call("a read-only buffer may lie in flash", SYSCALL_ALLOW_RO,
               QUAD(CONSOLE, SLOT, c, 8), PREVIOUS(0, 0));
    check_call("a read-only buffer may reach the end of flash",
               SYSCALL_ALLOW_RO, QUAD(CONSOLE, SLOT, flash_end - 1, 1),
               PREVIOUS(c, 8));
    check_call("read-only and read-write are spaces of their own",
               SYSCALL_ALLOW_RW, QUAD(CONSOLE, SLOT, ram, 16), PREVIOUS(0, 0));
    check_call("a read-only buffer may overlap a read-write one",
               SYSCALL_ALLOW_RO, QUAD(CONSOLE, SLOT, ram, 16),
               PREVIOUS(flash_end - 1, 1));
    (void)call(SYSCALL_ALLOW_RO, QUAD(CONSOLE, SLOT, 0, 0));
    (void)call(SYSCALL_ALLOW_RW, QUAD(CONSOLE, SLOT, 0, 0));
}

static void allow_readable(void)
{
    const uint32_t class = SYSCALL_ALLOW_UR, b = address_of(buffer);
    check_call("userspace-readable: a driver without is NOSUPPORT", class,
               QUAD(CONSOLE, 0, b, 4), FAILURE(ERR_NOSUPPORT, b, 4));
    check_call("userspace-readable: INVAL comes before NOSUPPORT", class,
               QUAD(CONSOLE, 0, 0x80000000, 4),
               FAILURE(ERR_INVAL, 0x80000000, 4));
    check_call("userspace-readable: an unknown number is NOSUPPORT", class,
               QUAD(DRIVER_READ_ONLY_STATE, 1, b, 4),
               FAILURE(ERR_NOSUPPORT, b, 4));
    check_call("userspace-readable: not in flash", class,
               QUAD(DRIVER_READ_ONLY_STATE, 0, address_of(constant), 4),
               FAILURE(ERR_INVAL, address_of(constant), 4));
}

static void others(void)
{
    const struct quad kept = QUAD(KEEP, KEEP, KEEP, KEEP);
    check_call("an unknown kind of exit is NOSUPPORT", SYSCALL_EXIT,
               QUAD(2, 5, 6, A3),
               QUAD(SYSRET_FAILURE, ERR_NOSUPPORT, KEEP, KEEP));
    check_call("the highest kind of exit is NOSUPPORT", SYSCALL_EXIT,
               QUAD(0xFFFFFFFF, 5, 6, A3),
               QUAD(SYSRET_FAILURE, ERR_NOSUPPORT, KEEP, KEEP));
    check_call("an unknown kind of yield returns and changes nothing",
               SYSCALL_YIELD, QUAD(3, 5, 6, A3), kept);
    check_call("the highest kind of yield returns and changes nothing",
               SYSCALL_YIELD, QUAD(0xFFFFFFFF, 5, 6, A3), kept);
}

int main(void)
{
    ram = address_of(berth_memory_ram_start());
    ram_end = address_of(berth_memory_ram_end());
    flash = address_of(berth_memory_flash_start());
    flash_end = address_of(berth_memory_flash_end());
    brk = address_of(berth_memory_break());
    commands();
    subscribes();
    allow_ranges(SYSCALL_ALLOW_RW, CONSOLE);
    allow_numbers(SYSCALL_ALLOW_RW);
    /* RO 0 begins unused too: what is refused has not used it. */
    allow_ranges(SYSCALL_ALLOW_RO, CONSOLE);
    allow_numbers(SYSCALL_ALLOW_RO);
    allow_flash();
    allow_ranges(SYSCALL_ALLOW_UR, DRIVER_READ_ONLY_STATE);
    allow_readable();
    others();
    return check_end();
}
