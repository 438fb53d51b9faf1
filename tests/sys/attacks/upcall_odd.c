/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: subscribes an odd address: a core ignores the lowest bit, QEMU takes it as it is
 * EXPECT: upcall_odd: survived: 2 right, 0 wrong|upcall_odd \(pid \d+\) faulted:
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    expect_error(OK, call(SYSCALL_SUBSCRIBE, DRIVER_ALARM, ALARM_FIRED,
                          code_address(upcall_bare) | 1, 0));
    syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
    syscall_yield_wait();
    expect_value(1, upcall_runs);
    return tell_checks();
}
