/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has an upcall run code in its RAM
 * EXPECT: (?s)upcall_in_ram: target (0x[0-9a-f]{8})\s.*upcall_in_ram \(pid \d+\) faulted: jumped to \1, in its RAM, which is not executable
 * REJECT: upcall_in_ram: survived
 */
#include "attack.h"

static uint32_t code[] = { RETURN };

int main(void)
{
    uint32_t function = aim(address_of(code));
    call(SYSCALL_SUBSCRIBE, DRIVER_ALARM, ALARM_FIRED, function, 0);
    syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
    syscall_yield_wait();
    return survived();
}
