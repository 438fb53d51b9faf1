/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads where the kernel's stack lies, behind its guard
 * EXPECT: (?s)read_kernel_stack: target (0x[0-9a-f]{8})\s.*read_kernel_stack \(pid \d+\) faulted: read \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: read_kernel_stack: survived
 */
#include "attack.h"

int main(void)
{
    load32(aim(kernel_ram() + 0x400));
    return survived();
}
