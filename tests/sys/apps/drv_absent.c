/* SPDX-License-Identifier: Apache-2.0 */
/* A driver whose hardware this machine lacks answers like none. */
#include "check.h"

#include <berth/random.h>

int main(void)
{
    static uint8_t bytes[8];
    const struct quad absent = QUAD(SYSRET_FAILURE, ERR_NODEVICE, KEEP, KEEP);
    uint32_t at = address_of(bytes);
    check_call("absent: command 0", SYSCALL_COMMAND, QUAD(DRIVER_RNG, 0, 1, 2),
               absent);
    check_call("absent: command 1", SYSCALL_COMMAND, QUAD(DRIVER_RNG, 1, 8, 2),
               absent);
    check_quad("absent: allow", QUAD(DRIVER_RNG, 0, at, 8),
               call(SYSCALL_ALLOW_RW, QUAD(DRIVER_RNG, 0, at, 8)),
               QUAD(SYSRET_FAILURE_2U32, ERR_NODEVICE, at, 8));
    check_quad("absent: subscribe", QUAD(DRIVER_RNG, 0, 0, 7),
               call(SYSCALL_SUBSCRIBE, QUAD(DRIVER_RNG, 0, 0, 7)),
               QUAD(SYSRET_FAILURE_2U32, ERR_NODEVICE, 0, 7));
    check_equal("berth_random", (uint32_t)berth_random(bytes, 8), ERR_NODEVICE);
    return check_end();
}
