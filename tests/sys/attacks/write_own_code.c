/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: overwrites its own code
 * EXPECT: (?s)write_own_code: target (0x[0-9a-f]{8})\s.*write_own_code \(pid \d+\) faulted: wrote \1, its own flash, which is read-only
 * REJECT: write_own_code: survived
 */
#include "attack.h"

static void victim(uint32_t value0, uint32_t value1, uint32_t value2,
                   void *userdata)
{
    (void)value0, (void)value1, (void)value2, (void)userdata;
}

int main(void)
{
    store32(aim(address_of((const void *)(uintptr_t)code_address(victim))),
            0xA5A5A5A5u);
    return survived();
}
