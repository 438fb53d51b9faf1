/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: returns from a user's trap
 * EXPECT: (?s)op_uret: trying.*op_uret \(pid \d+\) faulted: used the illegal instruction 0x0*200073\b
 * REJECT: op_uret: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x00200073, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
