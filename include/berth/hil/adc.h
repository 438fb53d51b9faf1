/* SPDX-License-Identifier: Apache-2.0 */
/* A converter from voltages to numbers, with several channels. */
#ifndef BERTH_HIL_ADC_H
#define BERTH_HIL_ADC_H

#include <stdint.h>

#include <berth/err.h>

struct adc;

struct adc_ops {
    /* Convert once: the client is told of one sample. After an error, of none. */
    err_t (*sample)(struct adc *adc, uint32_t channel);
    /* Convert `hz` times a second until stop(). INVAL: no such rate. */
    err_t (*start)(struct adc *adc, uint32_t channel, uint32_t hz);
    /* No sample comes any more, not even one under way. */
    void (*stop)(struct adc *adc);
};

struct adc_client {
    /* Never from inside the calls above. In 16 bits, the highest used first. */
    void (*sampled)(struct adc_client *client, uint16_t value);
};

struct adc {
    const struct adc_ops *ops;
    struct adc_client *client; /* set once at boot */
    uint8_t channels;
    uint8_t bits;          /* of a sample that mean something */
    uint16_t reference_mv; /* what the highest value stands for; 0: not known */
};

#endif
