/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the byte below its RAM
 * EXPECT: (?s)read_below_ram: target (0x[0-9a-f]{8})\s.*read_below_ram \(pid \d+\) faulted: read \1, 1 byte below its stack
 * REJECT: read_below_ram: survived
 */
#include "attack.h"

int main(void)
{
    load8(aim(memory(MEMOP_RAM_START) - 1));
    return survived();
}
