/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/lives.h>

struct grant grant = { .layout = { 2, 1, 1, 16 } };

struct grant other_grant = { .layout = { 1, 0, 0, 8 } };

struct gone gone;
struct ordered ordered;

/* Command 1 gives the order to its own process. */
static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    (void)self, (void)arg1, (void)arg2;
    if (number == 1)
        ordered.answer = ordered.order(process_pid(p));
    return sysret_u32(7);
}

static void watcher_gone(void *self, struct process *p)
{
    (void)self;
    gone.times++;
    gone.process = p;
    gone.grant_was_there = grant_peek(&grant, p) != NULL;
    gone.pid = process_pid(p);
    for (uint32_t n = 0; gone.makes_more && n < 3; n++) {
        assert_non_null(grant_enter(&other_grant, p));
        (void)upcall_queue(&other_grant, p, 0, n, 2,
                           3); /* there may be no room */
    }
}

static void other_gone(void *self, struct process *p)
{
    (void)self, (void)p;
    gone.others++;
}

static const struct driver_ops watcher_ops = { .command = command,
                                               .gone = watcher_gone };

static const struct driver_ops other_ops = { .command = command,
                                             .gone = other_gone };

static const struct driver table[] = {
    { WATCHER, &watcher_ops, NULL, &grant },
    { OTHER, &other_ops, NULL, &other_grant },
};

uint32_t ends;

void count_end(void)
{
    ends++;
}

void boot(void)
{
    machine_boot(table, ARRAY_COUNT(table));
}

struct process *start(void)
{
    return machine_start(&(struct app){ .name = "app" });
}

enum process_state state_of(const struct process *p)
{
    return machine_info(p).state;
}

void fault_now(struct process *p, uint32_t cause)
{
    process_break(p, (struct trap){ cause, 0x1234 });
    machine_settle();
}

void order(err_t (*what)(pid_handle_t pid), struct process *p)
{
    assert_int_equal(what(process_pid(p)), OK);
    machine_settle();
}
