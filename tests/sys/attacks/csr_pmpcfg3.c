/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: opens all memory to itself in pmpcfg3
 * EXPECT: (?s)csr_pmpcfg3: trying.*csr_pmpcfg3 \(pid \d+\) faulted: used the illegal instruction 0x3a351073\b
 * REJECT: csr_pmpcfg3: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x3A3), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0x1F1F1F1Fu, 0);
    return survived();
}
