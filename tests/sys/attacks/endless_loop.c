/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: computes for ever without a system call
 * EXPECT: endless_loop: begins
 * EXPECT: bystander: \d+ rounds
 * REJECT: bystander: MEMORY
 * APPS: witness bystander
 * KERNEL: hifive1-revb hifive1-static
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        __asm__ volatile("");
    }
}
