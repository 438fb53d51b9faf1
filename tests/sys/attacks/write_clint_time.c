/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: sets the clock
 * EXPECT: (?s)write_clint_time: target (0x[0-9a-f]{8})\s.*write_clint_time \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_clint_time: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(clock_count()), 0xA5A5A5A5u);
    return survived();
}
