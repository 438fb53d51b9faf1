/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the kernel's code where the same SRAM is data
 * EXPECT: (?s)c3_kernel_code_as_data: target (0x[0-9a-f]{8})\s.*c3_kernel_code_as_data \(pid \d+\) faulted: read \1,
 * REJECT: c3_kernel_code_as_data: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    load32(aim(0x3FC80000u));
    return survived();
}
