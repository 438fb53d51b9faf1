/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: sets a pin by itself
 * EXPECT: (?s)write_gpio: target (0x[0-9a-f]{8})\s.*write_gpio \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_gpio: survived
 * BOARDS: hifive1
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x1001200Cu), 0xA5A5A5A5u);
    return survived();
}
