/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: uses an opcode kept for chip makers
 * EXPECT: (?s)op_custom: trying.*op_custom \(pid \d+\) faulted: used the illegal instruction 0x0*b\b
 * REJECT: op_custom: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x0000000Bu, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
