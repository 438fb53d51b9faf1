/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: waits for an interrupt by itself
 * EXPECT: op_wfi: survived|op_wfi \(pid \d+\) faulted: used the illegal instruction 0x10500073
 */
#include "attack.h"

static const uint32_t code[] = { 0x10500073, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
