/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: takes the buffer of a read back, then gives a shorter one, then ends the read
 * EXPECT: console_read_revoked: survived: 32 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

static char buffer[16];

int main(void)
{
    for (uint32_t i = 0; i < 8; i++) {
        syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, buffer, sizeof buffer);
        expect_error(OK, syscall_command(DRIVER_CONSOLE, CONSOLE_READ, 16, 0));
        expect_error(ERR_BUSY,
                     syscall_command(DRIVER_CONSOLE, CONSOLE_READ, 1, 0));
        syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, buffer, i % 3);
        syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, NULL, 0);
        syscall_command(DRIVER_CONSOLE, CONSOLE_ABORT, 0, 0);
        struct event e =
            syscall_yield_wait_for(DRIVER_CONSOLE, CONSOLE_RECEIVED);
        expect_value(ERR_CANCEL, e.value[0]);
        expect_value(0, e.value[1]);
    }
    return tell_checks();
}
