/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: makes itself the trap handler in mtvec
 * EXPECT: (?s)csr_mtvec: trying.*csr_mtvec \(pid \d+\) faulted: used the illegal instruction 0x30551073\b
 * REJECT: csr_mtvec: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x305), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
