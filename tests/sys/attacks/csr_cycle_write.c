/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the cycle counter by its machine name
 * EXPECT: (?s)csr_cycle_write: trying.*csr_cycle_write \(pid \d+\) faulted: used the illegal instruction 0xb0051073\b
 * REJECT: csr_cycle_write: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0xB00), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
