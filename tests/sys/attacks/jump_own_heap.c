/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: runs code that it has put on its heap
 * EXPECT: (?s)jump_own_heap: target (0x[0-9a-f]{8})\s.*jump_own_heap \(pid \d+\) faulted: jumped to \1, in its RAM, which is not executable
 * REJECT: jump_own_heap: survived
 */
#include "attack.h"

int main(void)
{
    uint32_t heap = syscall_memop(MEMOP_SBRK, 16).value[0];
    store32(heap, 0x02A00513u); /* return 42 */
    store32(heap + 4, RETURN);
    jump(aim(heap), 0, 0);
    return survived();
}
