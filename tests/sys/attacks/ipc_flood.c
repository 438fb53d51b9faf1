/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: notifies a service without end, which has to go on serving
 * EXPECT: ipc_flood: survived: \d+ right, 0 wrong
 * REJECT: WRONG
 * APPS: witness ipc_service
 * BOARDS: virt esp32
 */
#include "ipc.h"

int main(void)
{
    uint32_t service = ipc_service("ipc_service"), refused = 0, taken = 0;
    ipc_share(service, 0);
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        struct sysret r = syscall_command(DRIVER_IPC, IPC_SERVICE, service, 0);
        if (sysret_is_success(r)) {
            taken++;
        } else {
            expect_error(ERR_NOMEM, r);
            refused++;
        }
        syscall_yield_no_wait();
    }
    check(taken > 3);
    check(refused > 100);
    return tell_checks();
}
