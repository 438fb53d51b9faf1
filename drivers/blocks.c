/* SPDX-License-Identifier: Apache-2.0 */
/* See blocks.h. One block at a time, each from the kernel's loop. */
#include <drivers/blocks.h>
#include <kernel/string.h>

void blocks_wake(struct blocks *b)
{
    /* BUSY: it waits already. */
    err_t e = records_wait(&b->kept->records, &b->client);
    (void)e;
}

static void finish(struct blocks *b, err_t e)
{
    struct process *p = process_find(b->app);
    if (p != NULL) {
        struct kept_app *a = grant_peek(b->grant, p);
        a->waits = false;
        b->ops->end(b, p, e);
    }
    records_release(&b->kept->records, &b->client);
    if (kept_next(b->grant, b->app) != NULL)
        blocks_wake(b);
}

/* What the block holds now. */
static err_t block_get(struct blocks *b)
{
    uint32_t len;
    err_t e =
        records_get(&b->kept->records, &b->key, b->block, BLOCK_SIZE, &len);
    if (e == ERR_NODEVICE || (e == OK && len != BLOCK_SIZE)) {
        memset(b->block, 0xFF, BLOCK_SIZE);
        e = OK;
    }
    return e;
}

static err_t read_part(struct blocks *b, struct process *p, uint32_t within)
{
    struct uslice to = allowed_rw(b->grant, p, BLOCKS_READ_TO);
    err_t e = block_get(b);
    if (e == OK && user_write(p, to, b->done, b->block + within, b->part) != OK)
        e = ERR_RESERVE;
    if (e != OK)
        return e;
    b->done += b->part;
    deferred_call(&b->work);
    return OK;
}

static err_t write_part(struct blocks *b, struct process *p, uint32_t within)
{
    struct uslice from = allowed_ro(b->grant, p, BLOCKS_WRITE_FROM);
    err_t e = b->part == BLOCK_SIZE ? OK : block_get(b);
    if (e == OK &&
        user_read(p, b->block + within, from, b->done, b->part) != OK)
        e = ERR_RESERVE;
    if (e == OK)
        e = records_put(&b->kept->records, &b->key, b->block, BLOCK_SIZE);
    return e;
}

static void go_on(struct blocks *b)
{
    struct process *p = process_find(b->app);
    uint32_t at = b->from + b->done;
    uint32_t within = at % BLOCK_SIZE;
    err_t e = OK;
    if (p == NULL) {
        finish(b, OK);
        return;
    }
    if (!b->has_begun) {
        e = b->ops->begin(b, p);
        if (e == ERR_BUSY)
            return;
        b->has_begun = e == OK;
        at = b->from;
        within = at % BLOCK_SIZE;
    }
    if (e != OK || b->done == b->len) {
        finish(b, e);
        return;
    }
    b->key.number = (uint16_t)(at / BLOCK_SIZE);
    b->part = BLOCK_SIZE - within;
    if (b->part > b->len - b->done)
        b->part = b->len - b->done;
    e = b->is_write ? write_part(b, p, within) : read_part(b, p, within);
    if (e != OK)
        finish(b, e);
}

static void on_work(struct deferred *work)
{
    go_on(CONTAINER_OF(work, struct blocks, work));
}

static void on_turn(struct records_client *client, err_t e)
{
    struct blocks *b = CONTAINER_OF(client, struct blocks, client);
    struct process *p = kept_next(b->grant, b->app);
    if (p == NULL) {
        records_release(&b->kept->records, client);
        return;
    }
    b->app = process_pid(p);
    b->done = b->len = b->has_begun = 0;
    if (e == OK)
        go_on(b);
    else
        finish(b, e);
}

static void on_done(struct records_client *client, err_t e)
{
    struct blocks *b = CONTAINER_OF(client, struct blocks, client);
    if (e != OK) {
        finish(b, e);
        return;
    }
    if (b->has_begun)
        b->done += b->part;
    go_on(b);
}

void blocks_init(struct blocks *b, const struct blocks_ops *ops,
                 struct kept *kept, struct grant *grant, uint8_t *block)
{
    b->ops = ops;
    b->kept = kept;
    b->grant = grant;
    b->block = block;
    b->client.turn = on_turn;
    b->client.done = on_done;
    b->work.run = on_work;
}
