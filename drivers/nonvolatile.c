/* SPDX-License-Identifier: Apache-2.0 */
/* Nonvolatile storage: see nonvolatile.h. */
#include <drivers/nonvolatile.h>

enum { EXISTS, SIZE, READ, WRITE };
enum { EVENT_READ, EVENT_WRITTEN, EVENT_COUNT };

struct ALIGNED(8) app_nonvolatile {
    struct kept_app kept;
    flag_t is_write;
    uint32_t from, len;
};

static err_t begin(struct blocks *b, struct process *p)
{
    const struct app_nonvolatile *a = grant_peek(b->grant, p);
    b->key = (struct records_key){ .type = KEPT_SHARED };
    b->is_write = a->is_write;
    b->from = a->from;
    b->len = a->len;
    return OK;
}

static void end(struct blocks *b, struct process *p, err_t e)
{
    const struct app_nonvolatile *a = grant_peek(b->grant, p);
    (void)e; /* there is no place for it in the event */
    upcall_queue(b->grant, p, a->is_write ? EVENT_WRITTEN : EVENT_READ, b->done,
                 0, 0);
}

static const struct blocks_ops blocks_ops = { begin, end };

static struct sysret request(struct nonvolatile *d, struct process *p,
                             struct app_nonvolatile *a,
                             const struct app_nonvolatile *wanted)
{
    struct uslice buffer = wanted->is_write
                               ? allowed_ro(&d->grant, p, BLOCKS_WRITE_FROM)
                               : allowed_rw(&d->grant, p, BLOCKS_READ_TO);
    if (a->kept.waits)
        return sysret_failure(ERR_NOMEM);
    if (wanted->from >= d->size || wanted->len > d->size - wanted->from)
        return sysret_failure(ERR_INVAL);
    if (buffer.len == 0)
        return sysret_failure(ERR_RESERVE);
    *a = *wanted;
    if (a->len > buffer.len)
        a->len = buffer.len;
    blocks_wake(&d->blocks);
    return sysret_success();
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct nonvolatile *d = self;
    if (number == EXISTS)
        return sysret_success();
    if (number == SIZE)
        return sysret_u32(d->size);
    if (number > WRITE)
        return sysret_failure(ERR_NOSUPPORT);
    struct app_nonvolatile *a = grant_enter(&d->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    const struct app_nonvolatile wanted = { .kept.waits = true,
                                            .is_write = number == WRITE,
                                            .from = arg1,
                                            .len = arg2 };
    return request(d, p, a, &wanted);
}

const struct driver_ops nonvolatile_ops = { .command = command };

void nonvolatile_init(struct nonvolatile *d, struct kept *kept, uint8_t *block,
                      uint32_t size)
{
    d->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_ro = 1,
        .allow_rw = 1,
        .size = sizeof(struct app_nonvolatile),
    };
    d->size = size;
    blocks_init(&d->blocks, &blocks_ops, kept, &d->grant, block);
}
