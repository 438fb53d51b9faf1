/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: sets MPP and MIE in mstatus
 * EXPECT: (?s)csr_mstatus: trying.*csr_mstatus \(pid \d+\) faulted: used the illegal instruction 0x30052073\b
 * REJECT: csr_mstatus: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_SET(0x300), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0x1888u, 0);
    return survived();
}
