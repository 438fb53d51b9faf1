/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs into zeros
 * EXPECT: (?s)op_zeros: trying.*op_zeros \(pid \d+\) faulted: used the illegal instruction 0x0*0\b
 * REJECT: op_zeros: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x00000000, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
