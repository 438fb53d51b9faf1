/* SPDX-License-Identifier: Apache-2.0 */
/* Deferred calls: work put off until the kernel's loop, one at a time, in the
 * order asked for. While app flash is held only those that bring it back. */
#include <kernel/flash_hold.h>
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

void flash_call(struct deferred *d)
{
    d->is_of_flash = true;
    deferred_call(d);
}

COLD bool flash_run(void)
{
    struct deferred **link = &first;
    while (*link != NULL && !(*link)->is_of_flash)
        link = &(*link)->next;
    struct deferred *d = *link;
    if (d == NULL)
        return false;
    *link = d->next;
    if (*link == NULL)
        last = link;
    d->queued = false;
    d->run(d);
    return true;
}
