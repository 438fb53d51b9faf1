/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has facts about itself written to buffers that are too short, odd, or across its break
 * EXPECT: process_info_edges: survived: \d+ right, 0 wrong
 * REJECT: WRONG
 * BOARDS: virt esp32
 */
#include "attack.h"

static uint8_t buffer[48] __attribute__((aligned(4)));

int main(void)
{
    syscall_allow_rw(DRIVER_PROCESS_INFO, 0, buffer, 4);
    syscall_command(DRIVER_PROCESS_INFO, 2, 0, 0);
    uint32_t self = load32(address_of(buffer));
    for (uint32_t length = 0; length < 40; length++) {
        for (uint32_t i = 0; i < sizeof buffer; i++) {
            buffer[i] = 0xEE;
        }
        syscall_allow_rw(DRIVER_PROCESS_INFO, 0, buffer + 1, length);
        for (uint32_t command = 1; command <= 5; command++) {
            syscall_command(DRIVER_PROCESS_INFO, command, self, 0);
        }
        expect_value(0xEE, buffer[0]);
        expect_value(0xEE, buffer[length + 1]);
    }
    return tell_checks();
}
