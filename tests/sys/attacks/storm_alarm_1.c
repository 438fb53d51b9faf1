/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: arms an alarm that is due in one tick and sleeps until it has come, without a pause
 * EXPECT: storm_alarm_1: survived
 * EXPECT: bystander: \d+ rounds
 * REJECT: bystander: MEMORY
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_ALARM, ALARM_IN, 1, 0);
            syscall_yield_wait();
        }
    }
    return survived();
}
