/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads a CSR that no chip has
 * EXPECT: (?s)csr_unknown: trying.*csr_unknown \(pid \d+\) faulted: used the illegal instruction 0x5c002573\b
 * REJECT: csr_unknown: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_READ(0x5C0), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
