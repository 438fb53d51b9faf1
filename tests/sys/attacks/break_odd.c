/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: moves its break byte by byte: only what it may touch counts as its own
 * EXPECT: break_odd: survived: 36 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    uint32_t end = break_now();
    for (uint32_t i = 1; i <= 12; i++) {
        expect_value(0, break_set(end + i));
        expect_value(end + i, break_now());
        /* what is beyond is not to be allowed */
        expect_error(ERR_INVAL, call(SYSCALL_ALLOW_RW, 1, 1, end + i - 1, 2));
    }
    return tell_checks();
}
