/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: makes a system call of class 189, which is reserved
 * EXPECT: (?s)class_189: trying.*class_189 \(pid \d+\) faulted: made a system call of the unknown class 0x000000bd\b
 * REJECT: class_189: survived
 */
#include "attack.h"

int main(void)
{
    say("trying");
    call(189, 0, 0, 0, 0);
    return survived();
}
