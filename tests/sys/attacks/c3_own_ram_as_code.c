/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs its own RAM where the same SRAM is code
 * EXPECT: (?s)c3_own_ram_as_code: target (0x[0-9a-f]{8})\s.*c3_own_ram_as_code \(pid \d+\) faulted: jumped to \1,
 * REJECT: c3_own_ram_as_code: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    jump(aim(memory(MEMOP_RAM_START) + 0x700010u), 0, 0);
    return survived();
}
