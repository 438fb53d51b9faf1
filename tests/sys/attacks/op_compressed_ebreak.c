/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs into a compressed breakpoint
 * EXPECT: (?s)op_compressed_ebreak: trying.*op_compressed_ebreak \(pid \d+\) faulted: ran into a breakpoint at 0x[24][0-9a-f]{7}
 * REJECT: op_compressed_ebreak: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x00019002u, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
