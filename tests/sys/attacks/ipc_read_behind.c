/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: a service reads the word behind the buffer that is shared with it
 * EXPECT: ipc_thief: sees order 2
 * EXPECT: ipc_thief \(pid \d+\) faulted: read 0x
 * EXPECT: ipc_read_behind: survived: 2 right, 0 wrong
 * REJECT: ipc_thief: stole|WRONG
 * APPS: witness ipc_thief
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    ipc_thief(2);
    return tell_checks();
}
