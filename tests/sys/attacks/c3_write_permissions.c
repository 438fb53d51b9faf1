/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: changes the memory permissions for both worlds
 * EXPECT: (?s)c3_write_permissions: target (0x[0-9a-f]{8})\s.*c3_write_permissions \(pid \d+\) faulted: wrote \1,
 * REJECT: c3_write_permissions: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x600C1000u), 0);
    return survived();
}
