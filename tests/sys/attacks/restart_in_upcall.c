/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: restarts itself inside an upcall, which was entered inside an upcall
 * EXPECT: (?s)(restart_in_upcall: begins.*){8}
 * REJECT: restart_in_upcall: survived
 */
#include "attack.h"

static void inner(uint32_t value0, uint32_t value1, uint32_t value2,
                  void *userdata)
{
    (void)value0, (void)value1, (void)value2, (void)userdata;
    syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
    syscall_exit(EXIT_RESTART, 0xFFFFFFFFu);
}

static void outer(uint32_t value0, uint32_t value1, uint32_t value2,
                  void *userdata)
{
    (void)value0, (void)value1, (void)value2, (void)userdata;
    syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 0, 0);
    syscall_yield_wait();
}

int main(void)
{
    say("begins");
    rest_after_ms(100);
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, outer, NULL);
    syscall_subscribe(DRIVER_CONSOLE, CONSOLE_WRITTEN, inner, NULL);
    syscall_command(DRIVER_ALARM, ALARM_IN, ticks_of_us(100), 0);
    syscall_yield_wait();
    return survived();
}
