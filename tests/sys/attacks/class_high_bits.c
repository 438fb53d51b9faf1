/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: sets the bits of the class that mean nothing
 * EXPECT: class_high_bits: survived: 4 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    static const uint32_t bits[] = { 0x100, 0xFF00, 0x80000000u, 0xFFFFFF00u };
    for (uint32_t i = 0; i < COUNT_OF(bits); i++) {
        struct sysret r =
            call(SYSCALL_COMMAND | bits[i], DRIVER_CONSOLE, 0, 0, 0);
        expect_value(SYSRET_SUCCESS, r.variant);
    }
    return tell_checks();
}
