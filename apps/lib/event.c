/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for callbacks. The wait with a time-out is in timeout.c, so that an
 * app that has none links no alarm code. */
#include <berth/event.h>

#include <syscall.h>

void berth_wait(void)
{
    syscall_yield_wait();
}

bool berth_poll(void)
{
    return syscall_yield_no_wait() != 0;
}

void berth_wait_until(const volatile bool *flag)
{
    while (!*flag) {
        syscall_yield_wait();
    }
}
