/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: a service reads the memory of its client beside the buffer
 * EXPECT: ipc_thief: sees order 6
 * EXPECT: ipc_thief \(pid \d+\) faulted: read 0x
 * EXPECT: ipc_read_client: survived: 2 right, 0 wrong
 * REJECT: ipc_thief: stole|WRONG
 * APPS: witness ipc_thief
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    ipc_thief(6);
    return tell_checks();
}
