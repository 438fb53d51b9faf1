/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: a service keeps the address of a buffer that its client takes back
 * EXPECT: ipc_thief: sees order 4
 * EXPECT: ipc_thief \(pid \d+\) faulted: read 0x
 * EXPECT: ipc_kept_after_revoke: survived: 3 right, 0 wrong
 * REJECT: ipc_thief: stole|WRONG
 * APPS: witness ipc_thief
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    uint32_t thief = ipc_thief(4);
    expect_error(OK, syscall_allow_rw(DRIVER_IPC, thief, NULL, 0));
    ipc_words[0] = 0x5EC2E7;
    return tell_checks();
}
