/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the byte behind its flash
 * EXPECT: (?s)read_beyond_flash: target (0x[0-9a-f]{8})\s.*read_beyond_flash \(pid \d+\) faulted: read \1, 1 byte beyond its flash
 * REJECT: read_beyond_flash: survived
 */
#include "attack.h"

int main(void)
{
    load8(aim(memory(MEMOP_FLASH_END)));
    return survived();
}
