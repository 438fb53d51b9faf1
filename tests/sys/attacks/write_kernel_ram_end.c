/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the last word of the kernel's RAM
 * EXPECT: (?s)write_kernel_ram_end: target (0x[0-9a-f]{8})\s.*write_kernel_ram_end \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_kernel_ram_end: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(by_board(0x8000fffcu, 0x80000ffcu, 0x3FC9CFFCu)), 0xA5A5A5A5u);
    return survived();
}
