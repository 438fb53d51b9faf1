/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads another app's code
 * EXPECT: (?s)read_other_flash: target (0x[0-9a-f]{8})\s.*read_other_flash \(pid \d+\) faulted: read \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: read_other_flash: survived
 */
#include "attack.h"

int main(void)
{
    load32(aim(other_flash() + 0x80));
    return survived();
}
