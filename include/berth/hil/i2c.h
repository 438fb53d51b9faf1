/* SPDX-License-Identifier: Apache-2.0 */
/* An I2C bus with this chip as its only master. */
#ifndef BERTH_HIL_I2C_H
#define BERTH_HIL_I2C_H

#include <stddef.h>
#include <stdint.h>

#include <berth/err.h>

#define I2C_ADDRESS_MAX 0x7Fu

struct i2c_bus;

struct i2c_ops {
    /* Send `write` bytes to the device, then, behind a repeated start, read
     * `read` bytes from it, into the same buffer from its beginning; a part of
     * length 0 is left out, of two only the address is sent. The buffer is the
     * bus' until the client is told. After an error it is not told. One at a
     * time. */
    err_t (*transfer)(struct i2c_bus *bus, uint32_t address, uint8_t *bytes,
                      size_t write, size_t read);
    /* Ends the transfer under way, however long a device holds the bus: the
     * buffer is free, the client is not told, the next transfer may begin. */
    void (*abort)(struct i2c_bus *bus);
};

struct i2c_client {
    /* Never from inside transfer(). NOACK: address or byte was not accepted. */
    void (*done)(struct i2c_client *client, err_t status);
};

struct i2c_bus {
    const struct i2c_ops *ops;
    struct i2c_client *client; /* set once at boot */
};

#endif
