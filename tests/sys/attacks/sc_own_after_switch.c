/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: stores conditionally to its own RAM without a reservation
 * EXPECT: sc_own_after_switch: survived: 2 right, 0 wrong
 * EXPECT-esp32: sc_own_after_switch \(pid \d+\) faulted: used the illegal instruction
 * REJECT: WRONG
 */
#include "attack.h"

static const uint32_t code[] = { 0x18B5252Fu, RETURN };
static volatile uint32_t word = 5;

int main(void)
{
    /* sc.w answers 1 and stores nothing: the reservation is gone */
    uint32_t failed = execute(code, address_of(&word), 7);
    check(failed != 0);
    check(word == 5);
    return tell_checks();
}
