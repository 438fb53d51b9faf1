/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: uses a reserved compressed instruction
 * EXPECT: (?s)op_compressed_reserved: trying.*op_compressed_reserved \(pid \d+\) faulted: used the illegal instruction 0x0*8000\b
 * REJECT: op_compressed_reserved: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x00018000u, RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
