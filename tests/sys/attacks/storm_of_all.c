/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: attacks together with six others, each in its own way
 * EXPECT: storm_of_all: survived
 * EXPECT: storm_no_op: survived
 * EXPECT: storm_alarm_1: survived
 * EXPECT: break_storm: survived
 * EXPECT: console_abort_storm: survived
 * EXPECT: endless_loop: begins
 * EXPECT: restart_storm: still restarting
 * BOARDS: virt esp32
 * APPS: witness endless_loop storm_no_op storm_alarm_1 break_storm
 * APPS: console_abort_storm restart_storm
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_LOW_LEVEL_DEBUG, 2, i, 0);
            syscall_yield_no_wait();
        }
        sleep_ticks(1);
    }
    return survived();
}
