/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs its TBF header as code
 * EXPECT: (?s)jump_own_header: target (0x[0-9a-f]{8})\s.*jump_own_header \(pid \d+\) faulted:
 * REJECT: jump_own_header: survived
 */
#include "attack.h"

int main(void)
{
    jump(aim(memory(MEMOP_FLASH_START)), 0, 0);
    return survived();
}
