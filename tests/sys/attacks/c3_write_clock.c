/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: switches the core's clock over
 * EXPECT: (?s)c3_write_clock: target (0x[0-9a-f]{8})\s.*c3_write_clock \(pid \d+\) faulted: wrote \1,
 * REJECT: c3_write_clock: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x600C0058u), 0);
    return survived();
}
