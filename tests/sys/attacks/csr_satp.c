/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes satp, which the chip may not have
 * EXPECT: (?s)csr_satp: trying.*csr_satp \(pid \d+\) faulted: used the illegal instruction 0x18051073\b
 * REJECT: csr_satp: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x180), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
