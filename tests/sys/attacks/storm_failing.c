/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: makes calls that fail, for ever
 * EXPECT: storm_failing: begins
 * REJECT: storm_failing: survived
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        syscall_command(0xFFFFFFFFu, 0, 0, 0);
        call(SYSCALL_ALLOW_RW, DRIVER_CONSOLE, 1, 0, 0xFFFFFFFFu);
        call(SYSCALL_SUBSCRIBE, 0x12345678, 0, 1, 0);
        call(SYSCALL_MEMOP, MEMOP_BRK, 0, 0, 0);
    }
}
