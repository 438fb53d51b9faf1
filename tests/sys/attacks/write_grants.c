/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes its grants
 * EXPECT: (?s)write_grants: target (0x[0-9a-f]{8})\s.*write_grants \(pid \d+\) faulted: wrote \1, in the kernel's part of its RAM
 * REJECT: write_grants: survived
 */
#include "attack.h"

int main(void)
{
    say("begins"); /* its grants are there now */
    store32(aim(memory(MEMOP_GRANT_START)), 0xA5A5A5A5u);
    return survived();
}
