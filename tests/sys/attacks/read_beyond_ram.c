/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the byte behind its RAM
 * EXPECT: (?s)read_beyond_ram: target (0x[0-9a-f]{8})\s.*read_beyond_ram \(pid \d+\) faulted: read \1, 1 byte beyond its RAM
 * REJECT: read_beyond_ram: survived
 */
#include "attack.h"

int main(void)
{
    load8(aim(memory(MEMOP_RAM_END)));
    return survived();
}
