/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: starts one write after the other without waiting for any
 * EXPECT: console_write_storm: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t i = 0; i < 10000; i++) {
        syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, "c\n", i & 1 ? 2 : 1);
        syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 2, 0);
    }
    syscall_yield_wait_for(DRIVER_CONSOLE, CONSOLE_WRITTEN);
    /* What is left of the storm must not stand for the last words' end. */
    sleep_ticks(ticks_of_us(50000));
    syscall_subscribe(DRIVER_CONSOLE, CONSOLE_WRITTEN, NULL, NULL);
    return survived();
}
