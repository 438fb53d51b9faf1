/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the word at its break
 * EXPECT: (?s)write_at_break: target (0x[0-9a-f]{8})\s.*write_at_break \(pid \d+\) faulted: wrote \1, 1 byte beyond its break
 * REJECT: write_at_break: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(break_now()), 0xA5A5A5A5u);
    return survived();
}
