/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads mstatus
 * EXPECT: (?s)csr_mstatus_read: trying.*csr_mstatus_read \(pid \d+\) faulted: used the illegal instruction 0x30002573\b
 * REJECT: csr_mstatus_read: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_READ(0x300), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
