/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the byte below its grants, which is nobody's
 * EXPECT: (?s)read_below_grants: target (0x[0-9a-f]{8})\s.*read_below_grants \(pid \d+\) faulted: read \1, \d+ bytes beyond its break
 * REJECT: read_below_grants: survived
 */
#include "attack.h"

int main(void)
{
    say("begins"); /* its grants are there now */
    load8(aim(memory(MEMOP_GRANT_START) - 1));
    return survived();
}
