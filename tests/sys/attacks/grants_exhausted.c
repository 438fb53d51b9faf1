/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: leaves the kernel no room for grants
 * EXPECT: grants_exhausted: survived: 14 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    uint32_t low = break_now(), top = memory(MEMOP_GRANT_START);
    enum { TRIES = 8 };
    struct sysret r[TRIES];
    uint32_t raised = break_set(top);
    r[0] = call(SYSCALL_SUBSCRIBE, DRIVER_ALARM, ALARM_FIRED, 0, 0);
    r[1] = syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
    r[2] = call(SYSCALL_ALLOW_RO, DRIVER_CONSOLE, 1, low, 4);
    r[3] = call(SYSCALL_ALLOW_RW, DRIVER_CONSOLE, 1, 0, 0);
    r[4] = syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 1, 0);
    r[5] = syscall_command(DRIVER_CONSOLE, CONSOLE_READ, 1, 0);
    r[6] = call(SYSCALL_SUBSCRIBE, DRIVER_CONSOLE, 1, 0, 0);
    r[7] = call(SYSCALL_SUBSCRIBE, DRIVER_CONSOLE, 1, code_address(upcall_bare),
                0);
    uint32_t top_then = memory(MEMOP_GRANT_START);
    for (uint32_t i = 0; i < 20;
         i++) { /* has a grant only when lines pile up */
        syscall_command(DRIVER_LOW_LEVEL_DEBUG, 2, i, 0);
    }
    uint32_t lowered = break_set(low);
    for (uint32_t i = 0; i < TRIES; i++) {
        expect_error(ERR_NOMEM, r[i]);
    }
    expect_value(0, raised);
    expect_value(top, top_then);
    expect_value(0, lowered);
    /* and now there is room */
    expect_error(OK, syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0));
    syscall_yield_wait_for(DRIVER_ALARM, ALARM_FIRED);
    check(memory(MEMOP_GRANT_START) < top);
    expect_error(ERR_NOMEM, syscall_memop(MEMOP_BRK, top));
    return tell_checks();
}
