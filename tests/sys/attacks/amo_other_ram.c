/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: swaps a word of another app's RAM atomically
 * EXPECT: (?s)amo_other_ram: target (0x[0-9a-f]{8})\s.*amo_other_ram \(pid \d+\) faulted: (read|wrote) \1,
 * EXPECT-esp32: amo_other_ram \(pid \d+\) faulted: used the illegal instruction
 * REJECT: amo_other_ram: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x08B5252Fu, RETURN };

int main(void)
{
    execute(code, aim(other_ram() + 768), 1);
    return survived();
}
