/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has an upcall enter the middle of an instruction that is none
 * EXPECT: (?s)upcall_into_data: target .*upcall_into_data \(pid \d+\) faulted: used the illegal instruction 0x0+(ffff)?\b|upcall_into_data \(pid \d+\) faulted: used the illegal instruction 0xffffffff
 * REJECT: upcall_into_data: survived
 */
#include "attack.h"

static const uint32_t data[] = { 0xFFFFFFFFu, 0xFFFFFFFFu };

int main(void)
{
    uint32_t function = aim(address_of(data) + 2);
    call(SYSCALL_SUBSCRIBE, DRIVER_ALARM, ALARM_FIRED, function, 0);
    syscall_command(DRIVER_ALARM, ALARM_IN, 1000, 0);
    syscall_yield_wait();
    return survived();
}
