/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: prints bursts of low-level debug lines, for ever
 * EXPECT: storm_debug_bursts: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            for (uint32_t i = 0; i < 20; i++) {
                syscall_command(DRIVER_LOW_LEVEL_DEBUG, 3, i, i);
            }
            sleep_ticks(50000);
        }
    }
    return survived();
}
