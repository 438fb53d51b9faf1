/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: opens the counters to itself
 * EXPECT: (?s)csr_mcounteren: trying.*csr_mcounteren \(pid \d+\) faulted: used the illegal instruction 0x30651073\b
 * REJECT: csr_mcounteren: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x306), RETURN };

int main(void)
{
    say("trying");
    execute(code, 7, 0);
    return survived();
}
