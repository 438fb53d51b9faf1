/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reserves a word of the kernel's RAM
 * EXPECT: (?s)lr_kernel_ram: target (0x[0-9a-f]{8})\s.*lr_kernel_ram \(pid \d+\) faulted: (read|wrote) \1,
 * EXPECT-esp32: lr_kernel_ram \(pid \d+\) faulted: used the illegal instruction
 * REJECT: lr_kernel_ram: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x1005252Fu, RETURN };

int main(void)
{
    execute(code, aim(kernel_ram()), 1);
    return survived();
}
