/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: makes calls that fail, without a pause
 * EXPECT: storm_failing: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(0xFFFFFFFFu, 0, 0, 0);
            call(SYSCALL_ALLOW_RW, DRIVER_CONSOLE, 1, 0, 0xFFFFFFFFu);
            call(SYSCALL_SUBSCRIBE, 0x12345678, 0, 1, 0);
            call(SYSCALL_MEMOP, MEMOP_BRK, 0, 0, 0);
        }
    }
    return survived();
}
