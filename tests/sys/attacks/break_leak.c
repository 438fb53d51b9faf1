/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: searches memory that its break uncovers, byte by byte, for what the kernel kept there in the life before
 * EXPECT: (?s)(break_leak: leaked 0\n.*){4}
 * REJECT: leaked [1-9]
 */
#include "attack.h"

int main(void)
{
    uint32_t end = break_now(), top = memory(MEMOP_GRANT_START), leaked = 0;
    for (uint32_t at = end; at + 4 <= top; at += 4) {
        break_set(at + 1);
        for (uint32_t i = 0; i < 4; i++) {
            leaked += load8(at + i) != 0;
        }
        break_set(at + 4);
    }
    break_set(end);
    say_number("leaked", leaked);
    rest_after_ms(100);
    /* Fill grants with what the kernel keeps there, and start anew. */
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, &upcall_runs);
    syscall_command(DRIVER_ALARM, ALARM_IN, 0x7FFFFFFFu, 0);
    syscall_subscribe(DRIVER_CONSOLE, CONSOLE_WRITTEN, upcall_bare, NULL);
    sleep_ticks(ticks_of_us(2000));
    syscall_exit(EXIT_RESTART, 0);
}
