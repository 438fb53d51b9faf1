/* SPDX-License-Identifier: Apache-2.0 */
/* I2C driver: see i2c_master.h. What an app wants waits in its grant; bytes are
 * copied when its turn begins, and back when it ends, if it is still there. */
#include <drivers/i2c_master.h>

enum { EXISTS, WRITE, READ, WRITE_READ };
enum { BUFFER = 1, BUFFER_COUNT };
enum { EVENT_DONE = 0, EVENT_COUNT };

struct ALIGNED(8) app_i2c {
    flag_t waits, runs;
    uint32_t address, write_len, read_len;
};

static void finish(const struct i2c_master *d, struct process *p, err_t status)
{
    struct app_i2c *a = grant_peek(&d->grant, p);
    a->waits = a->runs = false;
    upcall_queue(&d->grant, p, EVENT_DONE, status, 0, 0);
}

static err_t transfer(struct i2c_master *d, struct process *p,
                      struct app_i2c *a)
{
    struct uslice buffer = allowed_rw(&d->grant, p, BUFFER);
    err_t e = OK;
    if (a->write_len != 0)
        e = user_read(p, d->bytes, buffer, 0, a->write_len);
    if (e == OK && a->read_len > buffer.len)
        e = ERR_INVAL;
    if (e == OK)
        e = d->bus->ops->transfer(d->bus, a->address, d->bytes, a->write_len,
                                  a->read_len);
    if (e != OK)
        return e;
    ktimer_arm(&d->patience, ktime_now() + ktime_of_ms(I2C_PATIENCE_MS));
    d->transferring = a->runs = true;
    d->app = process_pid(p);
    d->read_len = a->read_len;
    return OK;
}

/* The one after whose turn it was, round and round. */
static struct process *next_waiting(const struct i2c_master *d)
{
    struct process *last = process_find(d->app);
    struct process *p = last, *first = NULL;
    while ((p = grant_next(&d->grant, p)) != NULL)
        if (((struct app_i2c *)grant_peek(&d->grant, p))->waits)
            return p;
    while ((first = grant_next(&d->grant, first)) != NULL)
        if (((struct app_i2c *)grant_peek(&d->grant, first))->waits)
            return first;
    return NULL;
}

/* One turn, or one refusal, at a time. */
static void on_deferred(struct deferred *deferred)
{
    struct i2c_master *d = CONTAINER_OF(deferred, struct i2c_master, deferred);
    struct process *p = d->transferring ? NULL : next_waiting(d);
    if (p == NULL)
        return;
    err_t e = transfer(d, p, grant_peek(&d->grant, p));
    if (e == OK)
        return;
    finish(d, p, e);
    deferred_call(&d->deferred);
}

static void ended(struct i2c_master *d, err_t status)
{
    struct process *p = process_find(d->app);
    d->transferring = false;
    deferred_call(&d->deferred);
    if (p == NULL)
        return;
    if (status == OK && d->read_len != 0)
        status = user_write(p, allowed_rw(&d->grant, p, BUFFER), 0, d->bytes,
                            d->read_len);
    finish(d, p, status);
}

static void on_done(struct i2c_client *client, err_t status)
{
    struct i2c_master *d = CONTAINER_OF(client, struct i2c_master, client);
    ktimer_disarm(&d->patience);
    ended(d, status);
}

/* Whose transfer does not end is told, and the next one gets its turn. */
static void on_patience_lost(struct ktimer *timer)
{
    struct i2c_master *d = CONTAINER_OF(timer, struct i2c_master, patience);
    d->bus->ops->abort(d->bus);
    ended(d, ERR_CANCEL);
}

static err_t check(const struct i2c_master *d, struct process *p,
                   const struct app_i2c *wanted)
{
    struct uslice buffer = allowed_rw(&d->grant, p, BUFFER);
    if (wanted->address > I2C_ADDRESS_MAX || wanted->write_len > buffer.len ||
        wanted->read_len > buffer.len)
        return ERR_INVAL;
    if (wanted->write_len > I2C_BYTES_MAX || wanted->read_len > I2C_BYTES_MAX)
        return ERR_SIZE;
    return OK;
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct i2c_master *d = self;
    if (number == EXISTS)
        return sysret_success();
    if (number > WRITE_READ)
        return sysret_failure(ERR_NOSUPPORT);
    struct app_i2c *a = grant_enter(&d->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    if (a->waits)
        return sysret_failure(ERR_BUSY);
    struct app_i2c wanted = { .waits = true };
    wanted.address = number == WRITE_READ ? arg1 & 0xFF : arg1;
    wanted.write_len = number == WRITE        ? arg2
                       : number == WRITE_READ ? arg1 >> 8
                                              : 0;
    wanted.read_len = number == WRITE ? 0 : arg2;
    err_t e = check(d, p, &wanted);
    if (e != OK)
        return sysret_failure(e);
    *a = wanted;
    deferred_call(&d->deferred);
    return sysret_success();
}

const struct driver_ops i2c_master_ops = { .command = command };

void i2c_master_init(struct i2c_master *d, struct i2c_bus *bus)
{
    d->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_rw = BUFFER_COUNT,
        .size = sizeof(struct app_i2c),
    };
    d->client.done = on_done;
    d->deferred.run = on_deferred;
    d->patience.fire = on_patience_lost;
    d->bus = bus;
    bus->client = &d->client;
}
