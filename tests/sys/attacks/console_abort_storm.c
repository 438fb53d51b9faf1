/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: starts and ends reads for ever
 * EXPECT: console_abort_storm: survived
 */
#include "attack.h"

static char buffer[16];

int main(void)
{
    say("begins");
    syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, buffer, sizeof buffer);
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_CONSOLE, CONSOLE_READ, sizeof buffer, 0);
            syscall_command(DRIVER_CONSOLE, CONSOLE_ABORT, 0, 0);
        }
    }
    return survived();
}
