/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: loads and stores at odd addresses of its own
 * EXPECT: misaligned: survived: 8 right, 0 wrong|misaligned \(pid \d+\) faulted: (read|wrote) 0x[0-9a-f]{8}, which is misaligned
 * REJECT: WRONG
 */
#include "attack.h"

static volatile uint32_t buffer[4];

int main(void)
{
    uint32_t at = address_of(buffer);
    for (uint32_t i = 1; i < 4; i++) {
        store32(at + i, 0x01020304u * i);
        expect_value(0x01020304u * i, load32(at + i));
        check(buffer[0] != 0xFFFFFFFFu);
    }
    expect_value(0, buffer[2]);
    expect_value(0, buffer[3]);
    return tell_checks();
}
