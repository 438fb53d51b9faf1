/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the debug mode's CSR
 * EXPECT: (?s)csr_dcsr: trying.*csr_dcsr \(pid \d+\) faulted: used the illegal instruction 0x7b002573\b
 * REJECT: csr_dcsr: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_READ(0x7B0), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
