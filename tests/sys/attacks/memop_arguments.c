/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: asks memop for what there is not
 * EXPECT: memop_arguments: survived: 78 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    static const uint32_t operands[] = {
        12,    13,      16,          64,          255,         256,
        0x100, 0x10000, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFEu, 0xFFFFFFFFu
    };
    for (uint32_t i = 0; i < COUNT_OF(operands); i++) {
        expect_error(ERR_NOSUPPORT, call(SYSCALL_MEMOP, operands[i], 0, 0, 0));
    }
    uint32_t end = break_now();
    for (uint32_t i = 0; i < HOSTILE_VALUES; i++) {
        uint32_t value = hostile_value(i);
        expect_error(ERR_FAIL, call(SYSCALL_MEMOP, 8, value, 0, 0));
        expect_error(ERR_FAIL, call(SYSCALL_MEMOP, 9, value, 0, 0));
        expect_error(OK, call(SYSCALL_MEMOP, 10, value, 0, 0));
        expect_error(OK, call(SYSCALL_MEMOP, 11, value, 0, 0));
    }
    expect_value(end, break_now());
    expect_value(0, call(SYSCALL_MEMOP, 7, 0, 0, 0).value[0]);
    return tell_checks();
}
