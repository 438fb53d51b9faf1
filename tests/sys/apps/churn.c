/* SPDX-License-Identifier: Apache-2.0 */
/* Installs, removes and compacts for ever, for tests that take the power away
 * meanwhile. First it removes what lies in front of it, if that is still there,
 * and has the gap closed, which moves it too. Between its beginning and the
 * first change it waits for a while. */
#include "check.h"
#include "payload.h"

#include <berth/alarm.h>

#define IDS 6u
#define FIRST_ID 0x700u

static uint32_t chance = 1;

static uint32_t dice(uint32_t sides)
{
    chance = chance * 1664525u + 1013904223u;
    return (chance >> 16) % sides;
}

static void filler_remove(void)
{
    struct entry e;
    (void)syscall_allow_rw(MORE, 0, &e, sizeof e);
    struct sysret r = syscall_command(MORE, 1, 0, 0);
    if (r.variant != SYSRET_SUCCESS || strcmp(e.name, "hello") != 0)
        return;
    printf("churn: remove\n");
    (void)ask_more(5, e.handle[0], e.handle[1]);
}

static void something(uint32_t version)
{
    struct entry e;
    uint32_t id = FIRST_ID + dice(IDS), status = 0;
    const char *what = "remove";
    for (uint32_t v = 1; v < version; v++) {
        if (find(&e, id, v) != 0)
            continue;
        status = ask_more(5, e.handle[0], e.handle[1]);
        break;
    }
    if (status == 0 && dice(2) == 0) {
        const struct payload p = { 512 + 4 * dice(1900), version, id, 0x100 };
        what = "install";
        status = install(&p, NULL);
        if (status == 0)
            (void)ask(4, 0, 0, NULL);
        else
            (void)ask(5, 0, 0, NULL);
    }
    printf("churn: %s %lu\n", what, (unsigned long)status);
}

int main(void)
{
    printf("churn: begins\n");
    (void)berth_sleep_ms(1000);
    filler_remove();
    (void)ask_more(7, 0, 0); /* which may end it */
    chance = berth_alarm_now();
    for (uint32_t version = 1;; version++) {
        something(version % 30 + 1);
        if (version % 4 == 0)
            printf("churn: compact %lu\n", (unsigned long)ask_more(7, 0, 0));
    }
}
