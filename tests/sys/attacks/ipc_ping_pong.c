/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: two apps hand their time to each other again and again
 * EXPECT: ipc_ping_pong: survived: \d+ right, 0 wrong
 * REJECT: WRONG
 * APPS: witness ipc_service spin
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    uint32_t service = ipc_service("ipc_service"), rounds = 0;
    ipc_share(service, 1);
    for (uint32_t end = storm_end(); storm_goes_on(end); rounds++) {
        ipc_words[0] = 1;
        ipc_notify(service);
        struct event e = syscall_yield_wait_for(DRIVER_IPC, service);
        expect_value(service, e.value[0]);
        expect_value(2, ipc_words[0]);
        expect_value(rounds + 1, ipc_words[1]);
    }
    check(rounds > 50);
    return tell_checks();
}
