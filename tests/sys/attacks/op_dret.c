/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: leaves debug mode
 * EXPECT: (?s)op_dret: trying.*op_dret \(pid \d+\) faulted: used the illegal instruction 0x0*7b200073\b
 * REJECT: op_dret: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x7B200073, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
