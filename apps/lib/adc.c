/* SPDX-License-Identifier: Apache-2.0 */
/* Analog inputs. The event is (kind, channel, sample), or for a buffer
 * (kind, count << 8 | channel, address). After a stop no event is raised any
 * more, so that nothing has to be waited for after a time-out. */
#include <berth/adc.h>

#include <operation.h>

enum { ADC_COUNT, ADC_SAMPLE, ADC_REPEAT, ADC_FILL, ADC_STOP = 5 };
enum { ADC_SAMPLES = 0, ADC_SAMPLED = 0 };

struct request {
    uint32_t number, channel, hz;
    uint16_t *samples;
    size_t count;
};

static bool adc_lends;

static void adc_release(void)
{
    if (adc_lends) {
        adc_lends = false;
        (void)syscall_allow_rw(DRIVER_ADC, ADC_SAMPLES, NULL, 0);
    }
}

static struct operation sampling = { DRIVER_ADC,     ADC_SAMPLED, adc_release,
                                     OPERATION_IDLE, NULL,        false,
                                     { { 0 } } };

static err_t begin(const struct request *r, void (*deliver)(struct event))
{
    /* A command has 8 bits for the one and 24 for the other. */
    if (r->channel > 0xFF || r->hz > 0xFFFFFF) {
        return ERR_INVAL;
    }
    err_t error = operation_open(&sampling);
    if (error != OK) {
        return error;
    }
    if (r->number == ADC_FILL) {
        adc_lends = true;
        error = operation_lend_rw(&sampling, error, ADC_SAMPLES, r->samples,
                                  r->count * sizeof *r->samples);
    }
    return operation_run(&sampling, error, r->number, r->hz << 8 | r->channel,
                         0, deliver);
}

uint32_t berth_adc_count(void)
{
    uint32_t count = 0;
    (void)berth_error_or_value(syscall_command(DRIVER_ADC, ADC_COUNT, 0, 0),
                               &count);
    return count;
}

/* What has been queued before finds nothing under way, and the next operation
 * drops it. */
static err_t adc_end(void)
{
    err_t error = berth_error_of(syscall_command(DRIVER_ADC, ADC_STOP, 0, 0));
    adc_release();
    sampling.state = OPERATION_IDLE;
    return error;
}

err_t berth_adc_stop(void)
{
    bool somebody_waits =
        sampling.state != OPERATION_IDLE && sampling.deliver == NULL;
    return somebody_waits ? ERR_BUSY : adc_end();
}

/* ---- asynchronous --------------------------------------------------------------- */

static struct {
    berth_adc_fn *sampled;
    berth_adc_filled_fn *filled;
    void *userdata;
} client;

static void sample_deliver(struct event event)
{
    client.sampled(event.value[1], (uint16_t)event.value[2], client.userdata);
}

static void repeated_deliver(struct event event)
{
    sampling.state = OPERATION_RUNS; /* there is more to come */
    sample_deliver(event);
}

static void fill_deliver(struct event event)
{
    client.filled(event.value[1] >> 8, client.userdata);
}

err_t berth_adc_sample_async(uint32_t channel, berth_adc_fn *done,
                             void *userdata)
{
    const struct request r = { .number = ADC_SAMPLE, .channel = channel };
    err_t error = begin(&r, sample_deliver);
    if (error == OK) {
        client.sampled = done;
        client.userdata = userdata;
    }
    return error;
}

err_t berth_adc_start(uint32_t channel, uint32_t hz, berth_adc_fn *done,
                      void *userdata)
{
    const struct request r = { .number = ADC_REPEAT,
                               .channel = channel,
                               .hz = hz };
    err_t error = begin(&r, repeated_deliver);
    if (error == OK) {
        client.sampled = done;
        client.userdata = userdata;
    }
    return error;
}

static struct request fill_of(uint32_t channel, uint32_t hz, uint16_t *samples,
                              size_t count)
{
    return (struct request){ .number = ADC_FILL,
                             .channel = channel,
                             .hz = hz,
                             .samples = samples,
                             .count = count };
}

err_t berth_adc_fill_async(uint32_t channel, uint32_t hz, uint16_t *samples,
                           size_t count, berth_adc_filled_fn *done,
                           void *userdata)
{
    const struct request r = fill_of(channel, hz, samples, count);
    err_t error = begin(&r, fill_deliver);
    if (error == OK) {
        client.filled = done;
        client.userdata = userdata;
    }
    return error;
}

/* ---- synchronous ----------------------------------------------------------------- */

static err_t run_timeout(const struct request *r, uint32_t ms,
                         struct event *event)
{
    err_t error = begin(r, NULL);
    if (error == OK && !operation_wait_timeout(&sampling, ms, event)) {
        (void)adc_end();
        error = ERR_CANCEL;
    }
    return error;
}

err_t berth_adc_sample(uint32_t channel, uint16_t *sample)
{
    const struct request r = { .number = ADC_SAMPLE, .channel = channel };
    err_t error = begin(&r, NULL);
    if (error == OK) {
        *sample = (uint16_t)operation_wait(&sampling).value[2];
    }
    return error;
}

err_t berth_adc_sample_timeout(uint32_t channel, uint32_t ms, uint16_t *sample)
{
    const struct request r = { .number = ADC_SAMPLE, .channel = channel };
    struct event event;
    err_t error = run_timeout(&r, ms, &event);
    if (error == OK) {
        *sample = (uint16_t)event.value[2];
    }
    return error;
}

err_t berth_adc_fill(uint32_t channel, uint32_t hz, uint16_t *samples,
                     size_t count, size_t *got)
{
    const struct request r = fill_of(channel, hz, samples, count);
    err_t error = begin(&r, NULL);
    *got = error == OK ? operation_wait(&sampling).value[1] >> 8 : 0;
    return error;
}

err_t berth_adc_fill_timeout(uint32_t channel, uint32_t hz, uint16_t *samples,
                             size_t count, uint32_t ms, size_t *got)
{
    const struct request r = fill_of(channel, hz, samples, count);
    struct event event;
    err_t error = run_timeout(&r, ms, &event);
    *got = error == OK ? event.value[1] >> 8 : 0;
    return error;
}
