/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: moves its break up and down for ever
 * EXPECT: break_storm: begins
 * REJECT: break_storm: survived
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    uint32_t low = break_now();
    for (uint32_t i = 0;; i++) {
        break_set(memory(MEMOP_GRANT_START));
        break_set(low + i % 7);
        break_set(low);
    }
}
