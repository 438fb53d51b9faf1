/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: yields in ways that there are not
 * EXPECT: yield_unknown: survived: 12 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    static const uint32_t kinds[] = {
        3, 4, 255, 0x100, 0x80000001u, 0xFFFFFFFFu
    };
    for (uint32_t i = 0; i < COUNT_OF(kinds); i++) {
        struct sysret r = call(SYSCALL_YIELD, kinds[i], 11, 22, 33);
        expect_value(kinds[i], r.variant);
        check(r.value[0] == 11 && r.value[1] == 22 && r.value[2] == 33);
    }
    return tell_checks();
}
