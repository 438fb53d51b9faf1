/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: shares memory of every length, odd and at its break, for the kernel to write to
 * EXPECT: state_at_edges: survived: \d+ right, 0 wrong
 * REJECT: WRONG
 * BOARDS: virt esp32
 */
#include "attack.h"

static uint8_t buffer[32];

int main(void)
{
    for (uint32_t length = 0; length < 24; length++) {
        for (uint32_t i = 0; i < sizeof buffer; i++) {
            buffer[i] = 0xEE;
        }
        expect_error(OK, syscall_allow_ur(DRIVER_READ_ONLY_STATE, 0, buffer + 1,
                                          length));
        sleep_ticks(100);
        expect_value(0xEE, buffer[0]);
        expect_value(0xEE, buffer[length + 1]);
    }
    uint32_t end = break_now();
    for (uint32_t length = 0; length < 24; length++) {
        uint32_t base = end - length;
        expect_error(OK, call(SYSCALL_ALLOW_UR, DRIVER_READ_ONLY_STATE, 0, base,
                              length));
        sleep_ticks(100);
        expect_error(ERR_INVAL, call(SYSCALL_ALLOW_UR, DRIVER_READ_ONLY_STATE,
                                     0, base, length + 1));
    }
    expect_error(ERR_NOSUPPORT,
                 call(SYSCALL_ALLOW_UR, DRIVER_READ_ONLY_STATE, 1, 0, 0));
    return tell_checks();
}
