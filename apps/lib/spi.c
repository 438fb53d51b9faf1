/* SPDX-License-Identifier: Apache-2.0 */
/* SPI. The event is (length, 0, 0). */
#include <berth/spi.h>

#include <operation.h>

enum { SPI_EXCHANGE = 2, SPI_RATE = 5, SPI_PHASE = 7, SPI_POLARITY = 9 };
enum { SPI_BYTES = 0, SPI_DONE = 0 };

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

static void spi_release(void)
{
    (void)syscall_allow_ro(DRIVER_SPI_CONTROLLER, SPI_BYTES, NULL, 0);
    (void)syscall_allow_rw(DRIVER_SPI_CONTROLLER, SPI_BYTES, NULL, 0);
}

static struct operation exchanging = { DRIVER_SPI_CONTROLLER,
                                       SPI_DONE,
                                       spi_release,
                                       OPERATION_IDLE,
                                       NULL,
                                       false,
                                       { { 0 } } };

static struct {
    berth_spi_fn *done;
    void *userdata;
} client;

static void spi_deliver(struct event event)
{
    client.done(event.value[0], client.userdata);
}

static err_t begin(const void *out, void *in, size_t length,
                   void (*deliver)(struct event))
{
    err_t error = operation_open(&exchanging);
    if (error != OK) {
        return error;
    }
    error = operation_lend_ro(&exchanging, error, SPI_BYTES, out, length);
    error =
        operation_lend_rw(&exchanging, error, SPI_BYTES, in, in ? length : 0);
    return operation_run(&exchanging, error, SPI_EXCHANGE, (uint32_t)length, 0,
                         deliver);
}

err_t berth_spi_exchange_async(const void *out, void *in, size_t length,
                               berth_spi_fn *done, void *userdata)
{
    err_t error = begin(out, in, length, spi_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
    }
    return error;
}

err_t berth_spi_exchange(const void *out, void *in, size_t length)
{
    operation_settle(&exchanging);
    err_t error = begin(out, in, length, NULL);
    if (error == OK) {
        (void)operation_wait(&exchanging);
    }
    return error;
}

err_t berth_spi_exchange_timeout(const void *out, void *in, size_t length,
                                 uint32_t ms)
{
    struct event event;
    operation_poll(&exchanging);
    err_t error = begin(out, in, length, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&exchanging, ms, &event) ? OK : ERR_CANCEL;
}
