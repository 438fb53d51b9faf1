/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: takes the kernel's mscratch for its own
 * EXPECT: (?s)csr_mscratch: trying.*csr_mscratch \(pid \d+\) faulted: used the illegal instruction 0x34051573\b
 * REJECT: csr_mscratch: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_SWAP(0x340), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
