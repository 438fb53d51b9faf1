/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: yields without waiting, for ever
 * EXPECT: storm_yield_no_wait: begins
 * REJECT: storm_yield_no_wait: survived
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        syscall_yield_no_wait();
    }
}
