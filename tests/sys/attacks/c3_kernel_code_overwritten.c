/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the kernel's code where the same SRAM is data
 * EXPECT: (?s)c3_kernel_code_overwritten: target (0x[0-9a-f]{8})\s.*c3_kernel_code_overwritten \(pid \d+\) faulted: wrote \1,
 * REJECT: c3_kernel_code_overwritten: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x3FC80100u), 0x00008067u);
    return survived();
}
