/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: recurses without end
 * EXPECT: stack_overflow \(pid \d+\) faulted: stack overflow: wrote 0x[0-9a-f]{8}, \d+ bytes? below its stack
 * REJECT: stack_overflow: survived
 */
#include "attack.h"

static uint32_t deeper(volatile uint32_t n)
{
    return n == 0 ? 0 : deeper(n + 1) + n;
}

int main(void)
{
    say("begins");
    return (int)deeper(1);
}
