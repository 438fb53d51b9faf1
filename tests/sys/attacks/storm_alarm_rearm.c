/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: arms its alarm again and again, always a bit in the future
 * EXPECT: storm_alarm_rearm: begins
 * REJECT: storm_alarm_rearm: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        syscall_command(DRIVER_ALARM, ALARM_IN, 20, 0);
    }
}
