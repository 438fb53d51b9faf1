/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes a null pointer
 * EXPECT: (?s)write_null: target (0x[0-9a-f]{8})\s.*write_null \(pid \d+\) faulted: wrote \1, a null pointer
 * REJECT: write_null: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(0), 0xA5A5A5A5u);
    return survived();
}
