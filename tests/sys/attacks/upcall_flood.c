/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has far more events come than its queue holds, again and again
 * EXPECT: upcall_flood: survived: 40 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
    syscall_subscribe(DRIVER_CONSOLE, CONSOLE_WRITTEN, upcall_bare, NULL);
    for (uint32_t round = 0; round < 40; round++) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 0, 0);
            syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
        }
        uint32_t delivered = 0;
        while (delivered < 100 && syscall_yield_no_wait()) {
            delivered++;
        }
        check(delivered <= 9);
    }
    return tell_checks();
}
