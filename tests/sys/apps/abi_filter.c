/* SPDX-License-Identifier: Apache-2.0 */
/* The filter by the Permissions TLV; abi_filter.mk says what this app may call:
 * command 1 of the console and of read-only state, command 5 of the alarm,
 * command 66 of low-level debug (which there is not), command 0 of LEDs. */
#include "check.h"

enum { ALARM = DRIVER_ALARM, CONSOLE = DRIVER_CONSOLE, LED = DRIVER_LED };
enum { DEBUG = DRIVER_LOW_LEVEL_DEBUG, INFO = DRIVER_PROCESS_INFO };

static uint8_t buffer[16];

static void stub(uint32_t a0, uint32_t a1, uint32_t a2, void *userdata)
{
    (void)a0, (void)a1, (void)a2, (void)userdata;
}

static void command(const char *clause, uint32_t driver, uint32_t number,
                    uint32_t error)
{
    check_call(clause, SYSCALL_COMMAND, QUAD(driver, number, 0x22, 0x33),
               QUAD(SYSRET_FAILURE, error, KEEP, KEEP));
}

static void commands(void)
{
    check_call("a command that is named is let through", SYSCALL_COMMAND,
               QUAD(LED, 0, 0x22, 0x33),
               QUAD(SYSRET_SUCCESS_U32, 2, KEEP, KEEP));
    command("another of the same driver is NODEVICE", LED, 4, ERR_NODEVICE);
    command("command 0 needs its own bit", CONSOLE, 0, ERR_NODEVICE);
    command("command 0 of the alarm likewise", ALARM, 0, ERR_NODEVICE);
    command("a neighbour's bit does not do", ALARM, 6, ERR_NODEVICE);
    command("a driver that is not named is NODEVICE", INFO, 1, ERR_NODEVICE);
    command("a named command that there is not is NOSUPPORT", DEBUG, 66,
            ERR_NOSUPPORT);
    command("in another window of 64 the bit does not count", DEBUG, 2,
            ERR_NODEVICE);
    command("nor in a third", DEBUG, 130, ERR_NODEVICE);
    command("nor far up", DEBUG, 66u + (64u << 25), ERR_NODEVICE);
    command("nor 32 bits away", DEBUG, 98, ERR_NODEVICE);
    command("an unknown driver is NODEVICE", 0x77777, 0, ERR_NODEVICE);
}

static void refused(const char *clause, uint32_t class, uint32_t a2,
                    uint32_t a3)
{
    check_call(clause, class, QUAD(INFO, 0, a2, a3),
               QUAD(SYSRET_FAILURE_2U32, ERR_NODEVICE, a2, a3));
}

static void others(void)
{
    const struct quad passed = QUAD(SYSRET_SUCCESS_2U32, 0, 0, KEEP);
    uint32_t f = (uint32_t)(uintptr_t)stub, b = address_of(buffer);
    refused("subscribe to a driver not named is variant 2, NODEVICE",
            SYSCALL_SUBSCRIBE, f, 7);
    refused("and comes before INVAL", SYSCALL_SUBSCRIBE, 4, 7);
    refused("read-write allow likewise", SYSCALL_ALLOW_RW, b, 4);
    refused("read-only allow likewise", SYSCALL_ALLOW_RO, b, 4);
    refused("userspace-readable allow likewise", SYSCALL_ALLOW_UR, b, 4);
    refused("a buffer of length 0 likewise", SYSCALL_ALLOW_RW, 0, 0);
    check_call("subscribe passes for any entry of the driver",
               SYSCALL_SUBSCRIBE, QUAD(CONSOLE, 2, f, 7), passed);
    check_call("read-write allow too", SYSCALL_ALLOW_RW, QUAD(CONSOLE, 0, b, 4),
               passed);
    check_call("read-only allow too", SYSCALL_ALLOW_RO, QUAD(CONSOLE, 0, b, 4),
               passed);
    check_call("userspace-readable allow too", SYSCALL_ALLOW_UR,
               QUAD(DRIVER_READ_ONLY_STATE, 0, b, 16), passed);
    check_call("memop is never filtered", SYSCALL_MEMOP, QUAD(7, 0, 1, 2),
               QUAD(SYSRET_SUCCESS_U32, 0, KEEP, KEEP));
    check("yield is never filtered", syscall_yield_no_wait() == 0);
}

int main(void)
{
    commands();
    others();
    return check_end();
}
