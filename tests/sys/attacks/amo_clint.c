/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: clears a CLINT register atomically
 * EXPECT: (?s)amo_clint: target (0x[0-9a-f]{8})\s.*amo_clint \(pid \d+\) faulted: (read|wrote) \1,
 * EXPECT-esp32: amo_clint \(pid \d+\) faulted: used the illegal instruction
 * REJECT: amo_clint: survived
 */
#include "attack.h"

static const uint32_t code[] = { 0x60B5252Fu, RETURN };

int main(void)
{
    execute(code, aim(clock_compare()), 1);
    return survived();
}
