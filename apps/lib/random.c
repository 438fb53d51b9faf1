/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes. */
#include <berth/random.h>

#include <operation.h>

enum { FILL = 1, FILLED = 0, BUFFER = 0 };

static void random_release(void)
{
    (void)syscall_allow_rw(DRIVER_RNG, BUFFER, NULL, 0);
}

static struct operation filling = { DRIVER_RNG,     FILLED, random_release,
                                    OPERATION_IDLE, NULL,   false,
                                    { { 0 } } };

static struct {
    berth_random_fn *done;
    void *userdata;
} client;

static void random_deliver(struct event event)
{
    client.done((err_t)event.value[0], event.value[1], client.userdata);
}

static err_t random_start(void *bytes, size_t length,
                          void (*deliver)(struct event))
{
    err_t error = operation_open(&filling);
    if (error != OK) {
        return error;
    }
    error = operation_lend_rw(&filling, OK, BUFFER, bytes, length);
    return operation_run(&filling, error, FILL, length, 0, deliver);
}

static err_t random_result(struct event event, size_t length)
{
    if (event.value[0] != OK) {
        return (err_t)event.value[0];
    }
    return event.value[1] == length ? OK : ERR_FAIL;
}

err_t berth_random_async(void *bytes, size_t length, berth_random_fn *done,
                         void *userdata)
{
    err_t error = random_start(bytes, length, random_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
    }
    return error;
}

err_t berth_random(void *bytes, size_t length)
{
    operation_settle(&filling);
    err_t error = random_start(bytes, length, NULL);
    return error == OK ? random_result(operation_wait(&filling), length)
                       : error;
}

err_t berth_random_timeout(void *bytes, size_t length, uint32_t ms)
{
    struct event event;
    operation_poll(&filling);
    err_t error = random_start(bytes, length, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&filling, ms, &event)
               ? random_result(event, length)
               : ERR_CANCEL;
}
