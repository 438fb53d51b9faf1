/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: breaks with sp, gp, tp and all other registers set to an address in the kernel's RAM
 * EXPECT: (?s)registers_kernel_ram_break: target (?P<v>0x[0-9a-f]{8})\s.*registers_kernel_ram_break \(pid \d+\) faulted: (stack overflow: )?ran into a breakpoint.* sp  (?P=v) gp  (?P=v)\s+tp  (?P=v) t0  (?P=v) .* t6  (?P=v)\s
 * REJECT: registers_kernel_ram_break: survived
 */
#include "attack.h"

int main(void)
{
    uint32_t value = aim(kernel_ram() + 0x800);
    hostile_args[0] = 0x10;
    hostile(HOSTILE_BREAK, value);
    return survived();
}
