/* SPDX-License-Identifier: Apache-2.0 */
/* Isolated storage. The events are (status, length, 0); the length of a request
 * is that of the buffer. */
#include <berth/nonvolatile.h>

#include "await.h"

enum { SIZE = 1, READ = 2, WRITE = 3 };
enum { EVENT_SIZE, EVENT_READ, EVENT_WRITTEN };
enum { BUFFER = 0 };

static const struct await_command size_command = { .driver = DRIVER_ISOLATED,
                                                   .number = SIZE,
                                                   .event = EVENT_SIZE };

static struct await_command read_of(uint32_t offset)
{
    return (struct await_command){ .driver = DRIVER_ISOLATED,
                                   .number = READ,
                                   .arg0 = offset,
                                   .event = EVENT_READ };
}

static struct await_command write_of(uint32_t offset)
{
    return (struct await_command){ .driver = DRIVER_ISOLATED,
                                   .number = WRITE,
                                   .arg0 = offset,
                                   .event = EVENT_WRITTEN };
}

static err_t lend_rw(void *bytes, size_t length)
{
    return berth_error_of(
        syscall_allow_rw(DRIVER_ISOLATED, BUFFER, bytes, length));
}

static err_t lend_ro(const void *bytes, size_t length)
{
    return berth_error_of(
        syscall_allow_ro(DRIVER_ISOLATED, BUFFER, bytes, length));
}

static void take_back(void)
{
    (void)lend_rw(NULL, 0);
    (void)lend_ro(NULL, 0);
}

static err_t outcome(err_t error, const struct event *event)
{
    return error == OK ? (err_t)event->value[0] : error;
}

/* ---- asynchronous --------------------------------------------------------------- */

static struct {
    berth_nonvolatile_fn *done;
    void *userdata;
} running;

static void ended(uint32_t status, uint32_t length, uint32_t unused,
                  void *userdata)
{
    (void)unused, (void)userdata;
    take_back();
    running.done((err_t)status, length, running.userdata);
}

static err_t begin(const struct await_command *command,
                   berth_nonvolatile_fn *done, void *userdata)
{
    running.done = done;
    running.userdata = userdata;
    return await_async(command, ended, NULL);
}

err_t berth_isolated_read_async(uint32_t offset, void *bytes, size_t length,
                                berth_nonvolatile_fn *done, void *userdata)
{
    struct await_command command = read_of(offset);
    err_t error = lend_rw(bytes, length);
    return error == OK ? begin(&command, done, userdata) : error;
}

err_t berth_isolated_write_async(uint32_t offset, const void *bytes,
                                 size_t length, berth_nonvolatile_fn *done,
                                 void *userdata)
{
    struct await_command command = write_of(offset);
    err_t error = lend_ro(bytes, length);
    return error == OK ? begin(&command, done, userdata) : error;
}

/* ---- synchronous ----------------------------------------------------------------- */

err_t berth_isolated_size(uint32_t *size)
{
    struct event event;
    err_t error = outcome(await(&size_command, &event), &event);
    if (error == OK) {
        *size = event.value[1];
    }
    return error;
}

err_t berth_isolated_read(uint32_t offset, void *bytes, size_t length)
{
    struct await_command command = read_of(offset);
    struct event event;
    err_t error = lend_rw(bytes, length);
    if (error == OK) {
        error = outcome(await(&command, &event), &event);
        take_back();
    }
    return error;
}

err_t berth_isolated_write(uint32_t offset, const void *bytes, size_t length)
{
    struct await_command command = write_of(offset);
    struct event event;
    err_t error = lend_ro(bytes, length);
    if (error == OK) {
        error = outcome(await(&command, &event), &event);
        take_back();
    }
    return error;
}

/* ---- with a time-out ---------------------------------------------------------------- */

err_t berth_isolated_size_timeout(uint32_t *size, uint32_t ms)
{
    struct event event;
    err_t error = outcome(await_timeout(&size_command, ms, &event), &event);
    if (error == OK) {
        *size = event.value[1];
    }
    return error;
}

err_t berth_isolated_read_timeout(uint32_t offset, void *bytes, size_t length,
                                  uint32_t ms)
{
    struct await_command command = read_of(offset);
    struct event event;
    err_t error = lend_rw(bytes, length);
    if (error == OK) {
        error = outcome(await_timeout(&command, ms, &event), &event);
        take_back();
    }
    return error;
}

err_t berth_isolated_write_timeout(uint32_t offset, const void *bytes,
                                   size_t length, uint32_t ms)
{
    struct await_command command = write_of(offset);
    struct event event;
    err_t error = lend_ro(bytes, length);
    if (error == OK) {
        error = outcome(await_timeout(&command, ms, &event), &event);
        take_back();
    }
    return error;
}
