/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the instruction counter, which this board keeps from apps
 * EXPECT: (?s)csr_instret: trying.*csr_instret \(pid \d+\) faulted: used the illegal instruction 0xc0202573\b
 * REJECT: csr_instret: survived
 * BOARDS: hifive1 esp32
 */
#include "attack.h"

static const uint32_t code[] = { CSR_READ(0xC02), RETURN };

int main(void)
{
    say("trying");
    execute(code, 0, 0);
    return survived();
}
