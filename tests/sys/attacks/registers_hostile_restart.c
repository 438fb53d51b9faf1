/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: restarts itself with hostile registers, another value each time
 * EXPECT: (?s)(registers_hostile_restart: begins.*){6}
 * REJECT: registers_hostile_restart: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    rest_after_ms(100);
    sleep_ticks(ticks_of_ms(5));
    uint32_t value = hostile_value(ticks() >> 4);
    hostile_call(value, SYSCALL_EXIT, EXIT_RESTART, 0, 0, 0);
    return survived();
}
