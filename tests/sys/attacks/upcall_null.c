/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has events without a function pile up, then yields
 * EXPECT: upcall_null: survived: 4 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, NULL, NULL);
    for (uint32_t i = 0; i < 100; i++) {
        syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
        syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 0, 0);
    }
    expect_value(0, (uint32_t)syscall_yield_no_wait());
    uint32_t due = syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0).value[0];
    expect_value(due, syscall_yield_wait_for(DRIVER_ALARM, 0).value[1]);
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
    syscall_command(DRIVER_ALARM, ALARM_IN, 1000, 0);
    syscall_yield_wait();
    expect_value(1, upcall_runs);
    syscall_subscribe(DRIVER_CONSOLE, CONSOLE_WRITTEN, upcall_bare, NULL);
    expect_value(0, (uint32_t)syscall_yield_no_wait());
    return tell_checks();
}
