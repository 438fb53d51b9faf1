/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: calls drivers, commands, events and buffers that there are not
 * EXPECT: numbers_of_drivers: survived: 240 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    static const uint32_t drivers[] = { 0xA,         0xB,         0xC,
                                        0x6FFFF,     0x7FFFFFFFu, 0x8ABCDEF0u,
                                        0xFFFFFFFEu, 0xFFFFFFFFu };
    static const uint32_t numbers[] = { 3,           7,           8,
                                        255,         256,         0xFFFF,
                                        0x10000,     0x10001,     0x7FFFFFFFu,
                                        0x80000000u, 0x80000001u, 0xFFFFFFFFu };
    for (uint32_t i = 0; i < COUNT_OF(drivers); i++) {
        for (uint32_t n = 0; n < COUNT_OF(numbers); n++) {
            expect_error(ERR_NODEVICE,
                         call(SYSCALL_COMMAND, drivers[i], numbers[n], 0, 0));
        }
        expect_error(ERR_NODEVICE,
                     call(SYSCALL_SUBSCRIBE, drivers[i], 0, 0, 0));
        expect_error(ERR_NODEVICE, call(SYSCALL_ALLOW_RO, drivers[i], 0, 0, 0));
        expect_error(ERR_NODEVICE, call(SYSCALL_ALLOW_RW, drivers[i], 0, 0, 0));
        expect_error(ERR_NODEVICE, call(SYSCALL_ALLOW_UR, drivers[i], 0, 0, 0));
        call(SYSCALL_YIELD, YIELD_NO_WAIT, 0, 0, 0);
    }
    for (uint32_t n = 0; n < COUNT_OF(numbers); n++) {
        uint32_t number = numbers[n];
        expect_error(ERR_NOSUPPORT,
                     call(SYSCALL_SUBSCRIBE, DRIVER_CONSOLE, number, 0, 0));
        expect_error(ERR_NOSUPPORT,
                     call(SYSCALL_ALLOW_RO, DRIVER_CONSOLE, number, 0, 0));
        expect_error(ERR_NOSUPPORT,
                     call(SYSCALL_ALLOW_RW, DRIVER_CONSOLE, number, 0, 0));
        expect_error(ERR_NOSUPPORT,
                     call(SYSCALL_SUBSCRIBE, DRIVER_ALARM, number, 0, 0));
        expect_error(ERR_NOSUPPORT,
                     call(SYSCALL_ALLOW_UR, DRIVER_CONSOLE, number, 0, 0));
        expect_error(number == 3 ? ERR_INVAL : ERR_NOSUPPORT,
                     call(SYSCALL_COMMAND, DRIVER_LED, number, 999, 0));
        expect_error(ERR_NOMEM,
                     call(SYSCALL_SUBSCRIBE, DRIVER_LED, number, 0, 0));
        expect_error(ERR_NOMEM,
                     call(SYSCALL_ALLOW_RO, DRIVER_LED, number, 0, 0));
        expect_error(
            number == 3 ? OK : ERR_NOSUPPORT,
            call(SYSCALL_COMMAND, DRIVER_LOW_LEVEL_DEBUG, number, 0, 0));
    }
    for (uint32_t n = 0; n < 4; n++) {
        expect_error(ERR_NOSUPPORT, call(SYSCALL_COMMAND, DRIVER_CONSOLE,
                                         4u + (n << 8), 0, 0));
    }
    return tell_checks();
}
