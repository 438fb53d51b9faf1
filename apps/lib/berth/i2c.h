/* SPDX-License-Identifier: Apache-2.0 */
/* The I2C bus. Addresses have 7 bits. ERR_NOACK: the device does not answer;
 * ERR_FAIL: something else holds a line; ERR_CANCEL: it was not over after 200 ms,
 * as a device holds the clock. One transfer at a time; bytes stay in place until
 * it has ended. */
#ifndef BERTH_I2C_H
#define BERTH_I2C_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void berth_i2c_fn(err_t status, void *userdata);

/* At most BERTH_I2C_MAX bytes: ERR_SIZE beyond. */
#define BERTH_I2C_MAX 64u

/* Writes `write` bytes, then reads `read` bytes into the same place; either may
 * be 0. */
err_t berth_i2c_transfer_async(uint32_t address, void *bytes, size_t write,
                               size_t read, berth_i2c_fn *done, void *userdata);
err_t berth_i2c_transfer(uint32_t address, void *bytes, size_t write,
                         size_t read);

/* Gives up after `ms` milliseconds with ERR_CANCEL: the transfer goes on
 * without the bytes, and the next one is ERR_BUSY until it has ended. Callbacks
 * of other things run meanwhile. */
err_t berth_i2c_transfer_timeout(uint32_t address, void *bytes, size_t write,
                                 size_t read, uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif
