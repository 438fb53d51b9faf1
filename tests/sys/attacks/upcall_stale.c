/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: changes its upcall while an event for the old one waits
 * EXPECT: upcall_stale: survived: 3 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
    syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, NULL, NULL);
    expect_value(0, (uint32_t)syscall_yield_no_wait());
    syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
    expect_value(0, (uint32_t)syscall_yield_no_wait());
    expect_value(0, upcall_runs);
    return tell_checks();
}
