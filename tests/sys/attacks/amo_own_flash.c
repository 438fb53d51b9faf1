/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: swaps a word of its own flash atomically
 * EXPECT: (?s)amo_own_flash: target (0x[0-9a-f]{8})\s.*amo_own_flash \(pid \d+\) faulted: (read|wrote) \1,
 * EXPECT-esp32: amo_own_flash \(pid \d+\) faulted: used the illegal instruction
 * REJECT: amo_own_flash: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x08B5252Fu, RETURN };

int main(void)
{
    execute(code, aim(memory(MEMOP_FLASH_START)), 1);
    return survived();
}
