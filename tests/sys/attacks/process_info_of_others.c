/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: asks about other processes and gives them orders, without the authority
 * EXPECT: process_info_of_others: survived: \d+ right, 0 wrong
 * REJECT: WRONG
 * BOARDS: virt esp32
 */
#include "attack.h"

static uint32_t buffer[8];

int main(void)
{
    syscall_allow_rw(DRIVER_PROCESS_INFO, 0, buffer, sizeof buffer);
    expect_value(1, syscall_command(DRIVER_PROCESS_INFO, 1, 0, 0).value[0]);
    expect_value(1, syscall_command(DRIVER_PROCESS_INFO, 2, 0, 0).value[0]);
    uint32_t self = buffer[0];
    expect_value(0, buffer[1]);
    expect_value(1, syscall_command(DRIVER_PROCESS_INFO, 3, 0, 0).value[0]);
    for (uint32_t pid = 0; pid < 0x400; pid++) {
        for (uint32_t command = 4; command <= 6 && pid != self; command++) {
            for (uint32_t op = 1; op <= 5; op++) {
                expect_error(ERR_INVAL, syscall_command(DRIVER_PROCESS_INFO,
                                                        command, pid, op));
            }
        }
    }
    for (uint32_t op = 1; op <= 5; op++) {
        expect_error(ERR_NOSUPPORT,
                     syscall_command(DRIVER_PROCESS_INFO, 6, self, op));
    }
    expect_error(ERR_INVAL, syscall_command(DRIVER_PROCESS_INFO, 6, self, 6));
    expect_error(ERR_INVAL,
                 syscall_command(DRIVER_PROCESS_INFO, 5, 0xFFFFFFFFu, 0));
    return tell_checks();
}
