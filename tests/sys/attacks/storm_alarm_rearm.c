/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: arms its alarm again and again, always a bit in the future
 * EXPECT: storm_alarm_rearm: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_ALARM, ALARM_IN, 20, 0);
        }
    }
    return survived();
}
