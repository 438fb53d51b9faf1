/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: claims the UART's interrupt
 * EXPECT: (?s)read_plic_claim: target (0x[0-9a-f]{8})\s.*read_plic_claim \(pid \d+\) faulted: read \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: read_plic_claim: survived
 */
#include "attack.h"

int main(void)
{
    load32(aim(interrupt_controller() + by_board(0x200004u, 0x200004u, 0x110)));
    return survived();
}
