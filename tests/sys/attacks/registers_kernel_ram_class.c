/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: makes a call of no class with sp, gp, tp and all other registers set to an address in the kernel's RAM
 * EXPECT: (?s)registers_kernel_ram_class: target (?P<v>0x[0-9a-f]{8})\s.*registers_kernel_ram_class \(pid \d+\) faulted: made a system call of the unknown class 0x00000008.* sp  (?P=v) gp  (?P=v)\s
 * REJECT: registers_kernel_ram_class: survived
 */
#include "attack.h"

int main(void)
{
    hostile_call(aim(kernel_ram() + 0x800), 8, 0, 0, 0, 0);
    return survived();
}
