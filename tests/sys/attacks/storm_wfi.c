/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: waits for interrupts by itself, again and again, whatever they are
 * EXPECT: storm_wfi: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x10500073, RETURN };

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            execute(code, 0, 0);
        }
    }
    return survived();
}
