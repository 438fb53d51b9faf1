/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: returns from a supervisor's trap
 * EXPECT: (?s)op_sret: trying.*op_sret \(pid \d+\) faulted: used the illegal instruction 0x0*10200073\b
 * REJECT: op_sret: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x10200073, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
