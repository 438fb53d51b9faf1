/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: arms an alarm that is due in 10 us and sleeps until it has come, without a pause
 * EXPECT: storm_alarm_100: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            sleep_ticks(100);
        }
    }
    return survived();
}
