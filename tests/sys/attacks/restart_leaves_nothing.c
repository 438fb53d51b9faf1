/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: restarts itself with an alarm, a write, a read and events under way; its next life must see none of it
 * EXPECT: (?s)(restart_leaves_nothing: survived: 6 right, 0 wrong.*){5}
 * REJECT: WRONG
 * FAST: it lives several times in its first 100 ms
 */
#include "attack.h"

int main(void)
{
    /* Of the life before: no event, no alarm, no buffer, no function. */
    expect_value(0, (uint32_t)syscall_yield_no_wait());
    struct sysret old = call(SYSCALL_SUBSCRIBE, DRIVER_ALARM, ALARM_FIRED,
                             code_address(upcall_bare), 0);
    expect_value(0, old.value[0]);
    expect_value(ERR_ALREADY,
                 error_of(syscall_command(DRIVER_ALARM, ALARM_STOP, 0, 0)));
    expect_value(0, call(SYSCALL_ALLOW_RW, DRIVER_CONSOLE, 1, 0, 0).value[0]);
    expect_value(0, call(SYSCALL_ALLOW_RO, DRIVER_CONSOLE, 1, 0, 0).value[0]);
    for (uint32_t i = 0; i < 10; i++) {
        for (volatile uint32_t wait = 0; wait < 40000; wait++) {
        }
        syscall_yield_no_wait();
    }
    expect_value(0, upcall_runs);
    tell_checks();
    rest_after_ms(100);
    syscall_subscribe(DRIVER_CONSOLE, CONSOLE_WRITTEN, upcall_bare, NULL);
    syscall_allow_rw(DRIVER_CONSOLE, CONSOLE_TEXT, &upcall_runs, 4);
    syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, &upcall_runs, 4);
    syscall_command(DRIVER_CONSOLE, CONSOLE_READ, 4, 0);
    syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 4, 0);
    syscall_command(DRIVER_ALARM, ALARM_IN, 10000, 0);
    syscall_exit(EXIT_RESTART, 0);
}
