/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs into ones
 * EXPECT: (?s)op_ones: trying.*op_ones \(pid \d+\) faulted: used the illegal instruction 0x0*ffffffff\b
 * REJECT: op_ones: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0xFFFFFFFFu, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
