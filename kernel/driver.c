/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the driver of a number in constant time: a hash index over the
 * board's table, built at boot. */
#include <kernel/process.h>

const struct driver *driver_index[DRIVER_INDEX_SIZE] SECTION(".noinit");

uint8_t grant_kinds;

static struct sysret no_command(void *self, uint32_t number, uint32_t arg1,
                                uint32_t arg2, struct process *p)
{
    (void)self, (void)number, (void)arg1, (void)arg2, (void)p;
    return sysret_failure(ERR_NODEVICE);
}

static const struct driver_ops no_driver_ops = { .command = no_command };

/* What every number without a driver finds: it answers like any other, so the
 * command path needs no branch for it. */
const struct driver no_driver = { 0xFFFFFFFFu, &no_driver_ops, NULL, NULL };

const struct driver *driver_find(uint32_t number)
{
    uint32_t at = driver_hash(number);
    const struct driver *d;
    while ((d = driver_index[at])->number != number && d != &no_driver)
        at = (at + 1) % DRIVER_INDEX_SIZE;
    return d;
}

static void index_add(const struct driver *d)
{
    uint32_t at = driver_hash(d->number);
    while (driver_index[at] != &no_driver) {
        bool is_new = driver_index[at]->number != d->number;
        kassert(is_new);
        at = (at + 1) % DRIVER_INDEX_SIZE;
    }
    driver_index[at] = d;
}

void driver_index_build(void)
{
    kassert(kernel_config.driver_count <
            DRIVER_INDEX_SIZE); /* one stays empty */
#pragma GCC unroll 8            /* it counts among what a start takes */
    for (uint32_t i = 0; i < DRIVER_INDEX_SIZE; i++)
        driver_index[i] = &no_driver;
    grant_kinds = 0;
    for (uint32_t i = 0; i < kernel_config.driver_count; i++) {
        const struct driver *d = &kernel_config.drivers[i];
        if (d->ops->absent == NULL || !d->ops->absent(d->self))
            index_add(d);
        if (d->grant == NULL)
            continue;
        grant_number(d->grant, grant_kinds++);
        bool is_ready = d->grant->data + d->grant->layout.size != 0;
        kassert(is_ready); /* its init ran */
    }
}

/* With a filter, or past the first place in the index. */
static NOINLINE struct sysret command_slow(uint32_t number, uint32_t command,
                                           uint32_t arg1, uint32_t arg2,
                                           struct process *p)
{
    if (p->filtered && !filter_allows_command(p, number, command))
        return sysret_failure(ERR_NODEVICE);
    const struct driver *d = driver_find(number);
    return d->ops->command(d->self, command, arg1, arg2, p);
}

/* The command path, all of it: trap.S calls this with the app's a0 to a3, and
 * the driver is entered with its arguments where they are already. */
struct sysret syscall_command(uint32_t number, uint32_t command, uint32_t arg1,
                              uint32_t arg2, struct process *p)
{
    if (kernel_config.lean)
        return command_slow(number, command, arg1, arg2, p);
    const struct driver *d = driver_first(number);
    if (UNLIKELY(p->filtered || d->number != number))
        return command_slow(number, command, arg1, arg2, p);
    return d->ops->command(d->self, command, arg1, arg2, p);
}
