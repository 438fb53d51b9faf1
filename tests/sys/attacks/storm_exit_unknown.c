/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: asks for an exit that there is not, without a pause
 * EXPECT: storm_exit_unknown: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            call(SYSCALL_EXIT, 2, 0, 0, 0);
        }
    }
    return survived();
}
