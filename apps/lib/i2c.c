/* SPDX-License-Identifier: Apache-2.0 */
/* I2C. The event is (status, 0, 0). */
#include <berth/i2c.h>

#include <operation.h>

enum { I2C_WRITE = 1, I2C_READ = 2, I2C_WRITE_READ = 3 };
enum { I2C_BYTES = 1, I2C_DONE = 0 };

static void i2c_release(void)
{
    (void)syscall_allow_rw(DRIVER_I2C_MASTER, I2C_BYTES, NULL, 0);
}

static struct operation transferring = {
    DRIVER_I2C_MASTER, I2C_DONE, i2c_release, OPERATION_IDLE, NULL, false,
    { { 0 } }
};

static struct {
    berth_i2c_fn *done;
    void *userdata;
} client;

static void i2c_deliver(struct event event)
{
    client.done((err_t)event.value[0], client.userdata);
}

static err_t i2c_run(err_t error, uint32_t address, size_t write, size_t read,
                     void (*deliver)(struct event))
{
    if (write != 0 && read != 0) {
        return operation_run(&transferring, error, I2C_WRITE_READ,
                             address | (uint32_t)write << 8, (uint32_t)read,
                             deliver);
    }
    return operation_run(&transferring, error, read == 0 ? I2C_WRITE : I2C_READ,
                         address, (uint32_t)(read == 0 ? write : read),
                         deliver);
}

static err_t begin(uint32_t address, void *bytes, size_t write, size_t read,
                   void (*deliver)(struct event))
{
    if (address > 0x7F) {
        return ERR_INVAL;
    }
    if (write > BERTH_I2C_MAX || read > BERTH_I2C_MAX) {
        return ERR_SIZE;
    }
    err_t error = operation_open(&transferring);
    if (error != OK) {
        return error;
    }
    error = operation_lend_rw(&transferring, error, I2C_BYTES, bytes,
                              write > read ? write : read);
    return i2c_run(error, address, write, read, deliver);
}

err_t berth_i2c_transfer_async(uint32_t address, void *bytes, size_t write,
                               size_t read, berth_i2c_fn *done, void *userdata)
{
    err_t error = begin(address, bytes, write, read, i2c_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
    }
    return error;
}

err_t berth_i2c_transfer(uint32_t address, void *bytes, size_t write,
                         size_t read)
{
    operation_settle(&transferring);
    err_t error = begin(address, bytes, write, read, NULL);
    return error == OK ? (err_t)operation_wait(&transferring).value[0] : error;
}

err_t berth_i2c_transfer_timeout(uint32_t address, void *bytes, size_t write,
                                 size_t read, uint32_t ms)
{
    struct event event;
    operation_poll(&transferring);
    err_t error = begin(address, bytes, write, read, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&transferring, ms, &event)
               ? (err_t)event.value[0]
               : ERR_CANCEL;
}
