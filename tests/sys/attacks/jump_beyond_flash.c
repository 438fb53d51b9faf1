/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: jumps to the first word behind its flash
 * EXPECT: (?s)jump_beyond_flash: target (0x[0-9a-f]{8})\s.*jump_beyond_flash \(pid \d+\) faulted: jumped to \1, 1 byte beyond its flash
 * REJECT: jump_beyond_flash: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(memory(MEMOP_FLASH_END)), 0, 0);
    return survived();
}
