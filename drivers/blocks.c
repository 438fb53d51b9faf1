/* SPDX-License-Identifier: Apache-2.0 */
/* See blocks.h. One block at a time, each from the kernel's loop. */
#include <drivers/blocks.h>
#include <kernel/string.h>

static struct blocks *blocks_of(struct kept_driver *d)
{
    return CONTAINER_OF(d, struct blocks, driver);
}

/* What the block holds now. */
static err_t block_get(struct blocks *b)
{
    uint32_t len;
    err_t e = records_get(&b->driver.kept->records, &b->key, b->bytes,
                          BLOCK_SIZE, &len);
    if (e == ERR_NODEVICE || (e == OK && len != BLOCK_SIZE)) {
        memset(b->bytes, 0xFF, BLOCK_SIZE);
        e = OK;
    }
    return e;
}

/* A part of the block goes from flash to the app, or from there to flash. */
static err_t part_do(struct blocks *b, struct process *p,
                     const struct blocks_app *a, uint32_t within)
{
    const struct grant *grant = &b->driver.grant;
    struct records *r = &b->driver.kept->records;
    uint8_t *bytes = b->bytes + within;
    bool is_write = a->what == BLOCKS_WRITE;
    err_t e = is_write && b->part == BLOCK_SIZE ? OK : block_get(b);
    if (e != OK)
        return e;
    e = is_write ? user_read(p, bytes, allowed_ro(grant, p, BLOCKS_BUFFER),
                             b->done, b->part)
                 : user_write(p, allowed_rw(grant, p, BLOCKS_BUFFER), b->done,
                              bytes, b->part);
    if (e != OK)
        return ERR_RESERVE;
    if (is_write)
        return records_put(r, &b->key, b->bytes, BLOCK_SIZE);
    records_pass(r);
    return OK;
}

static err_t serve(struct kept_driver *d, struct process *p, struct turn *turn)
{
    struct blocks *b = blocks_of(d);
    struct blocks_app *a = CONTAINER_OF(turn, struct blocks_app, turn);
    if (!d->has_begun) {
        b->done = b->part = 0;
        err_t e = b->begin == NULL ? OK : b->begin(b, p, a);
        if (e != OK)
            return e == ERR_BUSY ? OK : e;
        d->has_begun = true;
    }
    b->done += b->part;
    if (b->done == a->len)
        return KEPT_DONE;
    uint32_t at = a->from + b->done;
    uint32_t within = at % BLOCK_SIZE;
    b->key.number = (uint16_t)(at / BLOCK_SIZE);
    b->part = BLOCK_SIZE - within;
    if (b->part > a->len - b->done)
        b->part = a->len - b->done;
    return part_do(b, p, a, within);
}

static void end(struct kept_driver *d, struct process *p,
                const struct turn *turn, err_t e)
{
    const struct blocks *b = blocks_of(d);
    const struct blocks_app *a =
        CONTAINER_OF(turn, const struct blocks_app, turn);
    uint32_t done = d->has_begun ? b->done : 0;
    if (b->begin == NULL)
        upcall_queue(&d->grant, p, a->what - BLOCKS_READ, done, 0, 0);
    else
        upcall_queue(&d->grant, p, a->what - BLOCKS_SIZE, (uint32_t)e, done, 0);
}

#define LAYOUT(events)                                                         \
    {                                                                          \
        .upcalls = (events), .allow_ro = 1, .allow_rw = 1,                     \
        .size = sizeof(struct blocks_app)                                      \
    }

const struct kept_ops blocks_ops = { LAYOUT(2), serve, end };
const struct kept_ops blocks_ops_of_apps = { LAYOUT(3), serve, end };

uint32_t blocks_room(const struct blocks *b, struct process *p, uint32_t what)
{
    const struct grant *grant = &b->driver.grant;
    return what == BLOCKS_WRITE ? allowed_ro(grant, p, BLOCKS_BUFFER).len
                                : allowed_rw(grant, p, BLOCKS_BUFFER).len;
}

struct sysret blocks_ask(struct blocks *b, struct blocks_app *a, uint32_t what,
                         uint32_t from, uint32_t len)
{
    a->what = what;
    a->from = from;
    a->len = len;
    return kept_ask(&b->driver, &a->turn);
}
