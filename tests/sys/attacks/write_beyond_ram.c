/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the word behind its RAM
 * EXPECT: (?s)write_beyond_ram: target (0x[0-9a-f]{8})\s.*write_beyond_ram \(pid \d+\) faulted: wrote \1, 1 byte beyond its RAM
 * REJECT: write_beyond_ram: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(memory(MEMOP_RAM_END)), 0xA5A5A5A5u);
    return survived();
}
