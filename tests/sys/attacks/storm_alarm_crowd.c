/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: wakes up all the time, as five others do
 * EXPECT: storm_alarm_crowd: survived
 * BOARDS: virt esp32
 * APPS: witness storm_alarm_1 storm_alarm_1 storm_alarm_100 storm_alarm_100 storm_alarm_0
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            sleep_ticks(i);
        }
    }
    return survived();
}
