/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: adds to a word of the kernel's RAM atomically
 * EXPECT: (?s)amo_kernel_ram: target (0x[0-9a-f]{8})\s.*amo_kernel_ram \(pid \d+\) faulted: (read|wrote) \1,
 * EXPECT-esp32: amo_kernel_ram \(pid \d+\) faulted: used the illegal instruction
 * REJECT: amo_kernel_ram: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x00B5252Fu, RETURN };

int main(void)
{
    execute(code, aim(kernel_ram()), 1);
    return survived();
}
