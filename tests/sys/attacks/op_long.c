/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: uses an instruction of 48 bits
 * EXPECT: (?s)op_long: trying.*op_long \(pid \d+\) faulted: used the illegal instruction 0x0*1f\b
 * REJECT: op_long: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x0000001Fu, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
