/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: a service writes to a buffer that its client has taken back
 * EXPECT: ipc_thief: sees order 5
 * EXPECT: ipc_thief \(pid \d+\) faulted: wrote 0x
 * EXPECT: ipc_written_after_revoke: survived: 4 right, 0 wrong
 * REJECT: ipc_thief: stole|WRONG
 * APPS: witness ipc_thief
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    uint32_t thief = ipc_thief(5);
    expect_error(OK, syscall_allow_rw(DRIVER_IPC, thief, NULL, 0));
    sleep_ticks(ticks_of_ms(100));
    expect_value(5, ipc_words[0]);
    return tell_checks();
}
