/* SPDX-License-Identifier: Apache-2.0 */
/* SPI. The event is (length, 0, 0). */
#include <berth/spi.h>

#include "await.h"

enum { SPI_EXCHANGE = 2, SPI_RATE = 5, SPI_PHASE = 7, SPI_POLARITY = 9 };
enum { SPI_BYTES = 0 };

static err_t spi_set(uint32_t number, uint32_t value)
{
    return berth_error_of(
        syscall_command(DRIVER_SPI_CONTROLLER, number, value, 0));
}

err_t berth_spi_rate(uint32_t hz)
{
    return spi_set(SPI_RATE, hz);
}

err_t berth_spi_mode(bool idle_high, bool sample_trailing)
{
    err_t error = spi_set(SPI_POLARITY, idle_high);
    return error == OK ? spi_set(SPI_PHASE, sample_trailing) : error;
}

static struct await_command exchange(size_t length)
{
    return (struct await_command){ .driver = DRIVER_SPI_CONTROLLER,
                                   .number = SPI_EXCHANGE,
                                   .arg0 = length };
}

static err_t bytes_allow(const void *out, void *in, size_t length)
{
    err_t error = berth_error_of(
        syscall_allow_ro(DRIVER_SPI_CONTROLLER, SPI_BYTES, out, length));
    if (error == OK) {
        error = berth_error_of(syscall_allow_rw(
            DRIVER_SPI_CONTROLLER, SPI_BYTES, in, in ? length : 0));
    }
    return error;
}

static void bytes_take_back(void)
{
    (void)syscall_allow_ro(DRIVER_SPI_CONTROLLER, SPI_BYTES, NULL, 0);
    (void)syscall_allow_rw(DRIVER_SPI_CONTROLLER, SPI_BYTES, NULL, 0);
}

static struct {
    berth_spi_fn *done;
    void *userdata;
} running;

static void exchanged(uint32_t length, uint32_t unused1, uint32_t unused2,
                      void *userdata)
{
    (void)unused1, (void)unused2, (void)userdata;
    bytes_take_back();
    running.done(length, running.userdata);
}

err_t berth_spi_exchange_async(const void *out, void *in, size_t length,
                               berth_spi_fn *done, void *userdata)
{
    struct await_command command = exchange(length);
    err_t error = bytes_allow(out, in, length);
    if (error == OK) {
        running.done = done;
        running.userdata = userdata;
        error = await_async(&command, exchanged, NULL);
    }
    return error;
}

err_t berth_spi_exchange(const void *out, void *in, size_t length)
{
    struct await_command command = exchange(length);
    struct event event;
    err_t error = bytes_allow(out, in, length);
    if (error == OK) {
        error = await(&command, &event);
    }
    bytes_take_back();
    return error;
}

err_t berth_spi_exchange_timeout(const void *out, void *in, size_t length,
                                 uint32_t ms)
{
    struct await_command command = exchange(length);
    struct event event;
    err_t error = bytes_allow(out, in, length);
    if (error == OK) {
        error = await_timeout(&command, ms, &event);
    }
    bytes_take_back();
    return error;
}
