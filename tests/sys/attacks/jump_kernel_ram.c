/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: jumps into the kernel's RAM
 * EXPECT: (?s)jump_kernel_ram: target (0x[0-9a-f]{8})\s.*jump_kernel_ram \(pid \d+\) faulted: jumped to \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: jump_kernel_ram: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(kernel_ram() + 0x800), 0, 0);
    return survived();
}
