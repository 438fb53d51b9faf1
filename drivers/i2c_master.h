/* SPDX-License-Identifier: Apache-2.0 */
/* I2C, this chip as master, driver 0x20003.
 *
 *  command 1(address, n)               write n bytes
 *  command 2(address, n)               read n bytes
 *  command 3(address | write << 8, n)  write, then read n bytes
 *                INVAL: no such address, or the buffer is shorter; SIZE: more
 *                than I2C_BYTES_MAX; BUSY: this app has a transfer already
 *  read-write 1  the bytes, to write and as read
 *  event 0       (status, 0, 0): NOACK if the device did not answer, INVAL if
 *                the buffer had become too short before it was this app's turn,
 *                FAIL if something else holds a line, CANCEL if it was not over
 *                after I2C_PATIENCE_MS: a device holds the clock or the bus
 *  any           NOMEM: no room for the grant
 *
 * Apps take turns, a transfer each. A read of nothing sends the address. */
#ifndef DRIVERS_I2C_MASTER_H
#define DRIVERS_I2C_MASTER_H

#include <berth/hil/i2c.h>
#include <kernel/driver.h>

#define I2C_BYTES_MAX 64u
/* The longest transfer takes 12 ms at 100 kHz; sensors that hold the clock while
 * they measure do so for up to 85 ms. */
#define I2C_PATIENCE_MS 200u

struct i2c_master {
    struct grant grant;
    struct i2c_client client;
    struct deferred deferred;
    struct ktimer patience;
    struct i2c_bus *bus;
    flag_t transferring;
    pid_handle_t app;  /* whose transfer it is, if it lives */
    uint32_t read_len; /* of that transfer */
    uint8_t bytes[I2C_BYTES_MAX];
};

extern const struct driver_ops i2c_master_ops;

void i2c_master_init(struct i2c_master *driver, struct i2c_bus *bus);

#endif
