/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the debug triggers
 * EXPECT: (?s)csr_tselect: trying.*csr_tselect \(pid \d+\) faulted: used the illegal instruction 0x7a051073\b
 * REJECT: csr_tselect: survived
 */
#include "attack.h"

static const uint32_t code[] = { CSR_WRITE(0x7A0), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
