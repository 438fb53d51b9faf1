/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the byte before its flash
 * EXPECT: (?s)read_below_flash: target (0x[0-9a-f]{8})\s.*read_below_flash \(pid \d+\) faulted: read \1, 1 byte below its flash
 * REJECT: read_below_flash: survived
 */
#include "attack.h"

int main(void)
{
    load8(aim(memory(MEMOP_FLASH_START) - 1));
    return survived();
}
