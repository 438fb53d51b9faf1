/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the cycle counter, which this board keeps from apps: it times their secrets
 * EXPECT: (?s)csr_cycle: trying.*csr_cycle \(pid \d+\) faulted: used the illegal instruction 0xc0002573\b
 * REJECT: csr_cycle: survived
 * BOARDS: hifive1 esp32
 */
#include "attack.h"

static const uint32_t code[] = { CSR_READ(0xC00), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
