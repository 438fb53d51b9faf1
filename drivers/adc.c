/* SPDX-License-Identifier: Apache-2.0 */
/* ADC driver: see adc.h. */
#include <drivers/adc.h>

enum {
    COUNT = 0,
    SINGLE = 1,
    REPEATED = 2,
    BUFFER = 3,
    BUFFERS = 4,
    STOP = 5,
    BITS = 101,
    REFERENCE = 102,
};
/* In events. */
enum { MODE_SINGLE, MODE_REPEATED, MODE_BUFFER, MODE_BUFFERS };
enum { BUFFER_COUNT = 2 };
enum { EVENT_SAMPLED = 0, EVENT_COUNT };
enum { SAMPLE_BYTES = 2 };

static void stop(struct adc_driver *d)
{
    d->adc->ops->stop(d->adc);
    d->app = PID_NONE;
}

static bool has_buffers(const struct adc_driver *d, struct process *p,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (allowed_rw(&d->grant, p, i).len < SAMPLE_BYTES)
            return false;
    return true;
}

static err_t start(struct adc_driver *d, struct process *p, uint32_t mode,
                   uint32_t channel, uint32_t hz)
{
    struct adc *adc = d->adc;
    uint32_t buffers = mode == MODE_BUFFERS ? 2 : mode == MODE_BUFFER;
    if (channel >= adc->channels || (mode != MODE_SINGLE && hz == 0))
        return ERR_INVAL;
    if (process_find(d->app) != NULL)
        return ERR_BUSY;
    if (!has_buffers(d, p, buffers))
        return ERR_NOMEM;
    err_t e = mode == MODE_SINGLE ? adc->ops->sample(adc, channel)
                                  : adc->ops->start(adc, channel, hz);
    if (e != OK)
        return e;
    d->app = process_pid(p);
    d->mode = mode;
    d->channel = channel;
    d->buffer = d->filled = 0;
    return OK;
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct adc_driver *d = self;
    (void)arg2;
    if (number == COUNT)
        return sysret_u32(d->adc->channels);
    if (number == BITS)
        return sysret_u32(d->adc->bits);
    if (number == REFERENCE && d->adc->reference_mv != 0)
        return sysret_u32(d->adc->reference_mv);
    if (number > STOP)
        return sysret_failure(ERR_NOSUPPORT);
    if (number == STOP) {
        if (pid_equal(d->app, process_pid(p)))
            stop(d);
        return sysret_success();
    }
    if (grant_enter(&d->grant, p) == NULL)
        return sysret_failure(ERR_NOMEM);
    if (number == SINGLE)
        return sysret_of(start(d, p, MODE_SINGLE, arg1, 0));
    return sysret_of(start(d, p, number - SINGLE, arg1 & 0xFF, arg1 >> 8));
}

/* The buffer in use is done with: an event, and on to the other, or the end. */
static void buffer_end(struct adc_driver *d, struct process *p)
{
    struct uslice buffer = allowed_rw(&d->grant, p, d->buffer);
    uint32_t count = d->filled;
    d->filled = 0;
    if (d->mode == MODE_BUFFER || count == 0)
        stop(d);
    else
        d->buffer = 1 - d->buffer;
    upcall_queue(&d->grant, p, EVENT_SAMPLED, d->mode, count << 8 | d->channel,
                 buffer.base.addr);
}

static void sample_keep(struct adc_driver *d, struct process *p, uint16_t value)
{
    struct uslice buffer = allowed_rw(&d->grant, p, d->buffer);
    if (user_write(p, buffer, d->filled * SAMPLE_BYTES, &value, SAMPLE_BYTES) !=
        OK) {
        if (d->filled > buffer.len / SAMPLE_BYTES)
            d->filled = buffer.len / SAMPLE_BYTES;
        buffer_end(d, p);
        return;
    }
    d->filled++;
    if (buffer.len - d->filled * SAMPLE_BYTES < SAMPLE_BYTES)
        buffer_end(d, p);
}

static void on_sampled(struct adc_client *client, uint16_t value)
{
    struct adc_driver *d = CONTAINER_OF(client, struct adc_driver, client);
    struct process *p = process_find(d->app);
    if (p == NULL)
        return;
    if (d->mode >= MODE_BUFFER) {
        sample_keep(d, p, value);
        return;
    }
    if (d->mode == MODE_SINGLE)
        d->app = PID_NONE;
    upcall_queue(&d->grant, p, EVENT_SAMPLED, d->mode, d->channel, value);
}

static void gone(void *self, struct process *p)
{
    struct adc_driver *d = self;
    if (pid_equal(d->app, process_pid(p)))
        stop(d);
}

const struct driver_ops adc_driver_ops = { .command = command, .gone = gone };

void adc_driver_init(struct adc_driver *d, struct adc *adc)
{
    d->grant.layout = (struct grant_layout){ .upcalls = EVENT_COUNT,
                                             .allow_rw = BUFFER_COUNT };
    d->client.sampled = on_sampled;
    d->adc = adc;
    adc->client = &d->client;
}
