/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: takes the UART's interrupt away
 * EXPECT: (?s)write_uart_control: target (0x[0-9a-f]{8})\s.*write_uart_control \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_uart_control: survived
 */
#include "attack.h"

int main(void)
{
    store8(aim(uart() + by_board(1, 0x10, 0x20)), 0xA5A5A5A5u);
    return survived();
}
