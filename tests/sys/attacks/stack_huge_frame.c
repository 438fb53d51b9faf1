/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: takes a stack frame far larger than its stack
 * EXPECT: stack_huge_frame \(pid \d+\) faulted: stack overflow: wrote 0x[0-9a-f]{8},
 * REJECT: stack_huge_frame: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    volatile uint8_t huge[8000];
    huge[0] = 1;
    return survived() + huge[0];
}
