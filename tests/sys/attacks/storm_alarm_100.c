/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: arms an alarm that is due in 10 us and sleeps until it has come, for ever
 * EXPECT: storm_alarm_100: begins
 * REJECT: storm_alarm_100: survived
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        sleep_ticks(100);
    }
}
