/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: jumps to its break
 * EXPECT: (?s)jump_at_break: target (0x[0-9a-f]{8})\s.*jump_at_break \(pid \d+\) faulted: jumped to \1, 1 byte beyond its break
 * REJECT: jump_at_break: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(break_now()), 0, 0);
    return survived();
}
