/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: switches the core's clock over
 * EXPECT: (?s)write_clock_control: target (0x[0-9a-f]{8})\s.*write_clock_control \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_clock_control: survived
 * BOARDS: hifive1
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x10008000u), 0xA5A5A5A5u);
    return survived();
}
