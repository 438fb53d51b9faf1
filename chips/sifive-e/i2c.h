/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's I2C controller, as the only master of its bus. */
#ifndef CHIPS_SIFIVE_E_I2C_H
#define CHIPS_SIFIVE_E_I2C_H

#include <berth/hil/i2c.h>

struct sifive_i2c {
    struct i2c_bus bus; /* first: ops and client */
    uint32_t base;
    uint8_t *bytes; /* of the transfer under way */
    uint32_t address, write, read;
    uint32_t done; /* bytes of the part under way */
    uint8_t step;
    uint8_t status; /* an err_t, what the client will be told */
};

/* transfer() answers NODEVICE before sifive_i2c_init(): QEMU's model of the chip
 * has no I2C, and touching it is a fault there. */
extern const struct i2c_ops sifive_i2c_ops;

/* The bus at `hz`, 100000 or 400000; the core at `clock`. A device that holds the
 * bus is waited for until abort() is called. */
void sifive_i2c_init(struct sifive_i2c *i, uint32_t clock, uint32_t hz);

/* Its interrupt; `device` is the struct sifive_i2c. */
void sifive_i2c_serve(void *device);

#endif
