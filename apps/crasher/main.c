/* SPDX-License-Identifier: Apache-2.0 */
/* Shows a watchdog: an app that gets stuck after some beats. Where the board has a
 * watchdog the kernel ends it, and the board's policy starts it anew. See
 * README.md. */
#include <berth/alarm.h>
#include <berth/process.h>
#include <stdbool.h>
#include <stdio.h>

#define BEATS 3

/* How often it has been started before; an app sees itself without being given
 * any authority. */
static uint32_t restarts(void)
{
    struct berth_process_counters counters = { .restarts = 0 };
    uint32_t id = 0, count = 0;
    if (berth_process_ids(&id, 1, &count) == OK) {
        (void)berth_process_counters(id, &counters);
    }
    return counters.restarts;
}

/* The condition never comes true, as the flag is never set. */
static void wait_wrongly(const volatile bool *flag)
{
    while (!*flag) {
    }
}

int main(void)
{
    volatile bool never = false;
    printf("crasher: started, %u restarts before\n", (unsigned)restarts());
    for (int beat = 1; beat <= BEATS; beat++) {
        printf("crasher: beat %d\n", beat);
        if (berth_sleep_ms(20) != OK) {
            return ERR_NODEVICE;
        }
    }
    printf("crasher: now I get stuck\n");
    wait_wrongly(&never);
    return OK;
}
