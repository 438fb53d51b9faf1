/* SPDX-License-Identifier: Apache-2.0 */
/* A converter for tests: struct fake_adc a = { .adc = { .ops = &fake_adc_ops,
 * .channels = 2 } }; Samples come when the test says so. */
#ifndef TESTS_FAKE_ADC_H
#define TESTS_FAKE_ADC_H

#include <stdbool.h>

#include <tests/fake/kernel.h>

#include <berth/compiler.h>
#include <berth/hil/adc.h>

#define FAKE_ADC_MAX_HZ 10000u

struct fake_adc {
    struct adc adc;
    uint32_t channel, hz; /* hz 0: once */
    bool is_sampling;
    err_t refuses; /* what sample() and start() answer */
};

static inline err_t fake_adc_begin(struct adc *adc, uint32_t channel,
                                   uint32_t hz)
{
    struct fake_adc *f = CONTAINER_OF(adc, struct fake_adc, adc);
    assert_false(f->is_sampling);
    assert_true(channel < adc->channels);
    if (f->refuses != OK)
        return f->refuses;
    f->channel = channel;
    f->hz = hz;
    f->is_sampling = true;
    return OK;
}

static inline err_t fake_adc_sample(struct adc *adc, uint32_t channel)
{
    return fake_adc_begin(adc, channel, 0);
}

static inline err_t fake_adc_start(struct adc *adc, uint32_t channel,
                                   uint32_t hz)
{
    return hz > FAKE_ADC_MAX_HZ ? ERR_INVAL : fake_adc_begin(adc, channel, hz);
}

static inline void fake_adc_stop(struct adc *adc)
{
    CONTAINER_OF(adc, struct fake_adc, adc)->is_sampling = false;
}

static const struct adc_ops fake_adc_ops = { fake_adc_sample, fake_adc_start,
                                             fake_adc_stop };

/* A sample is there. */
static inline void fake_adc_sampled(struct fake_adc *f, uint16_t value)
{
    assert_true(f->is_sampling);
    f->is_sampling = f->hz != 0;
    f->adc.client->sampled(f->adc.client, value);
}

#endif
