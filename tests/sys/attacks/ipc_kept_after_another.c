/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: a service uses a buffer in place of which another one is shared
 * EXPECT: ipc_thief: sees order 4
 * EXPECT: ipc_thief \(pid \d+\) faulted: read 0x
 * EXPECT: ipc_kept_after_another: survived: 3 right, 0 wrong
 * REJECT: ipc_thief: stole|WRONG
 * APPS: witness ipc_thief
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    uint32_t thief = ipc_thief(4);
    expect_error(OK, syscall_allow_rw(DRIVER_IPC, thief, ipc_words + 4, 16));
    return tell_checks();
}
