/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has a name that would clear the screen and fake a prompt, then faults
 * EXPECT: \?\[2J berth\$ \(pid \d+\) faulted: read 0x00000000, a null pointer
 * REJECT: \x1b\[2J
 */
#include "attack.h"

int main(void)
{
    load32(0);
    return 0;
}
