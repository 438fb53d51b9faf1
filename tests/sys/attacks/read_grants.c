/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the first byte of its grants, which are the kernel's
 * EXPECT: (?s)read_grants: target (0x[0-9a-f]{8})\s.*read_grants \(pid \d+\) faulted: read \1, in the kernel's part of its RAM
 * REJECT: read_grants: survived
 */
#include "attack.h"

int main(void)
{
    say("begins"); /* its grants are there now */
    load8(aim(memory(MEMOP_GRANT_START)));
    return survived();
}
