/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: asks for an exit that there is not, for ever
 * EXPECT: storm_exit_unknown: begins
 * REJECT: storm_exit_unknown: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        call(SYSCALL_EXIT, 2, 0, 0, 0);
    }
}
