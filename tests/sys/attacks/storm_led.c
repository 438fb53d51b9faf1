/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: toggles a LED, without a pause
 * EXPECT: storm_led: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_LED, LED_TOGGLE, 0, 0);
        }
    }
    return survived();
}
