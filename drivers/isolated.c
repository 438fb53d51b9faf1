/* SPDX-License-Identifier: Apache-2.0 */
/* Isolated nonvolatile storage: see isolated.h. A record of its own says that an
 * identity has storage, and how much. */
#include <drivers/isolated.h>

#define NOWHERE 0xFFFFFFFFu /* further than any storage is long */

static err_t region_make(struct isolated *d, const struct records_key *region)
{
    struct records *r = &d->blocks.driver.kept->records;
    if (records_count(r, KEPT_REGION) >= d->regions)
        return ERR_NOMEM;
    err_t e = records_put(r, region, &d->size, sizeof d->size);
    return e == OK ? ERR_BUSY : e;
}

/* Within the storage? The size is answered as if it had been read. */
static err_t range_check(struct blocks *b, struct blocks_app *a, uint32_t size)
{
    if (a->what == BLOCKS_SIZE) {
        b->done = a->len = size;
        return OK;
    }
    if (a->len == 0)
        return ERR_RESERVE;
    return a->from > size || a->len > size - a->from ? ERR_INVAL : OK;
}

static err_t begin(struct blocks *b, struct process *p, struct blocks_app *a)
{
    struct isolated *d = CONTAINER_OF(b, struct isolated, blocks);
    struct storage_rights rights;
    uint32_t size, len;
    if (!d->authority->rights(d->authority, process_pid(p).handle, &rights))
        return ERR_NOSUPPORT;
    b->key = (struct records_key){ .type = KEPT_REGION,
                                   .key_number = rights.key,
                                   .id = rights.id };
    err_t e = records_get(&b->driver.kept->records, &b->key, &size, sizeof size,
                          &len);
    if (e == ERR_NODEVICE)
        return region_make(d, &b->key);
    if (e != OK || len != sizeof size)
        return ERR_FAIL;
    b->key.type = KEPT_BLOCK;
    return range_check(b, a, size);
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct isolated *d = self;
    struct storage_rights rights;
    if (number == BLOCKS_EXISTS)
        return sysret_success();
    if (number > BLOCKS_WRITE)
        return sysret_failure(ERR_NOSUPPORT);
    struct blocks_app *a = grant_enter(&d->blocks.driver.grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    if (!d->authority->rights(d->authority, process_pid(p).handle, &rights) ||
        !rights.may_write)
        return sysret_failure(ERR_NOSUPPORT);
    if (a->turn.waits)
        return sysret_failure(ERR_BUSY);
    return blocks_ask(&d->blocks, a, number, arg2 == 0 ? arg1 : NOWHERE,
                      blocks_room(&d->blocks, p, number));
}

const struct driver_ops isolated_ops = { .command = command };

void isolated_init(struct isolated *d, struct kept *kept, uint8_t *block,
                   const struct storage_authority *authority, uint32_t size,
                   uint32_t regions)
{
    d->authority = authority;
    d->size = size;
    d->regions = regions;
    d->blocks.bytes = block;
    d->blocks.begin = begin;
    kept_driver_init(&d->blocks.driver, &blocks_ops_of_apps, kept);
}
