/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: asks the emulator to end, as the kernel may
 * EXPECT: (?s)op_semihosting: trying.*op_semihosting \(pid \d+\) faulted: ran into a breakpoint at 0x[24][0-9a-f]{7}
 * REJECT: op_semihosting: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x01F01013u, 0x00100073, 0x40705013u, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0x18, 0);
    return survived();
}
