/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: flushes address translation
 * EXPECT: (?s)op_sfence: trying.*op_sfence \(pid \d+\) faulted: used the illegal instruction 0x0*12000073\b
 * REJECT: op_sfence: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x12000073, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
