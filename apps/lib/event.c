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

static bool loop_is_over;

void berth_loop(void (*work)(void *userdata), void *userdata)
{
    loop_is_over = false;
    while (!loop_is_over) {
        syscall_yield_wait();
        if (work) {
            work(userdata);
        }
    }
}

void berth_loop_end(void)
{
    loop_is_over = true;
}
