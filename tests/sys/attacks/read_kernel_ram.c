/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the first word of the kernel's RAM
 * EXPECT: (?s)read_kernel_ram: target (0x[0-9a-f]{8})\s.*read_kernel_ram \(pid \d+\) faulted: read \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: read_kernel_ram: survived
 */
#include "attack.h"

int main(void)
{
    load32(aim(kernel_ram()));
    return survived();
}
