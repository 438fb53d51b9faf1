/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: storms together with another app that storms
 * EXPECT: storm_of_two: survived
 * EXPECT: storm_yield_no_wait: survived
 * APPS: witness storm_yield_no_wait
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        syscall_command(DRIVER_ALARM, ALARM_IN, 3, 0);
        syscall_yield_wait_for(DRIVER_ALARM, ALARM_FIRED);
    }
    return survived();
}
