/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: returns from a trap that it is not in, to machine mode
 * EXPECT: (?s)op_mret: trying.*op_mret \(pid \d+\) faulted: used the illegal instruction 0x0*30200073\b
 * REJECT: op_mret: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x30200073, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
