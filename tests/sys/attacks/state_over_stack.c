/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has the kernel write its state over the app's own stack
 * EXPECT: state_over_stack: begins
 * BOARDS: virt esp32
 */
#include "attack.h"

int main(void)
{
    say("begins");
    uint32_t start = memory(MEMOP_RAM_START);
    syscall_allow_ur(DRIVER_READ_ONLY_STATE, 0, (void *)(uintptr_t)start,
                     break_now() - start);
    for (;;) {
        volatile uint32_t frame[4] = { 0 };
        syscall_allow_ur(DRIVER_READ_ONLY_STATE, 0, frame, sizeof frame);
        sleep_ticks(1000);
    }
}
