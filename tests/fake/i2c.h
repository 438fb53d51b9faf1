/* SPDX-License-Identifier: Apache-2.0 */
/* An I2C bus for tests: struct fake_i2c i2c = { .bus = { .ops =
 * &fake_i2c_ops } }; One device answers, with what the test put into
 * `answer`; the transfer ends when the test says so, or the driver gives up. */
#ifndef TESTS_FAKE_I2C_H
#define TESTS_FAKE_I2C_H

#include <string.h>

#include <tests/fake/kernel.h>

#include <berth/compiler.h>
#include <berth/hil/i2c.h>

struct fake_i2c {
    struct i2c_bus bus;
    uint32_t address; /* of the latest transfer */
    uint8_t written[256], answer[256];
    size_t write, read;
    uint8_t *bytes; /* of the transfer under way; NULL: none is */
    unsigned transfers, aborts;
    err_t refuses; /* what transfer() answers */
};

static inline err_t fake_i2c_transfer(struct i2c_bus *bus, uint32_t address,
                                      uint8_t *bytes, size_t write, size_t read)
{
    struct fake_i2c *f = CONTAINER_OF(bus, struct fake_i2c, bus);
    assert_null(f->bytes); /* one at a time */
    assert_true(address <= I2C_ADDRESS_MAX);
    if (f->refuses != OK)
        return f->refuses;
    memcpy(f->written, bytes, write);
    f->address = address;
    f->bytes = bytes;
    f->write = write;
    f->read = read;
    f->transfers++;
    return OK;
}

static inline void fake_i2c_abort(struct i2c_bus *bus)
{
    struct fake_i2c *f = CONTAINER_OF(bus, struct fake_i2c, bus);
    assert_non_null(f->bytes);
    f->bytes = NULL;
    f->aborts++;
}

static const struct i2c_ops fake_i2c_ops = { fake_i2c_transfer,
                                             fake_i2c_abort };

static inline void fake_i2c_done(struct fake_i2c *f, err_t status)
{
    assert_non_null(f->bytes);
    memcpy(f->bytes, f->answer, f->read);
    f->bytes = NULL;
    f->bus.client->done(f->bus.client, status);
}

#endif
