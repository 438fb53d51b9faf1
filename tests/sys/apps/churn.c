/* SPDX-License-Identifier: Apache-2.0 */
/* Installs, removes and compacts for ever, for tests that take the power away
 * meanwhile. First it removes what lies in front of it, if that is still there,
 * and has the gap closed, which moves it too. It says what it has installed
 * before; between its beginning and the first change it waits for a while. */
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
    if (r.variant != SYSRET_SUCCESS || strcmp(e.name, "filler") != 0)
        return;
    printf("churn: remove\n");
    (void)ask_more(5, e.handle[0], e.handle[1]);
}

static void removal(uint32_t id, uint32_t version, const struct entry *e)
{
    printf("churn: removes %lx %lu\n", (unsigned long)id,
           (unsigned long)version);
    uint32_t status = ask_more(5, e->handle[0], e->handle[1]);
    printf("churn: removed %lx %lu: %lu\n", (unsigned long)id,
           (unsigned long)version, (unsigned long)status);
}

static void something(uint32_t version)
{
    struct entry e;
    uint32_t id = FIRST_ID + dice(IDS);
    for (uint32_t v = 1; v < version; v++)
        if (find(&e, id, v) == 0)
            removal(id, v, &e);
    if (dice(3) == 0)
        return;
    const struct payload p = { 512 + 4 * dice(1900), version, id, 0x100 };
    uint32_t status = install(&p, NULL);
    (void)ask(status == 0 ? 4 : 5, 0, 0, NULL);
    printf("churn: installed %lx %lu: %lu\n", (unsigned long)id,
           (unsigned long)version, (unsigned long)status);
}

/* What was installed before it was begun again is told; the latest version. */
static uint32_t found(void)
{
    struct entry e;
    uint32_t latest = 0;
    (void)syscall_allow_rw(MORE, 0, &e, sizeof e);
    for (uint32_t n = 0;
         syscall_command(MORE, 1, n, 0).variant == SYSRET_SUCCESS; n++) {
        if (e.short_id - FIRST_ID >= IDS)
            continue;
        printf("churn: has %lx %lu\n", (unsigned long)e.short_id,
               (unsigned long)e.version);
        if (e.version > latest)
            latest = e.version;
    }
    return latest;
}

int main(void)
{
    uint32_t latest = found();
    printf("churn: begins\n");
    check("sleep", berth_sleep_ms(1000) == OK);
    filler_remove();
    printf("churn: compacts\n");
    (void)ask_more(7, 0, 0); /* which may end it */
    chance = berth_alarm_now();
    for (uint32_t version = latest + 1;; version++) {
        something(version);
        if (version % 4 == 0)
            printf("churn: compacted: %lu\n", (unsigned long)ask_more(7, 0, 0));
    }
}
