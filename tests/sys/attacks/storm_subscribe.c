/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: subscribes two functions in turn, without a pause
 * EXPECT: storm_subscribe: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
            syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
            syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, NULL, NULL);
        }
    }
    return survived();
}
