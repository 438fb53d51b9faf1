/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the last word of the address space
 * EXPECT: (?s)read_last_word: target (0x[0-9a-f]{8})\s.*read_last_word \(pid \d+\) faulted: read \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: read_last_word: survived
 */
#include "attack.h"

int main(void)
{
    load32(aim(0xFFFFFFFCu));
    return survived();
}
