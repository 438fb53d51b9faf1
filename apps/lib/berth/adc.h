/* SPDX-License-Identifier: Apache-2.0 */
/* Analog inputs, numbered from 0. A sample is 16 bits, of which the converter
 * fills the highest. ERR_BUSY while anyone samples, this app included;
 * ERR_INVAL: no such channel or rate. */
#ifndef BERTH_ADC_H
#define BERTH_ADC_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 0 where there are none. */
uint32_t berth_adc_count(void);

typedef void berth_adc_fn(uint32_t channel, uint16_t sample, void *userdata);
/* `got` samples are in the buffer. */
typedef void berth_adc_filled_fn(size_t got, void *userdata);

/* Calls `done` with one sample, or, with `hz` samples a second, until stopped. */
err_t berth_adc_sample_async(uint32_t channel, berth_adc_fn *done,
                             void *userdata);
err_t berth_adc_start(uint32_t channel, uint32_t hz, berth_adc_fn *done,
                      void *userdata);

/* Fills a buffer, which stays in place until `done` is called. */
err_t berth_adc_fill_async(uint32_t channel, uint32_t hz, uint16_t *samples,
                           size_t count, berth_adc_filled_fn *done,
                           void *userdata);

/* Ends what was begun by one of these: `done` is not called any more. ERR_BUSY
 * in a callback that runs while a call below waits; that is left alone. */
err_t berth_adc_stop(void);

err_t berth_adc_sample(uint32_t channel, uint16_t *sample);
/* Fills a buffer with `count` samples; `got` tells how many there were. */
err_t berth_adc_fill(uint32_t channel, uint32_t hz, uint16_t *samples,
                     size_t count, size_t *got);

/* These stop after `ms` milliseconds with ERR_CANCEL. Callbacks of other things
 * run meanwhile. */
err_t berth_adc_sample_timeout(uint32_t channel, uint32_t ms, uint16_t *sample);
err_t berth_adc_fill_timeout(uint32_t channel, uint32_t hz, uint16_t *samples,
                             size_t count, uint32_t ms, size_t *got);

#ifdef __cplusplus
}
#endif

#endif
