/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: yields without waiting, without a pause
 * EXPECT: storm_yield_no_wait: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_yield_no_wait();
        }
    }
    return survived();
}
