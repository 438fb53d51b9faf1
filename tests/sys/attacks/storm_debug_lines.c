/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: prints low-level debug lines as fast as it can
 * EXPECT: storm_debug_lines: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t i = 0; i < 3000; i++) {
        syscall_command(DRIVER_LOW_LEVEL_DEBUG, i % 3 + 1, i, 0xFFFFFFFFu);
    }
    return survived();
}
