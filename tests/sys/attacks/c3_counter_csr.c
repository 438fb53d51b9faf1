/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: lets the core's counter count, which would time other apps' secrets
 * EXPECT: (?s)c3_counter_csr: trying.*c3_counter_csr \(pid \d+\) faulted: used the illegal instruction 0x7e151073\b
 * REJECT: c3_counter_csr: survived
 * REJECT: WRONG
 * BOARDS: esp32
 */
#include "attack.h"

static const uint32_t read[] = { CSR_READ(0x802), RETURN };
static const uint32_t start[] = { CSR_WRITE(0x7E1), RETURN };

int main(void)
{
    check(execute(read, 0, 0) == execute(read, 0, 0));
    say("trying");
    execute(start, 1, 0);
    return survived();
}
