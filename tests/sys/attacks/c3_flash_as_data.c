/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads flash at the other window
 * EXPECT: (?s)c3_flash_as_data: target (0x[0-9a-f]{8})\s.*c3_flash_as_data \(pid \d+\) faulted: read \1,
 * REJECT: c3_flash_as_data: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    load32(aim(0x3C040000u));
    return survived();
}
