/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs into a breakpoint
 * EXPECT: (?s)op_ebreak: trying.*op_ebreak \(pid \d+\) faulted: ran into a breakpoint at 0x[24][0-9a-f]{7}
 * REJECT: op_ebreak: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x00100073, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
