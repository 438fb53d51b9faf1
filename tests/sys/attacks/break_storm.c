/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: moves its break up and down for ever
 * EXPECT: break_storm: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    uint32_t low = break_now();
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            break_set(memory(MEMOP_GRANT_START));
            break_set(low + i % 7);
            break_set(low);
        }
    }
    return survived();
}
