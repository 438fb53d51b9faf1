/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the byte below its RAM
 * EXPECT: (?s)write_byte_below_ram: target (0x[0-9a-f]{8})\s.*write_byte_below_ram \(pid \d+\) faulted: wrote \1, 1 byte below its stack
 * REJECT: write_byte_below_ram: survived
 */
#include "attack.h"

int main(void)
{
    store8(aim(memory(MEMOP_RAM_START) - 1), 0xA5A5A5A5u);
    return survived();
}
