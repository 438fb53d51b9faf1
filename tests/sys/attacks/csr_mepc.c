/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes mepc
 * EXPECT: (?s)csr_mepc: trying.*csr_mepc \(pid \d+\) faulted: used the illegal instruction 0x34151073\b
 * REJECT: csr_mepc: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x341), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
