/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: synchronises instructions with data, as it may
 * EXPECT: op_fence_i: survived
 * REJECT: op_fence_i.*faulted
 */
#include "attack.h"

static const uint32_t code[] = { 0x0000100Fu, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
