/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has the kernel read its header, without a pause
 * EXPECT: storm_header: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_memop(MEMOP_WRITEABLE_COUNT, 0);
        }
    }
    return survived();
}
