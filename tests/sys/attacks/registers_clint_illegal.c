/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs into zeros with sp, gp, tp and all other registers set to the timer's address
 * EXPECT: (?s)registers_clint_illegal: target (?P<v>0x[0-9a-f]{8})\s.*registers_clint_illegal \(pid \d+\) faulted: (stack overflow: )?used the illegal instruction 0x00000000.* sp  (?P=v) gp  (?P=v)\s+tp  (?P=v) t0  (?P=v) .* t6  (?P=v)\s
 * REJECT: registers_clint_illegal: survived
 */
#include "attack.h"

int main(void)
{
    uint32_t value = aim(clock_compare());
    hostile_args[0] = 0x10;
    hostile(HOSTILE_ILLEGAL, value);
    return survived();
}
