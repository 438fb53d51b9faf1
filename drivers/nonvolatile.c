/* SPDX-License-Identifier: Apache-2.0 */
/* Nonvolatile storage: see nonvolatile.h. */
#include <drivers/nonvolatile.h>

static struct sysret command(void *self, uint32_t number, uint32_t from,
                             uint32_t len, struct process *p)
{
    struct nonvolatile *d = self;
    if (number == BLOCKS_EXISTS)
        return sysret_success();
    if (number == BLOCKS_SIZE)
        return sysret_u32(d->size);
    if (number > BLOCKS_WRITE)
        return sysret_failure(ERR_NOSUPPORT);
    struct blocks_app *a = grant_enter(&d->blocks.driver.grant, p);
    if (a == NULL || a->turn.waits)
        return sysret_failure(ERR_NOMEM);
    if (from >= d->size || len > d->size - from)
        return sysret_failure(ERR_INVAL);
    uint32_t room = blocks_room(&d->blocks, p, number);
    if (room == 0)
        return sysret_failure(ERR_RESERVE);
    return blocks_ask(&d->blocks, a, number, from, len < room ? len : room);
}

const struct driver_ops nonvolatile_ops = { .command = command };

void nonvolatile_init(struct nonvolatile *d, struct kept *kept, uint8_t *block,
                      uint32_t size)
{
    d->size = size;
    d->blocks.bytes = block;
    d->blocks.key.type = KEPT_SHARED;
    kept_driver_init(&d->blocks.driver, &blocks_ops, kept);
}
