/* SPDX-License-Identifier: Apache-2.0 */
/* What a board's authority list allows: this app has a ShortId that may order
 * processes about. It plays with its neighbour, bystander in slot 1, and then
 * has itself ended from inside a command: the board restarts it, and its new
 * life has to begin like the first one. abi_start.S begins. */
#include "check.h"

#include <berth/alarm.h>
#include <berth/memory.h>
#include <berth/process.h>
#include <string.h>

struct found {
    uint32_t a[4], sp, first_word, others;
};

extern struct found found;
struct found found;

extern uint8_t _sram_origin[], _flash_origin[];

static uint32_t ids[2];

static uint32_t state_of(uint32_t id)
{
    struct berth_process_counters c = { .state = 99 };
    (void)berth_process_counters(id, &c);
    return c.state;
}

static uint32_t restarts_of(uint32_t id)
{
    struct berth_process_counters c = { .restarts = 99 };
    (void)berth_process_counters(id, &c);
    return c.restarts;
}

static void start(void)
{
    check("the start registers are those of a start",
          found.a[0] == address_of(_flash_origin) &&
              found.a[1] == address_of(_sram_origin) &&
              found.a[1] + found.a[2] == address_of(berth_memory_ram_end()) &&
              found.sp == found.a[1] && found.others == 0 &&
              found.first_word == 0);
}

static void look(void)
{
    uint32_t count = 0, short_ids[2];
    char name[16];
    check("all processes are counted",
          berth_process_count(&count) == OK && count == 2);
    check("their ids are told", berth_process_ids(ids, 2, &count) == OK &&
                                    count == 2 && ids[0] != ids[1]);
    check("their ShortIds are told",
          berth_process_short_ids(short_ids, 2, &count) == OK && count == 2 &&
              short_ids[0] == 0x1234 && short_ids[1] == 0);
    check("a name is told",
          berth_process_name(ids[1], name, sizeof name) == OK &&
              strcmp(name, "bystander") == 0);
}

static void order(const char *clause, enum berth_process_order what,
                  uint32_t state)
{
    err_t e = berth_process_order(ids[1], what);
    (void)berth_sleep_ms(1); /* orders are carried out behind the call */
    check(clause, e == OK && state_of(ids[1]) == state);
}

static void orders(void)
{
    order("stop", BERTH_PROCESS_STOP, BERTH_PROCESS_STOPPED);
    check("stop of a stopped one is INVAL",
          berth_process_order(ids[1], BERTH_PROCESS_STOP) == ERR_INVAL);
    order("resume", BERTH_PROCESS_RESUME, BERTH_PROCESS_RUNNING);
    check("boot of one that lives is INVAL",
          berth_process_order(ids[1], BERTH_PROCESS_BOOT) == ERR_INVAL);
    order("terminate", BERTH_PROCESS_TERMINATE, BERTH_PROCESS_TERMINATED);
    check("terminate of a dead one is INVAL",
          berth_process_order(ids[1], BERTH_PROCESS_TERMINATE) == ERR_INVAL);
    uint32_t old = ids[1], count;
    err_t e = berth_process_order(old, BERTH_PROCESS_BOOT);
    (void)berth_sleep_ms(1);
    (void)berth_process_ids(ids, 2, &count);
    check("boot", e == OK && old != ids[1] && restarts_of(ids[1]) == 1 &&
                      state_of(ids[1]) == BERTH_PROCESS_RUNNING);
    check("the old handle names nobody", state_of(old) == 99);
    check("an unknown order is INVAL",
          berth_process_order(ids[1], (enum berth_process_order)6) ==
              ERR_INVAL);
    e = berth_process_order(ids[1], BERTH_PROCESS_FAULT);
    (void)berth_sleep_ms(20); /* its report is printed, then it restarts */
    (void)berth_process_ids(ids, 2, &count);
    check("fault, upon which the board restarts it",
          e == OK && restarts_of(ids[1]) == 2);
}

int main(void)
{
    start();
    look();
    uint32_t life = restarts_of(ids[0]);
    printf("abi_authority: life %lu\n", (unsigned long)life);
    if (life == 0) {
        orders();
        (void)check_end();
        (void)berth_process_order(ids[0], BERTH_PROCESS_FAULT);
        printf("abi_authority: RETURNED from its own fault\n");
    }
    if (life == 1) { /* stopped by itself: somebody else has to help */
        printf("abi_authority: stops itself\n");
        (void)berth_process_order(ids[0], BERTH_PROCESS_STOP);
        printf("abi_authority: goes on\n");
        (void)berth_process_order(ids[0], BERTH_PROCESS_FAULT);
    }
    if (life == 2) {
        (void)check_end();
        (void)berth_process_order(ids[0], BERTH_PROCESS_TERMINATE);
    }
    printf("abi_authority: RETURNED\n");
    return 1;
}
