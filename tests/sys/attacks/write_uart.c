/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes to the UART itself
 * EXPECT: (?s)write_uart: target (0x[0-9a-f]{8})\s.*write_uart \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_uart: survived
 */
#include "attack.h"

int main(void)
{
    store8(aim(uart()), 0xA5A5A5A5u);
    return survived();
}
