/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the watchdog of the always-on domain
 * EXPECT: (?s)write_watchdog: target (0x[0-9a-f]{8})\s.*write_watchdog \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_watchdog: survived
 * BOARDS: hifive1
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x10000000u), 0xA5A5A5A5u);
    return survived();
}
