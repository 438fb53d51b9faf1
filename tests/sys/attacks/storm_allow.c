/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: allows and revokes a buffer, without a pause
 * EXPECT: storm_allow: survived
 */
#include "attack.h"

static char buffer[16];

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, buffer,
                             sizeof buffer);
            syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, buffer,
                             sizeof buffer);
            syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, NULL, 0);
        }
    }
    return survived();
}
