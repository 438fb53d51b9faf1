/* SPDX-License-Identifier: Apache-2.0 */
/* Isolated storage. The events are (status, length, 0); the length of a request
 * is that of the buffer. */
#include <berth/nonvolatile.h>

#include <operation.h>

/* Each command has an event of its own. */
enum { SIZE = 1, READ = 2, WRITE = 3 };
enum { EVENT_SIZE, EVENT_READ, EVENT_WRITTEN };
enum { BUFFER = 0 };

struct request {
    uint32_t number, event, offset;
    void *in;
    const void *out;
    size_t in_length, out_length;
};

static void isolated_release(void)
{
    (void)syscall_allow_rw(DRIVER_ISOLATED, BUFFER, NULL, 0);
    (void)syscall_allow_ro(DRIVER_ISOLATED, BUFFER, NULL, 0);
}

static struct operation isolating = {
    DRIVER_ISOLATED, EVENT_SIZE, isolated_release, OPERATION_IDLE, NULL,
    false,           { { 0 } }
};

static struct request read_of(uint32_t offset, void *bytes, size_t length)
{
    return (struct request){ .number = READ,
                             .event = EVENT_READ,
                             .offset = offset,
                             .in = bytes,
                             .in_length = length };
}

static struct request write_of(uint32_t offset, const void *bytes,
                               size_t length)
{
    return (struct request){ .number = WRITE,
                             .event = EVENT_WRITTEN,
                             .offset = offset,
                             .out = bytes,
                             .out_length = length };
}

static err_t begin(const struct request *r, void (*deliver)(struct event))
{
    if (isolating.state != OPERATION_IDLE) {
        return ERR_BUSY;
    }
    isolating.number = r->event;
    err_t error = operation_open(&isolating);
    if (error != OK) {
        return error;
    }
    error = operation_lend_rw(&isolating, error, BUFFER, r->in, r->in_length);
    error = operation_lend_ro(&isolating, error, BUFFER, r->out, r->out_length);
    return operation_run(&isolating, error, r->number, r->offset, 0, deliver);
}

/* ---- asynchronous --------------------------------------------------------------- */

static struct {
    berth_nonvolatile_fn *done;
    void *userdata;
} client;

static void isolated_deliver(struct event event)
{
    client.done((err_t)event.value[0], event.value[1], client.userdata);
}

static err_t begin_async(const struct request *r, berth_nonvolatile_fn *done,
                         void *userdata)
{
    err_t error = begin(r, isolated_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
    }
    return error;
}

static const struct request size_request = { .number = SIZE,
                                             .event = EVENT_SIZE };

err_t berth_isolated_size_async(berth_nonvolatile_fn *done, void *userdata)
{
    return begin_async(&size_request, done, userdata);
}

err_t berth_isolated_read_async(uint32_t offset, void *bytes, size_t length,
                                berth_nonvolatile_fn *done, void *userdata)
{
    const struct request r = read_of(offset, bytes, length);
    return begin_async(&r, done, userdata);
}

err_t berth_isolated_write_async(uint32_t offset, const void *bytes,
                                 size_t length, berth_nonvolatile_fn *done,
                                 void *userdata)
{
    const struct request r = write_of(offset, bytes, length);
    return begin_async(&r, done, userdata);
}

/* ---- synchronous ----------------------------------------------------------------- */

static err_t outcome(struct event event, uint32_t *size)
{
    err_t status = (err_t)event.value[0];
    if (status == OK && size != NULL) {
        *size = event.value[1];
    }
    return status;
}

static err_t run(const struct request *r, uint32_t *size)
{
    operation_settle(&isolating);
    err_t error = begin(r, NULL);
    return error == OK ? outcome(operation_wait(&isolating), size) : error;
}

static err_t run_timeout(const struct request *r, uint32_t *size, uint32_t ms)
{
    struct event event;
    operation_poll(&isolating);
    err_t error = begin(r, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&isolating, ms, &event) ? outcome(event, size)
                                                          : ERR_CANCEL;
}

err_t berth_isolated_size(uint32_t *size)
{
    return run(&size_request, size);
}

err_t berth_isolated_read(uint32_t offset, void *bytes, size_t length)
{
    const struct request r = read_of(offset, bytes, length);
    return run(&r, NULL);
}

err_t berth_isolated_write(uint32_t offset, const void *bytes, size_t length)
{
    const struct request r = write_of(offset, bytes, length);
    return run(&r, NULL);
}

err_t berth_isolated_size_timeout(uint32_t *size, uint32_t ms)
{
    return run_timeout(&size_request, size, ms);
}

err_t berth_isolated_read_timeout(uint32_t offset, void *bytes, size_t length,
                                  uint32_t ms)
{
    const struct request r = read_of(offset, bytes, length);
    return run_timeout(&r, NULL, ms);
}

err_t berth_isolated_write_timeout(uint32_t offset, const void *bytes,
                                   size_t length, uint32_t ms)
{
    const struct request r = write_of(offset, bytes, length);
    return run_timeout(&r, NULL, ms);
}
