/* SPDX-License-Identifier: Apache-2.0 */
/* Deferred calls: work put off until the kernel's loop, one at a time, in the
 * order asked for. */
#include <kernel/process.h>

static struct deferred *first;
static struct deferred **last = &first;

void deferred_call(struct deferred *d)
{
    kernel_work();
    if (d->queued)
        return;
    d->queued = true;
    d->next = NULL;
    *last = d;
    last = &d->next;
}

bool deferred_run(void)
{
    struct deferred *d = first;
    if (d == NULL)
        return false;
    first = d->next;
    if (first == NULL)
        last = &first;
    d->queued = false;
    d->run(d);
    return true;
}
