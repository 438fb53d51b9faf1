/* SPDX-License-Identifier: Apache-2.0 */
/* Removes what lies in front of it and has the gap closed, so that it moves
 * itself and whoever lies in between; begun again there, it sees that all is as
 * it should be and moves others. */
#include "check.h"
#include "payload.h"

#include <berth/alarm.h>

#define FIRST_ID 0x31u

static const struct payload payloads[] = {
    { 5000, 1, FIRST_ID, 0x31 },
    { 6000, 1, FIRST_ID + 1, 0x32 },
    { 7000, 1, FIRST_ID + 2, 0x33 },
};

static uint32_t find_name(struct entry *e, const char *name)
{
    (void)syscall_allow_rw(MORE, 0, e, sizeof *e);
    for (uint32_t n = 0;; n++) {
        struct sysret r = syscall_command(MORE, 1, n, 0);
        if (r.variant != SYSRET_SUCCESS)
            return REFUSED + r.value[0];
        if (strcmp(e->name, name) == 0)
            return 0;
    }
}

static uint32_t about(uint32_t command, const struct entry *e)
{
    return ask_more(command, e->handle[0], e->handle[1]);
}

/* The second command takes it off the ground it stands on. */
static void first_life(struct entry *filler)
{
    printf("mover: first life\n");
    check("sleep", berth_sleep_ms(600) == OK);
    check_equal("remove", about(5, filler), 0);
    (void)ask_more(7, 0, 0);
    check("its own move ends it", false);
}

static void second_life(void)
{
    struct entry e[3], self;
    check_equal("the witness is there", find_name(&e[0], "witness"), 0);
    check_equal("at the very start", e[0].handle[0], 0);
    check_equal("and runs", e[0].flags, 1 | 8);
    check_equal("so is the mover", find_name(&self, "mover"), 0);
    check_equal("right behind it", self.handle[0], e[0].size);
    check_equal("there is no gap", ask_more(7, 0, 0), ERR_ALREADY);

    for (uint32_t i = 0; i < 3; i++) {
        check_equal("install", install(&payloads[i], NULL), 0);
        if (i != 0)
            check_equal("load", ask(4, 0, 0, NULL), 0);
    }
    check("sleep", berth_sleep_ms(30) == OK);
    (void)find(&e[0], FIRST_ID, 1);
    (void)find(&e[1], FIRST_ID + 1, 1);
    uint32_t start = e[0].handle[0], pid = e[1].pid;
    check_equal("remove the first", about(5, &e[0]), 0);
    check_equal("close the gap", ask_more(7, 0, 0), 0);
    check_equal("the second is there", find(&e[1], FIRST_ID + 1, 1), 0);
    check_equal("where the first was", e[1].handle[0], start);
    check_equal("the third is there", find(&e[2], FIRST_ID + 2, 1), 0);
    check_equal("behind it", e[2].handle[0], start + e[1].size);
    check("sleep", berth_sleep_ms(20) == OK);
    (void)find(&e[1], FIRST_ID + 1, 1);
    check_equal("the second runs", e[1].flags, 1 | 8);
    check("in another life", e[1].pid != pid);

    check_equal("unload the third", ask(6, FIRST_ID + 2, 0, NULL), 0);
    check_equal("remove the second", about(5, &e[1]), 0);
    check_equal("close the gap", ask_more(7, 0, 0), 0);
    check_equal("the third is there", find(&e[2], FIRST_ID + 2, 1), 0);
    check_equal("at the start", e[2].handle[0], start);
    check_equal("and does not run", e[2].flags, 1);
    check_equal("remove the third", about(5, &e[2]), 0);
    check("sleep", berth_sleep_ms(50) == OK);
}

int main(void)
{
    struct entry filler;
    if (find_name(&filler, "filler") == 0)
        first_life(&filler);
    else
        second_life();
    printf("mover: %u ok, %u FAIL\n", checks_ok, checks_failed);
    return 0;
}
