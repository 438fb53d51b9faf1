/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the driver of a number in constant time: a hash index over the
 * board's table, built at boot. A lean board has few: there they are searched. */
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

static ALWAYS_INLINE bool is_there(const struct driver *d)
{
    return d->ops->absent == NULL || !d->ops->absent(d->self);
}

static const struct driver *row_find(uint32_t number)
{
    const struct driver *d = kernel_config.drivers;
    for (uint32_t n = kernel_config.driver_count; n != 0; n--, d++)
        if (d->number == number && is_there(d))
            return d;
    return &no_driver;
}

const struct driver *driver_find(uint32_t number)
{
    if (kernel_config.lean)
        return row_find(number);
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

/* Eight at a time: it counts among what a start takes. */
static void index_clear(void)
{
    const struct driver **at = driver_index;
    for (uint32_t n = DRIVER_INDEX_SIZE / 8; n != 0; n--, at += 8) {
        at[0] = at[1] = at[2] = at[3] = &no_driver;
        at[4] = at[5] = at[6] = at[7] = &no_driver;
    }
}

static void row_add(const struct driver *d)
{
    if (!kernel_config.lean) {
        index_add(d);
        return;
    }
    bool is_new = row_find(d->number) == d;
    kassert(is_new);
}

void driver_index_build(void)
{
    if (!kernel_config.lean) {
        kassert(kernel_config.driver_count <
                DRIVER_INDEX_SIZE); /* one stays empty */
        index_clear();
    }
    int32_t offset = 0; /* of the pointer to the last grant, from the process */
    for (uint32_t i = 0; i < kernel_config.driver_count; i++) {
        const struct driver *d = &kernel_config.drivers[i];
        if (is_there(d))
            row_add(d);
        if (d->grant == NULL)
            continue;
        offset -= (int32_t)sizeof(void *);
        grant_number(d->grant, offset);
        bool is_ready = d->grant->data + d->grant->layout.size != 0;
        kassert(is_ready); /* its init ran */
    }
    grant_kinds = (uint8_t)(-offset / (int32_t)sizeof(void *));
}
