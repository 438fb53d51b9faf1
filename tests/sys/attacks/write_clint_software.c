/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: raises a software interrupt
 * EXPECT: (?s)write_clint_software: target (0x[0-9a-f]{8})\s.*write_clint_software \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_clint_software: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(by_board(0x02000000u, 0x02000000u, 0x600C0028u)), 0xA5A5A5A5u);
    return survived();
}
