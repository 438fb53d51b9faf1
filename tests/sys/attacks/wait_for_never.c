/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: waits for an event that can never come
 * EXPECT: wait_for_never: trying
 * REJECT: wait_for_never: survived
 */
#include "attack.h"

int main(void)
{
    say("trying");
    syscall_yield_wait_for(0xFFFFFFFFu, 0xFFFFFFFFu);
    return survived();
}
