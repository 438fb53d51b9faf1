/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: a service uses an old buffer after a notification without one
 * EXPECT: ipc_thief: sees order 7
 * EXPECT: ipc_thief \(pid \d+\) faulted: read 0x
 * EXPECT: ipc_kept_after_notify: survived: 4 right, 0 wrong
 * REJECT: ipc_thief: stole|WRONG
 * APPS: witness ipc_thief
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    uint32_t thief = ipc_thief(7);
    expect_error(OK, syscall_allow_rw(DRIVER_IPC, thief, NULL, 0));
    ipc_notify(thief);
    return tell_checks();
}
