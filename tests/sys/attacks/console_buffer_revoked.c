/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: takes its buffer back right after it has asked for a write
 * EXPECT: console_buffer_revoked: survived: \d+ right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

static const char text[] =
    "console_buffer_revoked: a line of some sixty bytes, or a part.\n";

int main(void)
{
    for (uint32_t i = 0; i < 40; i++) {
        syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, text, sizeof text);
        syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, sizeof text, 0);
        syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, NULL, 0);
        struct event e =
            syscall_yield_wait_for(DRIVER_CONSOLE, CONSOLE_WRITTEN);
        check(e.value[0] <= sizeof text);
    }
    return tell_checks();
}
