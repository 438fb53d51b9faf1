/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: allows nothing at addresses that are not its own, and uses it
 * EXPECT: pointers_zero_length: survived: 96 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    for (uint32_t i = 0; i < HOSTILE_VALUES; i++) {
        uint32_t base = hostile_value(i);
        expect_error(OK, call(SYSCALL_ALLOW_RO, 1, 1, base, 0));
        expect_error(OK, call(SYSCALL_ALLOW_RW, 1, 1, base, 0));
        syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 0xFFFFFFFFu, 0);
        struct event e =
            syscall_yield_wait_for(DRIVER_CONSOLE, CONSOLE_WRITTEN);
        expect_value(0, e.value[0]);
        syscall_command(DRIVER_CONSOLE, CONSOLE_READ, 0xFFFFFFFFu, 0);
        e = syscall_yield_wait_for(DRIVER_CONSOLE, CONSOLE_RECEIVED);
        expect_value(0, e.value[1]);
        expect_value(base, call(SYSCALL_ALLOW_RO, 1, 1, 0, 0).value[0]);
        expect_value(base, call(SYSCALL_ALLOW_RW, 1, 1, 0, 0).value[0]);
    }
    return tell_checks();
}
