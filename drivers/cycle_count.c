/* SPDX-License-Identifier: Apache-2.0 */
/* See cycle_count.h. The hardware's counter is never stopped or set: others
 * read it too. */
#include <drivers/cycle_count.h>

enum { EXISTS, START, COUNT, RESET, STOP };

static uint64_t count(const struct cycle_count *c)
{
    if (!c->running)
        return c->counted;
    return c->counted + (c->cycles->ops->now(c->cycles) - c->since);
}

static void start(struct cycle_count *c)
{
    if (c->running)
        return;
    c->running = true;
    c->since = c->cycles->ops->now(c->cycles);
}

static void stop(struct cycle_count *c)
{
    c->counted = count(c);
    c->running = false;
}

static bool claim(struct cycle_count *c, const struct process *p)
{
    if (process_find(c->owner) == NULL)
        c->owner = process_pid(p);
    return pid_equal(c->owner, process_pid(p));
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct cycle_count *c = self;
    (void)arg1, (void)arg2;
    if (number == EXISTS)
        return sysret_success();
    if (number == COUNT)
        return sysret_u64(p, count(c));
    if (number > STOP)
        return sysret_failure(ERR_NOSUPPORT);
    if (!claim(c, p))
        return sysret_failure(ERR_RESERVE);
    if (number == START)
        start(c);
    else
        stop(c);
    if (number == RESET)
        c->counted = 0;
    return sysret_success();
}

const struct driver_ops cycle_count_ops = { .command = command };
