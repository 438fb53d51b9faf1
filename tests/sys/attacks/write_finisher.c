/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: powers the machine off
 * EXPECT: (?s)write_finisher: target (0x[0-9a-f]{8})\s.*write_finisher \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_finisher: survived
 * BOARDS: virt
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x00100000u), 0x5555u);
    return survived();
}
