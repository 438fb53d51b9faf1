/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: exchanges its buffer in the middle of a write for a shorter one, and for flash
 * EXPECT: console_buffer_changed: survived: \d+ right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

static const char text[] =
    "console_buffer_changed: a line of some sixty bytes, or a part.\n";
static char other[sizeof text];

int main(void)
{
    for (uint32_t i = 0; i < sizeof text; i++) {
        syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, text, sizeof text);
        syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, sizeof text, 0);
        syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, other, i);
        other[i % sizeof other] = '!';
        struct event e =
            syscall_yield_wait_for(DRIVER_CONSOLE, CONSOLE_WRITTEN);
        check(e.value[0] <= sizeof text);
    }
    return tell_checks();
}
