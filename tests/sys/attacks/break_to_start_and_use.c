/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: gives all its RAM back and goes on, its stack included
 * EXPECT: break_to_start_and_use \(pid \d+\) faulted: (stack overflow: )?(wrote|read) 0x(8|3fc)
 * REJECT: break_to_start_and_use: survived
 */
#include "attack.h"

int main(void)
{
    syscall_memop(MEMOP_BRK, memory(MEMOP_RAM_START));
    return survived();
}
