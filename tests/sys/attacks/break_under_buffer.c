/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: lowers its break below a buffer that it has allowed
 * EXPECT: break_under_buffer: survived: 12 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    uint32_t end = break_now();
    expect_value(0, break_set(end + 64));
    expect_error(OK, call(SYSCALL_ALLOW_RW, 1, 1, end + 32, 16));
    expect_value(ERR_NOMEM, break_set(end));
    expect_value(ERR_NOMEM, break_set(end + 47));
    expect_error(ERR_NOMEM, syscall_memop(MEMOP_SBRK, 0u - 64));
    expect_value(0, break_set(end + 48));
    expect_error(OK, call(SYSCALL_ALLOW_RW, 1, 1, 0, 0));
    expect_value(ERR_NOMEM, break_set(end + 47)); /* until it starts anew */
    expect_error(OK, call(SYSCALL_ALLOW_RO, 1, 0, end + 40, 8));
    expect_value(ERR_NOMEM, break_set(end + 44));
    expect_error(ERR_INVAL, call(SYSCALL_ALLOW_RO, 1, 0, end + 40, 9));
    expect_value(end + 48, break_now());
    return tell_checks();
}
