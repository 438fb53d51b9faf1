/* SPDX-License-Identifier: Apache-2.0 */
/* Shared storage. The events are (length, 0, 0): there is no status, but a length
 * that is not the one asked for. */
#include <berth/nonvolatile.h>

#include <operation.h>

enum { SIZE = 1, READ = 2, WRITE = 3 };
enum { EVENT_READ, EVENT_WRITTEN };
enum { BUFFER = 0 };

struct request {
    bool is_write;
    uint32_t offset;
    void *in;
    const void *out;
    size_t length;
};

static void shared_release(void)
{
    (void)syscall_allow_rw(DRIVER_NONVOLATILE, BUFFER, NULL, 0);
    (void)syscall_allow_ro(DRIVER_NONVOLATILE, BUFFER, NULL, 0);
}

static struct operation sharing = {
    DRIVER_NONVOLATILE, EVENT_READ, shared_release, OPERATION_IDLE, NULL, false,
    { { 0 } }
};

static struct request read_of(uint32_t offset, void *bytes, size_t length)
{
    return (struct request){ .offset = offset, .in = bytes, .length = length };
}

static struct request write_of(uint32_t offset, const void *bytes,
                               size_t length)
{
    return (struct request){
        .is_write = true, .offset = offset, .out = bytes, .length = length
    };
}

static err_t begin(const struct request *r, void (*deliver)(struct event))
{
    if (sharing.state != OPERATION_IDLE) {
        return ERR_BUSY;
    }
    sharing.number = r->is_write ? EVENT_WRITTEN : EVENT_READ;
    err_t error = operation_open(&sharing);
    if (error != OK) {
        return error;
    }
    if (r->is_write) {
        error = operation_lend_ro(&sharing, error, BUFFER, r->out, r->length);
    } else {
        error = operation_lend_rw(&sharing, error, BUFFER, r->in, r->length);
    }
    return operation_run(&sharing, error, r->is_write ? WRITE : READ, r->offset,
                         r->length, deliver);
}

err_t berth_nonvolatile_size(uint32_t *size)
{
    return berth_error_or_value(syscall_command(DRIVER_NONVOLATILE, SIZE, 0, 0),
                                size);
}

/* ---- asynchronous --------------------------------------------------------------- */

static struct {
    berth_nonvolatile_fn *done;
    void *userdata;
    size_t length;
} client;

static void shared_deliver(struct event event)
{
    client.done(event.value[0] == client.length ? OK : ERR_FAIL, event.value[0],
                client.userdata);
}

static err_t begin_async(const struct request *r, berth_nonvolatile_fn *done,
                         void *userdata)
{
    err_t error = begin(r, shared_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
        client.length = r->length;
    }
    return error;
}

err_t berth_nonvolatile_read_async(uint32_t offset, void *bytes, size_t length,
                                   berth_nonvolatile_fn *done, void *userdata)
{
    const struct request r = read_of(offset, bytes, length);
    return begin_async(&r, done, userdata);
}

err_t berth_nonvolatile_write_async(uint32_t offset, const void *bytes,
                                    size_t length, berth_nonvolatile_fn *done,
                                    void *userdata)
{
    const struct request r = write_of(offset, bytes, length);
    return begin_async(&r, done, userdata);
}

/* ---- synchronous ----------------------------------------------------------------- */

static err_t run(const struct request *r)
{
    operation_settle(&sharing);
    err_t error = begin(r, NULL);
    if (error == OK && operation_wait(&sharing).value[0] != r->length) {
        error = ERR_FAIL;
    }
    return error;
}

static err_t run_timeout(const struct request *r, uint32_t ms)
{
    struct event event;
    operation_poll(&sharing);
    err_t error = begin(r, NULL);
    if (error != OK) {
        return error;
    }
    if (!operation_wait_timeout(&sharing, ms, &event)) {
        return ERR_CANCEL;
    }
    return event.value[0] == r->length ? OK : ERR_FAIL;
}

err_t berth_nonvolatile_read(uint32_t offset, void *bytes, size_t length)
{
    const struct request r = read_of(offset, bytes, length);
    return run(&r);
}

err_t berth_nonvolatile_write(uint32_t offset, const void *bytes, size_t length)
{
    const struct request r = write_of(offset, bytes, length);
    return run(&r);
}

err_t berth_nonvolatile_read_timeout(uint32_t offset, void *bytes,
                                     size_t length, uint32_t ms)
{
    const struct request r = read_of(offset, bytes, length);
    return run_timeout(&r, ms);
}

err_t berth_nonvolatile_write_timeout(uint32_t offset, const void *bytes,
                                      size_t length, uint32_t ms)
{
    const struct request r = write_of(offset, bytes, length);
    return run_timeout(&r, ms);
}
