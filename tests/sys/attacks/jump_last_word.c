/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: jumps to the last word of the address space
 * EXPECT: (?s)jump_last_word: target (0x[0-9a-f]{8})\s.*jump_last_word \(pid \d+\) faulted: jumped to \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: jump_last_word: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(0xFFFFFFFCu), 0, 0);
    return survived();
}
