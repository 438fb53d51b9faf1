/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the kernel's code
 * EXPECT: (?s)write_kernel_flash: target (0x[0-9a-f]{8})\s.*write_kernel_flash \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_kernel_flash: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(kernel_flash()), 0xA5A5A5A5u);
    return survived();
}
