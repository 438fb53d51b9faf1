/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: toggles a LED, for ever
 * EXPECT: storm_led: begins
 * REJECT: storm_led: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        syscall_command(DRIVER_LED, LED_TOGGLE, 0, 0);
    }
}
