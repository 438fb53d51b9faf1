/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: jumps into another app's RAM
 * EXPECT: (?s)jump_other_ram: target (0x[0-9a-f]{8})\s.*jump_other_ram \(pid \d+\) faulted: jumped to \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: jump_other_ram: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(other_ram() + 768), 0, 0);
    return survived();
}
