/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes a word of which only the first half is its own
 * EXPECT: (?s)write_across_break: target (0x[0-9a-f]{8})\s.*write_across_break \(pid \d+\) faulted: wrote \1, (reaching across its break|which is misaligned)
 * REJECT: write_across_break: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(break_now() - 2), 0xA5A5A5A5u);
    return survived();
}
