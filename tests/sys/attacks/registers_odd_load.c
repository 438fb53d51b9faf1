/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads where it may not with sp, gp, tp and all other registers set to an odd address in the kernel's RAM
 * EXPECT: (?s)registers_odd_load: target (?P<v>0x[0-9a-f]{8})\s.*registers_odd_load \(pid \d+\) faulted: (stack overflow: )?read 0x00000010, .* sp  (?P=v) gp  (?P=v)\s+tp  (?P=v) t0  (?P=v) .* t6  (?P=v)\s
 * REJECT: registers_odd_load: survived
 */
#include "attack.h"

int main(void)
{
    uint32_t value = aim(kernel_ram() + 0x803);
    hostile_args[0] = 0x10;
    hostile(HOSTILE_LOAD, value);
    return survived();
}
