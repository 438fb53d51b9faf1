/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: exits in the middle of a write, buffer and event still owed, and starts again
 * EXPECT: (?s)(console_exit_in_write: begins.*){5}
 * REJECT: console_exit_in_write: survived
 */
#include "attack.h"

static const char text[] =
    "console_exit_in_write: a line of some sixty bytes or a part of one\n";
static char buffer[16];

int main(void)
{
    say("begins");
    rest_after_ms(100);
    sleep_ticks(ticks_of_ms(5));
    syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, text, sizeof text);
    syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, sizeof text, 0);
    syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, buffer, sizeof buffer);
    syscall_command(DRIVER_CONSOLE, CONSOLE_READ, sizeof buffer, 0);
    syscall_exit(EXIT_RESTART, 0);
}
