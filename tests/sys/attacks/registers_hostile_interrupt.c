/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: computes with hostile registers while the timer interrupts it
 * FIXED: with every register lost, gp too, only an address finds its RAM again
 * EXPECT: registers_hostile_interrupt: survived: 32 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    for (uint32_t i = 0; i < HOSTILE_VALUES; i++) {
        hostile_args[5] = 6000000; /* turns of two instructions: past a slice */
        expect_value(0, hostile(HOSTILE_SPIN, hostile_value(i)));
        expect_value(0, hostile_results[5]);
    }
    return tell_checks();
}
