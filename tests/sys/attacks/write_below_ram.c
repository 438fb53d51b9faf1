/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the word below its RAM
 * EXPECT: (?s)write_below_ram: target (0x[0-9a-f]{8})\s.*write_below_ram \(pid \d+\) faulted: wrote \1, 4 bytes below its stack
 * REJECT: write_below_ram: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(memory(MEMOP_RAM_START) - 4), 0xA5A5A5A5u);
    return survived();
}
