/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs another app's code
 * EXPECT: (?s)jump_other_flash: target (0x[0-9a-f]{8})\s.*jump_other_flash \(pid \d+\) faulted: jumped to \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: jump_other_flash: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(other_flash() + 0x80), 0, 0);
    return survived();
}
