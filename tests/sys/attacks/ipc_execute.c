/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: a service executes the buffer that is shared with it
 * EXPECT: ipc_thief: sees order 3
 * EXPECT: ipc_thief \(pid \d+\) faulted: jumped to 0x
 * EXPECT: ipc_execute: survived: 2 right, 0 wrong
 * REJECT: ipc_thief: stole|WRONG
 * APPS: witness ipc_thief
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    ipc_words[1] = RETURN;
    ipc_thief(3);
    return tell_checks();
}
