/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: allows buffers of length 0 at its break and lowers it: nothing holds it
 * EXPECT: break_empty_buffer: survived: 6 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    uint32_t end = break_now();
    expect_value(0, break_set(end + 64));
    /* a full one makes the grant, then empty ones as drivers are given back */
    expect_error(OK, call(SYSCALL_ALLOW_RW, 1, 1, end - 4, 4));
    expect_error(OK, call(SYSCALL_ALLOW_RW, 1, 1, end + 64, 0));
    expect_error(OK, call(SYSCALL_ALLOW_RO, 1, 1, end + 64, 0));
    expect_value(0, break_set(end + 4));
    expect_value(0, break_set(end));
    return tell_checks();
}
