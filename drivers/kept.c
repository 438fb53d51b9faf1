/* SPDX-License-Identifier: Apache-2.0 */
/* See kept.h. */
#include <drivers/kept.h>

static void on_work(struct deferred *work)
{
    records_run(&CONTAINER_OF(work, struct kept, work)->records);
}

void kept_wake(struct records *records)
{
    deferred_call(&CONTAINER_OF(records, struct kept, records)->work);
}

void kept_init(struct kept *kept, const struct records_config *config,
               uint32_t seed)
{
    records_init(&kept->records, config, seed);
    kept->work.queued = false;
    kept->work.run = on_work;
}

static struct process *next_waiting(const struct grant *grant,
                                    struct process *p)
{
    while ((p = grant_next(grant, p)) != NULL) {
        const struct kept_app *a = grant_peek(grant, p);
        if (a->waits)
            break;
    }
    return p;
}

struct process *kept_next(const struct grant *grant, pid_handle_t last)
{
    struct process *p = next_waiting(grant, process_find(last));
    return p != NULL ? p : next_waiting(grant, NULL);
}
