/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: calls a command that does nothing, without a pause
 * EXPECT: storm_no_op: survived
 * EXPECT: bystander: \d+ rounds
 * REJECT: bystander: MEMORY
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_CONSOLE, 0, 0, 0);
        }
    }
    return survived();
}
