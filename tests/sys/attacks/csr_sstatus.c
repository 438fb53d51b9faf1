/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads sstatus, which the chip does not have
 * EXPECT: (?s)csr_sstatus: trying.*csr_sstatus \(pid \d+\) faulted: used the illegal instruction 0x10002573\b
 * REJECT: csr_sstatus: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_READ(0x100), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
