/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: lies about its stack and heap, then faults, so that the report has to cope
 * EXPECT: memop_lies \(pid \d+\) faulted: read 0x00000000, a null pointer
 * EXPECT: App RAM|Stack
 * REJECT: memop_lies: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    call(SYSCALL_MEMOP, MEMOP_DEBUG_STACK_TOP, 0xFFFFFFFFu, 0, 0);
    call(SYSCALL_MEMOP, MEMOP_DEBUG_HEAP_START, 0, 0, 0);
    load32(0);
    return survived();
}
