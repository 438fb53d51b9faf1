/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads another app's stack
 * EXPECT: (?s)read_other_ram: target (0x[0-9a-f]{8})\s.*read_other_ram \(pid \d+\) faulted: read \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: read_other_ram: survived
 */
#include "attack.h"

int main(void)
{
    load32(aim(other_ram() + 16));
    return survived();
}
