/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: orders its memory accesses, as it may
 * EXPECT: op_fence: survived
 * REJECT: op_fence.*faulted
 */
#include "attack.h"

static const uint32_t code[] = { 0x0FF0000Fu, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
