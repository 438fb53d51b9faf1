/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: yields with hostile registers and gets an upcall, at once and after sleeping
 * FIXED: with every register lost, gp too, only an address finds its RAM again
 * EXPECT: registers_hostile_upcall: survived: 96 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
    for (uint32_t i = 0; i < HOSTILE_VALUES; i++) {
        uint32_t value = hostile_value(i);
        for (uint32_t dt = 0; dt <= 5000; dt += 2500) {
            uint32_t runs = upcall_runs;
            syscall_command(DRIVER_ALARM, ALARM_IN, dt, 0);
            expect_value(HOSTILE_RA_CHANGED, hostile_call(value, SYSCALL_YIELD,
                                                          YIELD_WAIT, 0, 0, 0));
            expect_value(runs + 1, upcall_runs);
        }
    }
    return tell_checks();
}
