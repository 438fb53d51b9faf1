/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has the kernel read its header, for ever
 * EXPECT: storm_header: begins
 * REJECT: storm_header: survived
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        syscall_memop(MEMOP_WRITEABLE_COUNT, 0);
    }
}
