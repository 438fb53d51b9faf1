/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: calls a null pointer
 * EXPECT: (?s)jump_null: target (0x[0-9a-f]{8})\s.*jump_null \(pid \d+\) faulted: jumped to \1, a null pointer
 * REJECT: jump_null: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(0), 0, 0);
    return survived();
}
