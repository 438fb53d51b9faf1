/* SPDX-License-Identifier: Apache-2.0 */
/* Analog inputs, driver 0x5.
 *
 *  command 0                   how many channels there are, as a u32
 *  command 1(channel)          one sample
 *  command 2(hz << 8 | channel) samples until stopped
 *  command 3(the same)         samples until read-write buffer 0 is full
 *  command 4(the same)         samples into read-write buffers 0 and 1 in turn,
 *                              until stopped
 *               INVAL: no such channel or rate; BUSY: somebody is sampling;
 *               NOMEM: a buffer is shorter than a sample
 *  command 5                   stop; always a success. Another app's sampling
 *                              goes on
 *  command 101, 102            bits of a sample, reference in mV, as a u32
 *               NOSUPPORT: the reference is not known
 *  event 0      (0 or 1, channel, sample) after command 1 or 2
 *               (2 or 3, samples << 8 | channel, address of the buffer) when a
 *               buffer is full, or has become shorter than what is in it
 *  any          NOMEM: no room for the grant
 *
 * A sample is 16 bits, its highest bit the converter's highest. Continuous
 * sampling into a buffer that is shorter than a sample ends by an event of no
 * samples. */
#ifndef DRIVERS_ADC_H
#define DRIVERS_ADC_H

#include <berth/hil/adc.h>
#include <kernel/driver.h>

struct adc_driver {
    struct grant grant;
    struct adc_client client;
    struct adc *adc;
    pid_handle_t app; /* who samples; PID_NONE: nobody */
    uint32_t mode, channel;
    uint32_t buffer; /* in use */
    uint32_t filled; /* samples in it */
};

extern const struct driver_ops adc_driver_ops;

void adc_driver_init(struct adc_driver *driver, struct adc *adc);

#endif
