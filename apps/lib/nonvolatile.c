/* SPDX-License-Identifier: Apache-2.0 */
/* Shared storage. The events are (length, 0, 0): there is no status, but a length
 * that is not the one asked for. */
#include <berth/nonvolatile.h>

#include "await.h"

enum { SIZE = 1, READ = 2, WRITE = 3 };
enum { EVENT_READ, EVENT_WRITTEN };
enum { BUFFER = 0 };

static struct await_command read_of(uint32_t offset, size_t length)
{
    return (struct await_command){ .driver = DRIVER_NONVOLATILE,
                                   .number = READ,
                                   .arg0 = offset,
                                   .arg1 = length,
                                   .event = EVENT_READ };
}

static struct await_command write_of(uint32_t offset, size_t length)
{
    return (struct await_command){ .driver = DRIVER_NONVOLATILE,
                                   .number = WRITE,
                                   .arg0 = offset,
                                   .arg1 = length,
                                   .event = EVENT_WRITTEN };
}

static err_t lend_rw(void *bytes, size_t length)
{
    return berth_error_of(
        syscall_allow_rw(DRIVER_NONVOLATILE, BUFFER, bytes, length));
}

static err_t lend_ro(const void *bytes, size_t length)
{
    return berth_error_of(
        syscall_allow_ro(DRIVER_NONVOLATILE, BUFFER, bytes, length));
}

static void take_back(void)
{
    (void)lend_rw(NULL, 0);
    (void)lend_ro(NULL, 0);
}

static err_t outcome(err_t error, const struct event *event, size_t length)
{
    if (error == OK && event->value[0] != length) {
        error = ERR_FAIL;
    }
    return error;
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
} running;

static void ended(uint32_t length, uint32_t unused1, uint32_t unused2,
                  void *userdata)
{
    (void)unused1, (void)unused2, (void)userdata;
    take_back();
    running.done(length == running.length ? OK : ERR_FAIL, length,
                 running.userdata);
}

static err_t begin(const struct await_command *command,
                   berth_nonvolatile_fn *done, void *userdata)
{
    running.done = done;
    running.userdata = userdata;
    running.length = command->arg1;
    return await_async(command, ended, NULL);
}

err_t berth_nonvolatile_read_async(uint32_t offset, void *bytes, size_t length,
                                   berth_nonvolatile_fn *done, void *userdata)
{
    struct await_command command = read_of(offset, length);
    err_t error = lend_rw(bytes, length);
    return error == OK ? begin(&command, done, userdata) : error;
}

err_t berth_nonvolatile_write_async(uint32_t offset, const void *bytes,
                                    size_t length, berth_nonvolatile_fn *done,
                                    void *userdata)
{
    struct await_command command = write_of(offset, length);
    err_t error = lend_ro(bytes, length);
    return error == OK ? begin(&command, done, userdata) : error;
}

/* ---- synchronous ----------------------------------------------------------------- */

err_t berth_nonvolatile_read(uint32_t offset, void *bytes, size_t length)
{
    struct await_command command = read_of(offset, length);
    struct event event;
    err_t error = lend_rw(bytes, length);
    if (error == OK) {
        error = outcome(await(&command, &event), &event, length);
        take_back();
    }
    return error;
}

err_t berth_nonvolatile_write(uint32_t offset, const void *bytes, size_t length)
{
    struct await_command command = write_of(offset, length);
    struct event event;
    err_t error = lend_ro(bytes, length);
    if (error == OK) {
        error = outcome(await(&command, &event), &event, length);
        take_back();
    }
    return error;
}

err_t berth_nonvolatile_read_timeout(uint32_t offset, void *bytes,
                                     size_t length, uint32_t ms)
{
    struct await_command command = read_of(offset, length);
    struct event event;
    err_t error = lend_rw(bytes, length);
    if (error == OK) {
        error = outcome(await_timeout(&command, ms, &event), &event, length);
        take_back();
    }
    return error;
}

err_t berth_nonvolatile_write_timeout(uint32_t offset, const void *bytes,
                                      size_t length, uint32_t ms)
{
    struct await_command command = write_of(offset, length);
    struct event event;
    err_t error = lend_ro(bytes, length);
    if (error == OK) {
        error = outcome(await_timeout(&command, ms, &event), &event, length);
        take_back();
    }
    return error;
}
