/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: a service uses the buffer of a client that has ended
 * EXPECT: ipc_thief: sees order 4
 * EXPECT: ipc_thief \(pid \d+\) faulted: read 0x
 * EXPECT: ipc_kept_after_exit: survived: 2 right, 0 wrong
 * REJECT: ipc_thief: stole|WRONG
 * APPS: witness ipc_thief
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    ipc_thief(4);
    return tell_checks();
}
