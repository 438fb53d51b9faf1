/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: prints bursts of low-level debug lines
 * EXPECT: storm_debug_bursts: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t burst = 0; burst < 50; burst++) {
        for (uint32_t i = 0; i < 20; i++) {
            syscall_command(DRIVER_LOW_LEVEL_DEBUG, 3, burst, i);
        }
        sleep_ticks(ticks_of_ms(5));
    }
    return survived();
}
