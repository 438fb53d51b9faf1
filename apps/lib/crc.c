/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums. */
#include <berth/crc.h>

#include <operation.h>

enum { COMPUTE = 1, COMPUTED = 0, BUFFER = 0 };

static void crc_release(void)
{
    (void)syscall_allow_ro(DRIVER_CRC, BUFFER, NULL, 0);
}

static struct operation computing = { DRIVER_CRC,     COMPUTED, crc_release,
                                      OPERATION_IDLE, NULL,     false,
                                      { { 0 } } };

static struct {
    berth_crc_fn *done;
    void *userdata;
} client;

static void crc_deliver(struct event event)
{
    client.done((err_t)event.value[0], event.value[1], client.userdata);
}

static err_t crc_start(enum berth_crc_kind kind, const void *bytes,
                       size_t length, void (*deliver)(struct event))
{
    err_t error = operation_open(&computing);
    if (error != OK) {
        return error;
    }
    error = operation_lend_ro(&computing, OK, BUFFER, bytes, length);
    return operation_run(&computing, error, COMPUTE, (uint32_t)kind, length,
                         deliver);
}

static err_t crc_result(struct event event, uint32_t *crc)
{
    if (event.value[0] == OK) {
        *crc = event.value[1];
    }
    return (err_t)event.value[0];
}

err_t berth_crc_async(enum berth_crc_kind kind, const void *bytes,
                      size_t length, berth_crc_fn *done, void *userdata)
{
    err_t error = crc_start(kind, bytes, length, crc_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
    }
    return error;
}

err_t berth_crc(enum berth_crc_kind kind, const void *bytes, size_t length,
                uint32_t *crc)
{
    operation_settle(&computing);
    err_t error = crc_start(kind, bytes, length, NULL);
    return error == OK ? crc_result(operation_wait(&computing), crc) : error;
}

err_t berth_crc_timeout(enum berth_crc_kind kind, const void *bytes,
                        size_t length, uint32_t *crc, uint32_t ms)
{
    struct event event;
    operation_poll(&computing);
    err_t error = crc_start(kind, bytes, length, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&computing, ms, &event)
               ? crc_result(event, crc)
               : ERR_CANCEL;
}
