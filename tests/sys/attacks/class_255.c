/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: makes a system call of class 255, which is reserved
 * EXPECT: (?s)class_255: trying.*class_255 \(pid \d+\) faulted: made a system call of the unknown class 0x000000ff\b
 * REJECT: class_255: survived
 */
#include "attack.h"

int main(void)
{
    say("trying");
    call(255, 0, 0, 0, 0);
    return survived();
}
