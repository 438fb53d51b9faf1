/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: maps other flash
 * EXPECT: (?s)c3_write_flash_table: target (0x[0-9a-f]{8})\s.*c3_write_flash_table \(pid \d+\) faulted: wrote \1,
 * REJECT: c3_write_flash_table: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x600C5000u), 0x3Fu);
    return survived();
}
