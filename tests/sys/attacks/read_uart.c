/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: reads the UART's first register
 * EXPECT: (?s)read_uart: target (0x[0-9a-f]{8})\s.*read_uart \(pid \d+\) faulted: read \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: read_uart: survived
 */
#include "attack.h"

int main(void)
{
    load8(aim(uart()));
    return survived();
}
