/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads pmpaddr0
 * EXPECT: (?s)csr_pmpaddr_read: trying.*csr_pmpaddr_read \(pid \d+\) faulted: used the illegal instruction 0x3b002573\b
 * REJECT: csr_pmpaddr_read: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_READ(0x3B0), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
