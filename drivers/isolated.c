/* SPDX-License-Identifier: Apache-2.0 */
/* Isolated nonvolatile storage: see isolated.h. A record of its own says that an
 * identity has storage, and how much. */
#include <drivers/isolated.h>

enum { EXISTS, SIZE, READ, WRITE };
enum { EVENT_SIZE, EVENT_READ, EVENT_WRITTEN, EVENT_COUNT };

struct ALIGNED(8) app_isolated {
    struct kept_app kept;
    uint32_t what;
    uint32_t from, from_high, len;
};

static err_t region_make(struct isolated *d, const struct records_key *region)
{
    struct records *r = &d->blocks.kept->records;
    if (records_count(r, KEPT_REGION) >= d->regions)
        return ERR_NOMEM;
    d->region_size = d->size;
    err_t e = records_put(r, region, &d->region_size, sizeof d->region_size);
    return e == OK ? ERR_BUSY : e;
}

static err_t range_set(struct isolated *d, const struct app_isolated *a)
{
    struct blocks *b = &d->blocks;
    if (a->len == 0)
        return ERR_RESERVE;
    if (a->from_high != 0 || a->from > d->region_size ||
        a->len > d->region_size - a->from)
        return ERR_INVAL;
    b->is_write = a->what == WRITE;
    b->from = a->from;
    b->len = a->len;
    return OK;
}

static err_t begin(struct blocks *b, struct process *p)
{
    struct isolated *d = CONTAINER_OF(b, struct isolated, blocks);
    const struct app_isolated *a = grant_peek(b->grant, p);
    struct storage_rights rights;
    uint32_t len;
    if (!d->authority->rights(d->authority, process_pid(p).handle, &rights))
        return ERR_NOSUPPORT;
    struct records_key key = { .type = KEPT_REGION,
                               .key_number = rights.key,
                               .id = rights.id };
    err_t e = records_get(&b->kept->records, &key, &d->region_size,
                          sizeof d->region_size, &len);
    if (e == ERR_NODEVICE)
        e = region_make(d, &key);
    else if (e == OK && len != sizeof d->region_size)
        e = ERR_FAIL;
    key.type = KEPT_BLOCK;
    b->key = key;
    if (e == OK && a->what != SIZE)
        e = range_set(d, a);
    return e;
}

static void end(struct blocks *b, struct process *p, err_t e)
{
    struct isolated *d = CONTAINER_OF(b, struct isolated, blocks);
    const struct app_isolated *a = grant_peek(b->grant, p);
    if (a->what == SIZE)
        upcall_queue(b->grant, p, EVENT_SIZE, e, e == OK ? d->region_size : 0,
                     0);
    else
        upcall_queue(b->grant, p, a->what == WRITE ? EVENT_WRITTEN : EVENT_READ,
                     e, b->done, 0);
}

static const struct blocks_ops blocks_ops = { begin, end };

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct isolated *d = self;
    struct storage_rights rights;
    if (number == EXISTS)
        return sysret_success();
    if (number > WRITE)
        return sysret_failure(ERR_NOSUPPORT);
    struct app_isolated *a = grant_enter(&d->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    if (!d->authority->rights(d->authority, process_pid(p).handle, &rights) ||
        !rights.may_write)
        return sysret_failure(ERR_NOSUPPORT);
    if (a->kept.waits)
        return sysret_failure(ERR_BUSY);
    struct uslice buffer = number == WRITE
                               ? allowed_ro(&d->grant, p, BLOCKS_WRITE_FROM)
                               : allowed_rw(&d->grant, p, BLOCKS_READ_TO);
    *a = (struct app_isolated){ .kept.waits = true,
                                .what = number,
                                .from = arg1,
                                .from_high = arg2,
                                .len = buffer.len };
    blocks_wake(&d->blocks);
    return sysret_success();
}

const struct driver_ops isolated_ops = { .command = command };

void isolated_init(struct isolated *d, struct kept *kept, uint8_t *block,
                   const struct storage_authority *authority, uint32_t size,
                   uint32_t regions)
{
    d->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_ro = 1,
        .allow_rw = 1,
        .size = sizeof(struct app_isolated),
    };
    d->authority = authority;
    d->size = size;
    d->regions = regions;
    blocks_init(&d->blocks, &blocks_ops, kept, &d->grant, block);
}
