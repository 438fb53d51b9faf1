/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads a word of which only the first half is its flash
 * EXPECT: (?s)read_across_flash_end: target (0x[0-9a-f]{8})\s.*read_across_flash_end \(pid \d+\) faulted: read \1, (reaching across the end of its flash|which is misaligned)
 * REJECT: read_across_flash_end: survived
 */
#include "attack.h"

int main(void)
{
    load32(aim(memory(MEMOP_FLASH_END) - 2));
    return survived();
}
