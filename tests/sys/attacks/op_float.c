/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: uses the floating-point unit that the chip does not have
 * EXPECT: (?s)op_float: trying.*op_float \(pid \d+\) faulted: used the illegal instruction 0x0*52007\b
 * REJECT: op_float: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x00052007u, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
