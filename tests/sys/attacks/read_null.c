/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads a null pointer
 * EXPECT: (?s)read_null: target (0x[0-9a-f]{8})\s.*read_null \(pid \d+\) faulted: read \1, a null pointer
 * REJECT: read_null: survived
 */
#include "attack.h"

int main(void)
{
    load32(aim(0));
    return survived();
}
