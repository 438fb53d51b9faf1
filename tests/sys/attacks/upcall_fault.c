/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: faults in an upcall while more events wait
 * EXPECT: (?s)upcall_fault: begins.*upcall_fault \(pid \d+\) faulted: wrote 0x00000000, a null pointer
 * REJECT: upcall_fault: survived
 */
#include "attack.h"

static void upcall(uint32_t value0, uint32_t value1, uint32_t value2,
                   void *userdata)
{
    (void)value0, (void)value1, (void)value2, (void)userdata;
    syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 0, 0);
    store32(0, 0);
}

int main(void)
{
    say("begins");
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall, NULL);
    syscall_subscribe(DRIVER_CONSOLE, CONSOLE_WRITTEN, upcall, NULL);
    syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 0, 0);
    syscall_command(DRIVER_ALARM, ALARM_IN, 1000, 0);
    syscall_yield_wait();
    return survived();
}
