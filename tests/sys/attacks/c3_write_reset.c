/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: resets the chip
 * EXPECT: (?s)c3_write_reset: target (0x[0-9a-f]{8})\s.*c3_write_reset \(pid \d+\) faulted: wrote \1,
 * REJECT: c3_write_reset: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x60008000u), 0x80000000u);
    return survived();
}
