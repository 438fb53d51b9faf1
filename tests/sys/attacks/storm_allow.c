/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: allows and revokes a buffer, for ever
 * EXPECT: storm_allow: begins
 * REJECT: storm_allow: survived
 */
#include "attack.h"

static char buffer[16];

int main(void)
{
    say("begins");
    for (;;) {
        syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, buffer, sizeof buffer);
        syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, buffer, sizeof buffer);
        syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, NULL, 0);
    }
}
