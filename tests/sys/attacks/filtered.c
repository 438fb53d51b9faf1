/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: calls drivers that its permissions do not name
 * EXPECT: filtered: survived: 9 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    expect_error(OK, syscall_command(DRIVER_CONSOLE, 0, 0, 0));
    expect_error(ERR_NODEVICE,
                 syscall_command(DRIVER_CONSOLE, CONSOLE_READ, 1, 0));
    expect_error(ERR_NODEVICE,
                 syscall_command(DRIVER_CONSOLE, 0xFFFFFFFFu, 0, 0));
    expect_error(ERR_NODEVICE, syscall_command(DRIVER_ALARM, 0, 0, 0));
    expect_error(ERR_NODEVICE, syscall_command(DRIVER_LED, 0, 0, 0));
    expect_error(ERR_NODEVICE, call(SYSCALL_SUBSCRIBE, DRIVER_ALARM, 0, 0, 0));
    expect_error(ERR_NODEVICE, call(SYSCALL_ALLOW_RO, DRIVER_LED, 0, 0, 0));
    expect_error(ERR_NODEVICE,
                 call(SYSCALL_ALLOW_UR, DRIVER_READ_ONLY_STATE, 0, 0, 0));
    expect_error(ERR_NODEVICE,
                 syscall_command(DRIVER_LOW_LEVEL_DEBUG, 2, 0, 0));
    return tell_checks();
}
