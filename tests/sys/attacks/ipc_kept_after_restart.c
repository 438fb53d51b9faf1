/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: a service uses the buffer of a client that has begun a new life
 * EXPECT: ipc_thief: sees order 4
 * EXPECT: ipc_thief \(pid \d+\) faulted: read 0x
 * EXPECT: ipc_kept_after_restart: second life
 * REJECT: ipc_thief: stole|WRONG
 * APPS: witness ipc_thief
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    if (ticks() < ticks_of_ms(25)) { /* the first life ends before that */
        ipc_thief(4);
        syscall_exit(EXIT_RESTART, 0);
    }
    say("second life");
    ipc_words[0] = 0x5EC2E7;
    rest_after_ms(0);
    return 0;
}
