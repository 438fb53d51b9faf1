/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: sets the kernel's timer so that it never fires
 * EXPECT: (?s)write_clint_compare: target (0x[0-9a-f]{8})\s.*write_clint_compare \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_clint_compare: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(clock_compare() + 4), 0xA5A5A5A5u);
    return survived();
}
