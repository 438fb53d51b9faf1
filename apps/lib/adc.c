/* SPDX-License-Identifier: Apache-2.0 */
/* Analog inputs. The event is (kind, channel, sample), or for a buffer
 * (kind, count << 8 | channel, address). */
#include <berth/adc.h>

#include "await.h"

enum { ADC_COUNT, ADC_SAMPLE, ADC_REPEAT, ADC_FILL, ADC_STOP = 5 };
enum { ADC_SAMPLES = 0 };

uint32_t berth_adc_count(void)
{
    uint32_t count = 0;
    (void)berth_error_or_value(syscall_command(DRIVER_ADC, ADC_COUNT, 0, 0),
                               &count);
    return count;
}

err_t berth_adc_stop(void)
{
    return berth_error_of(syscall_command(DRIVER_ADC, ADC_STOP, 0, 0));
}

static struct await_command adc_command(uint32_t number, uint32_t channel,
                                        uint32_t hz)
{
    return (struct await_command){ .driver = DRIVER_ADC,
                                   .number = number,
                                   .arg0 = hz << 8 | channel };
}

static struct {
    berth_adc_fn *done;
    void *userdata;
} running;

static void sampled(uint32_t kind, uint32_t channel, uint32_t sample,
                    void *userdata)
{
    (void)kind, (void)userdata;
    running.done(channel, (uint16_t)sample, running.userdata);
}

static err_t sampling_start(struct await_command command, berth_adc_fn *done,
                            void *userdata)
{
    running.done = done;
    running.userdata = userdata;
    return await_async(&command, sampled, NULL);
}

err_t berth_adc_sample_async(uint32_t channel, berth_adc_fn *done,
                             void *userdata)
{
    return sampling_start(adc_command(ADC_SAMPLE, channel, 0), done, userdata);
}

err_t berth_adc_start(uint32_t channel, uint32_t hz, berth_adc_fn *done,
                      void *userdata)
{
    return sampling_start(adc_command(ADC_REPEAT, channel, hz), done, userdata);
}

err_t berth_adc_sample(uint32_t channel, uint16_t *sample)
{
    struct await_command command = adc_command(ADC_SAMPLE, channel, 0);
    struct event event;
    err_t error = await(&command, &event);
    if (error == OK) {
        *sample = (uint16_t)event.value[2];
    }
    return error;
}

err_t berth_adc_sample_timeout(uint32_t channel, uint32_t ms, uint16_t *sample)
{
    struct await_command command = adc_command(ADC_SAMPLE, channel, 0);
    struct event event;
    err_t error = await_timeout(&command, ms, &event);
    if (error == OK) {
        *sample = (uint16_t)event.value[2];
    } else if (error == ERR_CANCEL) {
        (void)berth_adc_stop();
    }
    return error;
}

static err_t samples_allow(uint16_t *samples, size_t count)
{
    return berth_error_of(syscall_allow_rw(DRIVER_ADC, ADC_SAMPLES, samples,
                                           count * sizeof *samples));
}

static err_t filled(err_t error, const struct event *event, size_t *got)
{
    *got = 0;
    if (error == OK) {
        *got = event->value[1] >> 8;
    } else if (error == ERR_CANCEL) {
        (void)berth_adc_stop();
    }
    (void)syscall_allow_rw(DRIVER_ADC, ADC_SAMPLES, NULL, 0);
    return error;
}

err_t berth_adc_fill(uint32_t channel, uint32_t hz, uint16_t *samples,
                     size_t count, size_t *got)
{
    struct await_command command = adc_command(ADC_FILL, channel, hz);
    struct event event;
    err_t error = samples_allow(samples, count);
    if (error == OK) {
        error = await(&command, &event);
    }
    return filled(error, &event, got);
}

err_t berth_adc_fill_timeout(uint32_t channel, uint32_t hz, uint16_t *samples,
                             size_t count, uint32_t ms, size_t *got)
{
    struct await_command command = adc_command(ADC_FILL, channel, hz);
    struct event event;
    err_t error = samples_allow(samples, count);
    if (error == OK) {
        error = await_timeout(&command, ms, &event);
    }
    return filled(error, &event, got);
}
