/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: sets MML in mseccfg
 * EXPECT: (?s)csr_mseccfg: trying.*csr_mseccfg \(pid \d+\) faulted: used the illegal instruction 0x74751073\b
 * REJECT: csr_mseccfg: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x747), RETURN };

int main(void)
{
    say("trying");
    execute(code, 7, 0);
    return survived();
}
