/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads its own RAM at its other address
 * EXPECT: (?s)c3_own_ram_by_alias: target (0x[0-9a-f]{8})\s.*c3_own_ram_by_alias \(pid \d+\) faulted: read \1,
 * REJECT: c3_own_ram_by_alias: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    load32(aim(memory(MEMOP_RAM_START) + 0x700000u));
    return survived();
}
