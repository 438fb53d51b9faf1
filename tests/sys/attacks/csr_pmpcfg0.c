/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: opens all memory to itself in pmpcfg0
 * EXPECT: (?s)csr_pmpcfg0: trying.*csr_pmpcfg0 \(pid \d+\) faulted: used the illegal instruction 0x3a051073\b
 * REJECT: csr_pmpcfg0: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x3A0), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0x1F1F1F1Fu, 0);
    return survived();
}
