/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: moves its stack into another app's RAM and pushes
 * EXPECT: (?s)stack_in_other_ram: target .*stack_in_other_ram \(pid \d+\) faulted: (stack overflow: )?wrote 0x(8|3fc)
 * REJECT: stack_in_other_ram: survived
 */
#include "attack.h"

int main(void)
{
    uint32_t sp = aim(other_ram() + 768);
    __asm__ volatile("mv sp, %0\n\tsw zero, -16(sp)" : : "r"(sp) : "memory");
    return survived();
}
