/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: disables all interrupts in the PLIC
 * EXPECT: (?s)write_plic_enable: target (0x[0-9a-f]{8})\s.*write_plic_enable \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_plic_enable: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(interrupt_controller() + by_board(0x2000u, 0x2000u, 0x104)),
            0xA5A5A5A5u);
    return survived();
}
