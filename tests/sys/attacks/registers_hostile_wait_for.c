/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: waits for an event with hostile registers
 * FIXED: with every register lost, gp too, only an address finds its RAM again
 * EXPECT: registers_hostile_wait_for: survived: 32 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    for (uint32_t i = 0; i < HOSTILE_VALUES; i++) {
        uint32_t value = hostile_value(i);
        uint32_t due =
            syscall_command(DRIVER_ALARM, ALARM_IN, i * 1000, 0).value[0];
        expect_value(0, hostile_call(value, SYSCALL_YIELD, YIELD_WAIT_FOR,
                                     DRIVER_ALARM, ALARM_FIRED, 0));
        expect_value(due, hostile_results[1]);
    }
    return tell_checks();
}
