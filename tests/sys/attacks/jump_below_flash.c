/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: jumps to the word before its flash
 * EXPECT: (?s)jump_below_flash: target (0x[0-9a-f]{8})\s.*jump_below_flash \(pid \d+\) faulted: jumped to \1, 4 bytes below its flash
 * REJECT: jump_below_flash: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(memory(MEMOP_FLASH_START) - 4), 0, 0);
    return survived();
}
