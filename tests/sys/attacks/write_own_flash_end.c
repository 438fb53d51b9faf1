/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: overwrites the last byte of its own flash
 * EXPECT: (?s)write_own_flash_end: target (0x[0-9a-f]{8})\s.*write_own_flash_end \(pid \d+\) faulted: wrote \1, its own flash, which is read-only
 * REJECT: write_own_flash_end: survived
 */
#include "attack.h"

int main(void)
{
    store8(aim(memory(MEMOP_FLASH_END) - 1), 0xA5A5A5A5u);
    return survived();
}
