/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the byte at its break
 * EXPECT: (?s)read_at_break: target (0x[0-9a-f]{8})\s.*read_at_break \(pid \d+\) faulted: read \1, 1 byte beyond its break
 * REJECT: read_at_break: survived
 */
#include "attack.h"

int main(void)
{
    load8(aim(break_now()));
    return survived();
}
