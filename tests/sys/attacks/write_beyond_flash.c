/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the word behind its flash
 * EXPECT: (?s)write_beyond_flash: target (0x[0-9a-f]{8})\s.*write_beyond_flash \(pid \d+\) faulted: wrote \1, 1 byte beyond its flash
 * REJECT: write_beyond_flash: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(memory(MEMOP_FLASH_END)), 0xA5A5A5A5u);
    return survived();
}
