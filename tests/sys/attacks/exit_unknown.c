/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: exits in ways that there are not
 * EXPECT: exit_unknown: survived: 5 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    static const uint32_t kinds[] = { 2, 3, 256, 0x80000000u, 0xFFFFFFFFu };
    for (uint32_t i = 0; i < COUNT_OF(kinds); i++) {
        expect_error(ERR_NOSUPPORT, call(SYSCALL_EXIT, kinds[i], 0, 0, 0));
    }
    return tell_checks();
}
