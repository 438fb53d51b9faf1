/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: overwrites its own TBF header
 * EXPECT: (?s)write_own_header: target (0x[0-9a-f]{8})\s.*write_own_header \(pid \d+\) faulted: wrote \1, its own flash, which is read-only
 * REJECT: write_own_header: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(memory(MEMOP_FLASH_START)), 0xA5A5A5A5u);
    return survived();
}
