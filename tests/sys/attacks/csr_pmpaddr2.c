/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: moves the start of its RAM in pmpaddr2
 * EXPECT: (?s)csr_pmpaddr2: trying.*csr_pmpaddr2 \(pid \d+\) faulted: used the illegal instruction 0x3b251073\b
 * REJECT: csr_pmpaddr2: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x3B2), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
