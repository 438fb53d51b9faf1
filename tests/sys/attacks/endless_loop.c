/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: computes for ever without a system call
 * EXPECT: endless_loop: begins
 * REJECT: endless_loop: survived
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        __asm__ volatile("");
    }
}
