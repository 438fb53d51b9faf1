/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: hands its header and its code to drivers that would write there
 * EXPECT: pointers_allow_header: survived: 6 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    uint32_t flash = memory(MEMOP_FLASH_START), end = memory(MEMOP_FLASH_END);
    expect_error(ERR_INVAL, call(SYSCALL_ALLOW_RW, 1, 1, own_binary(), 4));
    expect_error(ERR_INVAL, call(SYSCALL_ALLOW_RW, 1, 1, flash, end - flash));
    expect_error(ERR_INVAL, call(SYSCALL_ALLOW_RO, 1, 1, flash, end - flash));
    expect_error(ERR_INVAL, call(SYSCALL_ALLOW_RO, 1, 1, own_binary() - 1, 1));
    /* Its binary it may have read, all of it and no more. */
    expect_error(
        OK, call(SYSCALL_ALLOW_RO, 1, 1, own_binary(), end - own_binary()));
    expect_error(ERR_INVAL, call(SYSCALL_ALLOW_RO, 1, 1, own_binary(),
                                 end - own_binary() + 1));
    return tell_checks();
}
