/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: arms an alarm that is due at once and takes its upcall, without a pause
 * EXPECT: storm_alarm_0: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
            syscall_yield_wait();
        }
    }
    return survived();
}
