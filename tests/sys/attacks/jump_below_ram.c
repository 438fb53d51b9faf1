/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: jumps to the word below its RAM
 * EXPECT: (?s)jump_below_ram: target (0x[0-9a-f]{8})\s.*jump_below_ram \(pid \d+\) faulted: jumped to \1, 4 bytes below its stack
 * REJECT: jump_below_ram: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(memory(MEMOP_RAM_START) - 4), 0, 0);
    return survived();
}
