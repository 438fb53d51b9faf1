/* SPDX-License-Identifier: Apache-2.0 */
/* I2C. The event is (status, 0, 0). */
#include <berth/i2c.h>

#include "await.h"

enum { I2C_WRITE = 1, I2C_READ = 2, I2C_WRITE_READ = 3 };
enum { I2C_BYTES = 1 };

static struct await_command transfer(uint32_t address, size_t write,
                                     size_t read)
{
    struct await_command command = { .driver = DRIVER_I2C_MASTER };
    if (read == 0 || write == 0) {
        command.number = read == 0 ? I2C_WRITE : I2C_READ;
        command.arg0 = address;
        command.arg1 = read == 0 ? write : read;
    } else {
        command.number = I2C_WRITE_READ;
        command.arg0 = address | (uint32_t)write << 8;
        command.arg1 = read;
    }
    return command;
}

static err_t bytes_allow(uint32_t address, void *bytes, size_t write,
                         size_t read)
{
    if (address > 0x7F) {
        return ERR_INVAL;
    }
    if (write > BERTH_I2C_MAX || read > BERTH_I2C_MAX) {
        return ERR_SIZE;
    }
    return berth_error_of(syscall_allow_rw(DRIVER_I2C_MASTER, I2C_BYTES, bytes,
                                           write > read ? write : read));
}

static void bytes_take_back(void)
{
    (void)syscall_allow_rw(DRIVER_I2C_MASTER, I2C_BYTES, NULL, 0);
}

static struct {
    berth_i2c_fn *done;
    void *userdata;
} running;

static void transferred(uint32_t status, uint32_t unused1, uint32_t unused2,
                        void *userdata)
{
    (void)unused1, (void)unused2, (void)userdata;
    bytes_take_back();
    running.done((err_t)status, running.userdata);
}

err_t berth_i2c_transfer_async(uint32_t address, void *bytes, size_t write,
                               size_t read, berth_i2c_fn *done, void *userdata)
{
    struct await_command command = transfer(address, write, read);
    err_t error = bytes_allow(address, bytes, write, read);
    if (error == OK) {
        running.done = done;
        running.userdata = userdata;
        error = await_async(&command, transferred, NULL);
    }
    return error;
}

err_t berth_i2c_transfer(uint32_t address, void *bytes, size_t write,
                         size_t read)
{
    struct await_command command = transfer(address, write, read);
    struct event event;
    err_t error = bytes_allow(address, bytes, write, read);
    if (error == OK) {
        error = await(&command, &event);
        bytes_take_back();
    }
    return error == OK ? (err_t)event.value[0] : error;
}

err_t berth_i2c_transfer_timeout(uint32_t address, void *bytes, size_t write,
                                 size_t read, uint32_t ms)
{
    struct await_command command = transfer(address, write, read);
    struct event event;
    err_t error = bytes_allow(address, bytes, write, read);
    if (error == OK) {
        error = await_timeout(&command, ms, &event);
        bytes_take_back();
    }
    return error == OK ? (err_t)event.value[0] : error;
}
