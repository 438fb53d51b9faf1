/* SPDX-License-Identifier: Apache-2.0 */
/* Deferred calls: work put off until the kernel's loop, one at a time, in the
 * order asked for. Those that bring back app flash go before all others. */
#include <kernel/flash_hold.h>
#include <kernel/process.h>

struct queue {
    struct deferred *first, *last;
};

static struct queue common, of_flash;

static ALWAYS_INLINE void append(struct queue *q, struct deferred *d)
{
    kernel_work();
    if (d->queued)
        return;
    d->queued = true;
    d->next = NULL;
    if (q->first == NULL)
        q->first = d;
    else
        q->last->next = d;
    q->last = d;
}

static ALWAYS_INLINE bool run_first(struct queue *q)
{
    struct deferred *d = q->first;
    if (d == NULL)
        return false;
    q->first = d->next;
    d->queued = false;
    d->run(d);
    return true;
}

void deferred_call(struct deferred *d)
{
    append(&common, d);
}

void flash_call(struct deferred *d)
{
    append(&of_flash, d);
}

bool deferred_run(void)
{
    return run_first(&common);
}

bool flash_run(void)
{
    return run_first(&of_flash);
}
