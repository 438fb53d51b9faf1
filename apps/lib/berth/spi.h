/* SPDX-License-Identifier: Apache-2.0 */
/* The board's SPI device. One exchange at a time; bytes stay in place until it
 * has ended. */
#ifndef BERTH_SPI_H
#define BERTH_SPI_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void berth_spi_fn(size_t length, void *userdata);

/* The highest rate there is that is not above `hz`; ERR_INVAL: none is. */
err_t berth_spi_rate(uint32_t hz);
err_t berth_spi_mode(bool idle_high, bool sample_trailing);

/* Sends `out` and, unless `in` is null, keeps as many bytes that come back. */
err_t berth_spi_exchange_async(const void *out, void *in, size_t length,
                               berth_spi_fn *done, void *userdata);
err_t berth_spi_exchange(const void *out, void *in, size_t length);

/* Gives up after `ms` milliseconds with ERR_CANCEL; what has gone out by then is
 * not known. Callbacks of other things run meanwhile. */
err_t berth_spi_exchange_timeout(const void *out, void *in, size_t length,
                                 uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif
