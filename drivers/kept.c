/* SPDX-License-Identifier: Apache-2.0 */
/* See kept.h. */
#include <drivers/kept.h>
#include <kernel/flash_hold.h>

/* Whatever reads a region is called from here, but for the operator's keeper. */
static void on_work(struct deferred *work)
{
    flash_open();
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

/* ---- drivers ------------------------------------------------------------------ */

static void wait_for_turn(struct kept_driver *d)
{
    /* BUSY: it waits already. */
    err_t e = records_wait(&d->kept->records, &d->client);
    (void)e;
}

static void go_on(struct kept_driver *d, err_t e)
{
    struct turn *turn;
    struct process *p = turns_now(&d->turns, &turn);
    if (p != NULL) {
        if (e == OK)
            e = d->ops->serve(d, p, turn);
        if (e == OK)
            return;
        turn->waits = false;
        d->ops->end(d, p, turn, e == KEPT_DONE ? OK : e);
    }
    records_release(&d->kept->records, &d->client);
    wait_for_turn(d);
}

static void on_turn(struct records_client *client, err_t e)
{
    struct kept_driver *d = CONTAINER_OF(client, struct kept_driver, client);
    struct turn *turn;
    d->has_begun = false;
    if (turns_next(&d->turns, &turn) != NULL)
        go_on(d, e);
    else
        records_release(&d->kept->records, client);
}

static void on_done(struct records_client *client, err_t e)
{
    go_on(CONTAINER_OF(client, struct kept_driver, client), e);
}

struct sysret kept_ask(struct kept_driver *d, struct turn *turn)
{
    turn->waits = true;
    wait_for_turn(d);
    return sysret_success();
}

NOINLINE void kept_driver_init(struct kept_driver *d,
                               const struct kept_ops *ops, struct kept *kept)
{
    d->grant.layout = ops->layout;
    d->ops = ops;
    d->kept = kept;
    d->client.turn = on_turn;
    d->client.done = on_done;
    d->turns.grant = &d->grant;
}
