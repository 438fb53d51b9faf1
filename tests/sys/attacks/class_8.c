/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: makes a system call of class 8, which is reserved
 * EXPECT: (?s)class_8: trying.*class_8 \(pid \d+\) faulted: made a system call of the unknown class 0x00000008\b
 * REJECT: class_8: survived
 */
#include "attack.h"

int main(void)
{
    say("trying");
    call(8, 0, 0, 0, 0);
    return survived();
}
