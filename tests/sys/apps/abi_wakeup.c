/* SPDX-License-Identifier: Apache-2.0 */
/* The event that is waited for comes, then another one, and only then does the
 * process get to run, because hog holds the processor under the cooperative
 * scheduler: the wake-up must not be lost over the second event. That one is a
 * console event which the full queue had no room for at first; the driver
 * tries again after 10 ms. */
#include "check.h"

#define ALARM_TICKS 50000u /* 5 ms */
#define RETRY_TICKS 100000u
#define QUEUE 8

static volatile unsigned upcalls;

static void count(uint32_t a0, uint32_t a1, uint32_t a2, void *userdata)
{
    (void)a0, (void)a1, (void)a2, (void)userdata;
    upcalls++;
}

int main(void)
{
    (void)syscall_subscribe(DRIVER_CONSOLE, 2, count, NULL);
    for (int i = 0; i < QUEUE + 1; i++) {
        (void)syscall_command(DRIVER_CONSOLE, 2, 0, 0);
    }
    uint32_t expiry = syscall_command(DRIVER_ALARM, 5, ALARM_TICKS, 0).value[0];
    while (syscall_yield_no_wait()) {
    }
    unsigned before = upcalls;
    struct event e = syscall_yield_wait_for(DRIVER_ALARM, 0);
    uint32_t now = syscall_command(DRIVER_ALARM, 2, 0, 0).value[0];
    bool one_more = syscall_yield_no_wait() != 0 && upcalls == before + 1;

    check_equal("eight events were in the queue", before, QUEUE);
    check("the awaited event has come", e.value[1] == expiry);
    check("another came before the process could run",
          now - expiry > RETRY_TICKS);
    check("and is there as well", one_more);
    return check_end();
}
