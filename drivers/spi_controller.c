/* SPDX-License-Identifier: Apache-2.0 */
/* SPI driver: see spi_controller.h. An exchange goes out in pieces, each copied
 * from the app when it is sent and to the app when it has come. */
#include <drivers/spi_controller.h>

enum {
    EXISTS = 0,
    EXCHANGE = 2,
    SET_RATE = 5,
    GET_RATE = 6,
    SET_PHASE = 7,
    GET_PHASE = 8,
    SET_POLARITY = 9,
    GET_POLARITY = 10,
};
enum { BUFFER = 0, BUFFER_COUNT };
enum { EVENT_DONE = 0, EVENT_COUNT };

struct ALIGNED(8) app_spi {
    struct spi_mode mode; /* hz 0: the driver's */
    uint32_t len;         /* wanted; 0: nothing */
    uint32_t done;
};

static void exchange_end(struct spi_controller *d, struct process *p)
{
    d->spi->ops->deselect(d->spi);
    d->busy = false;
    deferred_call(&d->deferred);
    if (p == NULL)
        return;
    struct app_spi *a = grant_peek(&d->grant, p);
    a->len = 0;
    upcall_queue(&d->grant, p, EVENT_DONE, a->done, 0, 0);
}

/* The next piece of the app that has its turn, or its end. */
static void piece_send(struct spi_controller *d, struct process *p,
                       const struct app_spi *a)
{
    struct uslice from = allowed_ro(&d->grant, p, BUFFER);
    struct uslice to = allowed_rw(&d->grant, p, BUFFER);
    uint32_t left = from.len < a->len ? from.len : a->len;
    uint32_t len = left > a->done ? left - a->done : 0;
    if (len > SPI_PIECE)
        len = SPI_PIECE;
    if (len == 0 || user_read(p, d->bytes, from, a->done, len) != OK) {
        exchange_end(d, p);
        return;
    }
    d->piece = len;
    d->spi->ops->transfer(d->spi, d->bytes, to.len == 0 ? NULL : d->bytes, len);
}

/* What does not fit any more is left out. */
static void piece_keep(struct spi_controller *d, struct process *p,
                       struct app_spi *a)
{
    struct uslice to = allowed_rw(&d->grant, p, BUFFER);
    uint32_t room = to.len > a->done ? to.len - a->done : 0;
    uint32_t len = room < d->piece ? room : d->piece;
    if (len != 0) {
        err_t e = user_write(p, to, a->done, d->bytes, len);
        (void)e; /* memory the app has given up: nobody misses it */
    }
    a->done += d->piece;
}

/* After whose turn it was, round and round. */
static struct process *next_waiting(const struct spi_controller *d)
{
    struct process *p = process_find(d->app), *first = NULL;
    while ((p = grant_next(&d->grant, p)) != NULL)
        if (((struct app_spi *)grant_peek(&d->grant, p))->len != 0)
            return p;
    while ((first = grant_next(&d->grant, first)) != NULL)
        if (((struct app_spi *)grant_peek(&d->grant, first))->len != 0)
            return first;
    return NULL;
}

static void turn_begin(struct spi_controller *d)
{
    struct process *p = next_waiting(d);
    if (p == NULL)
        return;
    const struct app_spi *a = grant_peek(&d->grant, p);
    struct spi_mode mode = a->mode;
    if (mode.hz == 0)
        mode.hz = d->hz;
    d->busy = true;
    d->app = process_pid(p);
    d->spi->ops->select(d->spi, &mode);
    piece_send(d, p, a);
}

static void on_deferred(struct deferred *deferred)
{
    struct spi_controller *d =
        CONTAINER_OF(deferred, struct spi_controller, deferred);
    if (!d->busy)
        turn_begin(d);
}

static void on_done(struct spi_client *client)
{
    struct spi_controller *d =
        CONTAINER_OF(client, struct spi_controller, client);
    struct process *p = process_find(d->app);
    if (p == NULL) {
        d->piece = 0;
        exchange_end(d, NULL);
        return;
    }
    struct app_spi *a = grant_peek(&d->grant, p);
    piece_keep(d, p, a);
    d->piece = 0;
    piece_send(d, p, a);
}

static struct sysret exchange(struct spi_controller *d, struct process *p,
                              struct app_spi *a, uint32_t len)
{
    struct uslice to = allowed_rw(&d->grant, p, BUFFER);
    if (a->len != 0)
        return sysret_failure(ERR_BUSY);
    if (len == 0 || len > allowed_ro(&d->grant, p, BUFFER).len ||
        (to.len != 0 && len > to.len))
        return sysret_failure(ERR_INVAL);
    a->len = len;
    a->done = 0;
    deferred_call(&d->deferred);
    return sysret_success();
}

static struct sysret rate_set(const struct spi_controller *d, struct app_spi *a,
                              uint32_t hz)
{
    uint32_t rate = d->spi->ops->rate(d->spi, hz);
    if (rate == 0)
        return sysret_failure(ERR_INVAL);
    a->mode.hz = rate;
    return sysret_success();
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct spi_controller *d = self;
    (void)arg2;
    if (number == EXISTS)
        return sysret_success();
    if (number != EXCHANGE && (number < SET_RATE || number > GET_POLARITY))
        return sysret_failure(ERR_NOSUPPORT);
    struct app_spi *a = grant_enter(&d->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    switch (number) {
    case EXCHANGE:
        return exchange(d, p, a, arg1);
    case SET_RATE:
        return rate_set(d, a, arg1);
    case GET_RATE:
        return sysret_u32(a->mode.hz == 0 ? d->hz : a->mode.hz);
    case SET_PHASE:
        a->mode.trailing = arg1 != 0;
        return sysret_success();
    case GET_PHASE:
        return sysret_u32(a->mode.trailing);
    case SET_POLARITY:
        a->mode.idle_high = arg1 != 0;
        return sysret_success();
    default:
        return sysret_u32(a->mode.idle_high);
    }
}

const struct driver_ops spi_controller_ops = { .command = command };

void spi_controller_init(struct spi_controller *d, struct spi *spi, uint32_t hz)
{
    d->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_ro = BUFFER_COUNT,
        .allow_rw = BUFFER_COUNT,
        .size = sizeof(struct app_spi),
    };
    d->client.done = on_done;
    d->deferred.run = on_deferred;
    d->spi = spi;
    d->hz = hz;
    spi->client = &d->client;
}
