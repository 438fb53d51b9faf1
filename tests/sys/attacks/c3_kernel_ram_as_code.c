/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the kernel's data where the same SRAM is code
 * EXPECT: (?s)c3_kernel_ram_as_code: target (0x[0-9a-f]{8})\s.*c3_kernel_ram_as_code \(pid \d+\) faulted: wrote \1,
 * REJECT: c3_kernel_ram_as_code: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x40398C00u), 0xA5A5A5A5u);
    return survived();
}
