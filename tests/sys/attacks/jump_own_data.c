/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs code that it keeps in its data
 * EXPECT: (?s)jump_own_data: target (0x[0-9a-f]{8})\s.*jump_own_data \(pid \d+\) faulted: jumped to \1, in its RAM, which is not executable
 * REJECT: jump_own_data: survived
 */
#include "attack.h"

static uint32_t code[] = { 0x02A00513u, RETURN }; /* return 42 */

int main(void)
{
    /* Volatile, or it becomes a call that no linker would let pass. */
    volatile uint32_t target = address_of(code);
    jump(aim(target), 0, 0);
    return survived();
}
