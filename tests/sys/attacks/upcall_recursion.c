/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: yields in its upcall, which yields in its upcall, without end
 * EXPECT: (?s)upcall_recursion: begins.*upcall_recursion \(pid \d+\) faulted: stack overflow: wrote 0x[0-9a-f]{8},
 * REJECT: upcall_recursion: survived
 */
#include "attack.h"

static void deeper(uint32_t value0, uint32_t value1, uint32_t value2,
                   void *userdata)
{
    volatile uint32_t frame[8] = { value0, value1, value2 };
    (void)userdata;
    syscall_command(DRIVER_ALARM, ALARM_IN, frame[0] & 1, 0);
    syscall_yield_wait();
    frame[1] = frame[2];
}

int main(void)
{
    say("begins");
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, deeper, NULL);
    syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
    syscall_yield_wait();
    return survived();
}
