/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: restarts itself as fast as it can
 * EXPECT: (?s)(restart_storm: still restarting.*){5}
 * REJECT: restart_storm: survived
 */
#include "attack.h"

int main(void)
{
    rest_after_ms(100);
    if ((ticks() & 0x3F) < 3) {
        say("still restarting");
    }
    syscall_exit(EXIT_RESTART, 0);
}
