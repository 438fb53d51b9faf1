/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: makes a system call of class 127, which is reserved
 * EXPECT: (?s)class_127: trying.*class_127 \(pid \d+\) faulted: made a system call of the unknown class 0x0000007f\b
 * REJECT: class_127: survived
 */
#include "attack.h"

int main(void)
{
    say("trying");
    call(127, 0, 0, 0, 0);
    return survived();
}
