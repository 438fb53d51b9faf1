/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the end of its RAM, where the kernel keeps its process record
 * EXPECT: (?s)write_own_record: target (0x[0-9a-f]{8})\s.*write_own_record \(pid \d+\) faulted: wrote \1, in the kernel's part of its RAM
 * REJECT: write_own_record: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(memory(MEMOP_RAM_END) - 4), 0xA5A5A5A5u);
    return survived();
}
