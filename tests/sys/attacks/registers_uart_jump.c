/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: jumps where it may not with sp, gp, tp and all other registers set to the UART's address
 * EXPECT: (?s)registers_uart_jump: target (?P<v>0x[0-9a-f]{8})\s.*registers_uart_jump \(pid \d+\) faulted: (stack overflow: )?jumped to 0x00000010, .* sp  (?P=v) gp  (?P=v)\s+tp  (?P=v) t0  (?P=v) .* t6  (?P=v)\s
 * REJECT: registers_uart_jump: survived
 */
#include "attack.h"

int main(void)
{
    uint32_t value = aim(uart());
    hostile_args[0] = 0x10;
    hostile(HOSTILE_JUMP, value);
    return survived();
}
