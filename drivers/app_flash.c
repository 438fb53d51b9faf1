/* SPDX-License-Identifier: Apache-2.0 */
/* App flash: see app_flash.h. Pieces are copied from the app one by one; where
 * they go is asked anew for each, as flash may move between two lives. */
#include <drivers/app_flash.h>

enum { EXISTS, WRITE };
enum { BUFFER };
enum { EVENT_DONE, EVENT_COUNT };

struct ALIGNED(8) app_app_flash {
    struct turn turn; /* first */
    uint32_t address, len, done;
};

static NOINLINE void finish(struct app_flash *d, struct process *p,
                            struct app_app_flash *a, err_t e)
{
    a->turn.waits = false;
    upcall_queue(&d->grant, p, EVENT_DONE, (uint32_t)e, 0, 0);
}

/* The next piece of the app's write. */
static err_t piece(struct app_flash *d, struct process *p,
                   struct app_app_flash *a)
{
    struct uslice from = allowed_ro(&d->grant, p, BUFFER);
    uint32_t at, part = APP_FLASH_BYTES;
    if (!d->authority->writeable(d->authority, process_pid(p).handle,
                                 a->address, a->len, &at))
        return ERR_INVAL;
    at += a->done;
    if (part > a->len - a->done)
        part = a->len - a->done;
    if (part > d->sector_size - at % d->sector_size)
        part = d->sector_size - at % d->sector_size;
    err_t e = user_read(p, d->bytes, from, a->done, part);
    if (e != OK)
        return e;
    d->rewrite.at = at;
    d->rewrite.bytes = d->bytes;
    d->rewrite.len = part;
    return rewrite_start(d->store, &d->rewrite);
}

static void on_deferred(struct deferred *deferred)
{
    struct app_flash *d = CONTAINER_OF(deferred, struct app_flash, work);
    struct turn *turn;
    struct process *p;
    while (!d->is_busy && (p = turns_next(&d->turns, &turn)) != NULL) {
        struct app_app_flash *a =
            CONTAINER_OF(turn, struct app_app_flash, turn);
        err_t e = piece(d, p, a);
        d->is_busy = e == OK;
        if (e != OK)
            finish(d, p, a, e);
    }
}

static void on_rewritten(struct rewrite *rewrite, err_t e)
{
    struct app_flash *d = CONTAINER_OF(rewrite, struct app_flash, rewrite);
    struct turn *turn;
    struct process *p = turns_now(&d->turns, &turn);
    d->is_busy = false;
    deferred_call(&d->work);
    if (p == NULL)
        return;
    struct app_app_flash *a = CONTAINER_OF(turn, struct app_app_flash, turn);
    a->done += rewrite->len;
    if (e != OK || a->done == a->len)
        finish(d, p, a, e);
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct app_flash *d = self;
    uint32_t at;
    (void)arg2;
    if (number == EXISTS)
        return sysret_success();
    if (number > WRITE)
        return sysret_failure(ERR_NOSUPPORT);
    struct app_app_flash *a = grant_enter(&d->grant, p);
    if (a == NULL || a->turn.waits)
        return sysret_failure(ERR_NOMEM);
    struct uslice from = allowed_ro(&d->grant, p, BUFFER);
    if (from.len == 0)
        return sysret_failure(ERR_RESERVE);
    if (!d->authority->writeable(d->authority, process_pid(p).handle, arg1,
                                 from.len, &at))
        return sysret_failure(ERR_INVAL);
    *a = (struct app_app_flash){ .turn.waits = true,
                                 .address = arg1,
                                 .len = from.len };
    deferred_call(&d->work);
    return sysret_success();
}

/* Its flash may be somebody else's from now on: what has not begun must not
 * begin any more. What has begun ends before anything else is done there. */
static void gone(void *self, struct process *p)
{
    struct app_flash *d = self;
    if (!d->is_busy || !pid_equal(d->turns.last, process_pid(p)) ||
        !rewrite_cancel(d->store, &d->rewrite))
        return;
    d->is_busy = false;
    deferred_call(&d->work);
}

const struct driver_ops app_flash_ops = { .command = command, .gone = gone };

void app_flash_init(struct app_flash *d, struct store *store,
                    const struct storage_authority *authority,
                    uint32_t sector_size, uint8_t *bytes)
{
    d->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_ro = 1,
        .size = sizeof(struct app_app_flash),
    };
    d->turns.grant = &d->grant;
    d->work.run = on_deferred;
    d->rewrite.done = on_rewritten;
    d->store = store;
    d->authority = authority;
    d->sector_size = sector_size;
    d->bytes = bytes;
}
