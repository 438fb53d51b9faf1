/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: gives drivers the most absurd arguments
 * EXPECT: arguments_of_commands: survived: \d+ right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    static const uint32_t numbers[] = { 0,           1,           0x7FFFFFFFu,
                                        0x80000000u, 0x80000001u, 0xFFFFFFFEu,
                                        0xFFFFFFFFu };
    for (uint32_t i = 0; i < COUNT_OF(numbers); i++) {
        for (uint32_t n = 0; n < COUNT_OF(numbers); n++) {
            uint32_t a = numbers[i], b = numbers[n];
            struct sysret r =
                call(SYSCALL_COMMAND, DRIVER_ALARM, ALARM_AT, a, b);
            expect_value(a + b, r.value[0]);
            r = call(SYSCALL_COMMAND, DRIVER_ALARM, ALARM_IN, a, b);
            expect_error(OK, r);
            call(SYSCALL_COMMAND, DRIVER_ALARM, ALARM_STOP, a, b);
            check(error_of(call(SYSCALL_COMMAND, DRIVER_LED, 4, a, b)) ==
                  (a < 2 ? 0u : (uint32_t)ERR_INVAL));
            expect_error(
                OK, call(SYSCALL_COMMAND, DRIVER_CONSOLE, CONSOLE_ABORT, a, b));
            call(SYSCALL_YIELD, a | 3, b, a, b);
            call(SYSCALL_MEMOP, MEMOP_WRITEABLE_START, a, b, a);
            call(SYSCALL_MEMOP, MEMOP_WRITEABLE_END, a, b, a);
        }
    }
    return tell_checks();
}
