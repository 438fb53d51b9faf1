/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: calls a command that does nothing, for ever
 * EXPECT: storm_no_op: begins
 * REJECT: storm_no_op: survived
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        syscall_command(DRIVER_CONSOLE, 0, 0, 0);
    }
}
