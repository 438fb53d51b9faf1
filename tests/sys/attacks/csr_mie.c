/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: disables all interrupts in mie
 * EXPECT: (?s)csr_mie: trying.*csr_mie \(pid \d+\) faulted: used the illegal instruction 0x30451073\b
 * REJECT: csr_mie: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x304), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
