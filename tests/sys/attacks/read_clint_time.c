/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the clock where the kernel reads it
 * EXPECT: (?s)read_clint_time: target (0x[0-9a-f]{8})\s.*read_clint_time \(pid \d+\) faulted: read \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: read_clint_time: survived
 */
#include "attack.h"

int main(void)
{
    load32(aim(clock_count()));
    return survived();
}
