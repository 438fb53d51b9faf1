/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: overwrites another app's data
 * EXPECT: (?s)write_other_ram: target (0x[0-9a-f]{8})\s.*write_other_ram \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_other_ram: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(other_ram() + 768), 0xA5A5A5A5u);
    return survived();
}
