/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs code that it has put on its stack
 * EXPECT: (?s)jump_own_stack: target (0x[0-9a-f]{8})\s.*jump_own_stack \(pid \d+\) faulted: jumped to \1, in its RAM, which is not executable
 * REJECT: jump_own_stack: survived
 */
#include "attack.h"

int main(void)
{
    volatile uint32_t code[] = { 0x02A00513u, RETURN }; /* return 42 */
    jump(aim(address_of(code)), 0, 0);
    return survived();
}
