/* SPDX-License-Identifier: Apache-2.0 */
/* Reading from the console. The read event is (status, length, 0). */
#include <berth/console.h>

#include <berth/event.h>

enum { READ_BUFFER = 1, READ_COMMAND = 2, READ_ABORT = 3, READ_DONE = 2 };

/* The asynchronous read in progress; `done` is null when there is none. */
static struct {
    berth_read_fn *done;
    void *userdata;
} reading;

static void read_release(void)
{
    (void)syscall_allow_rw(DRIVER_CONSOLE, READ_BUFFER, NULL, 0);
}

static void read_done(uint32_t status, uint32_t length, uint32_t unused,
                      void *userdata)
{
    (void)unused, (void)userdata;
    berth_read_fn *done = reading.done;
    reading.done = NULL;
    read_release();
    if (done) {
        done((err_t)status, length, reading.userdata);
    }
}

/* Subscribing drops what an earlier read may have left in the queue. */
static err_t read_start(void *bytes, size_t length, upcall_fn *function)
{
    if (reading.done) {
        return ERR_BUSY;
    }
    struct sysret result =
        syscall_subscribe(DRIVER_CONSOLE, READ_DONE, function, NULL);
    if (!sysret_is_success(result)) {
        return berth_error_of(result);
    }
    result = syscall_allow_rw(DRIVER_CONSOLE, READ_BUFFER, bytes, length);
    if (!sysret_is_success(result)) {
        return berth_error_of(result);
    }
    err_t error = berth_error_of(
        syscall_command(DRIVER_CONSOLE, READ_COMMAND, (uint32_t)length, 0));
    if (error != OK) {
        read_release();
    }
    return error;
}

/* One read of at most BERTH_CONSOLE_READ_MAX bytes. */
static err_t read_piece(char *bytes, size_t length, size_t *got)
{
    err_t error = read_start(bytes, length, NULL);
    if (error == OK) {
        struct event event = syscall_yield_wait_for(DRIVER_CONSOLE, READ_DONE);
        read_release();
        error = (err_t)event.value[0];
        *got += event.value[1];
    }
    return error;
}

err_t berth_console_read(void *bytes, size_t length, size_t *got)
{
    err_t error = OK;
    *got = 0;
    while (*got < length && error == OK) {
        size_t rest = length - *got;
        error = read_piece(
            (char *)bytes + *got,
            rest < BERTH_CONSOLE_READ_MAX ? rest : BERTH_CONSOLE_READ_MAX, got);
    }
    return error;
}

err_t berth_console_read_async(void *bytes, size_t length, berth_read_fn *done,
                               void *userdata)
{
    err_t error = read_start(bytes, length, read_done);
    if (error == OK) {
        reading.done = done;
        reading.userdata = userdata;
    }
    return error;
}

err_t berth_console_read_abort(void)
{
    return berth_error_of(syscall_command(DRIVER_CONSOLE, READ_ABORT, 0, 0));
}

/* Of a read with a time-out. */
struct outcome {
    volatile bool is_done;
    err_t status;
    size_t length;
};

static void note_read(err_t status, size_t length, void *userdata)
{
    struct outcome *outcome = userdata;
    outcome->status = status;
    outcome->length = length;
    outcome->is_done = true;
}

/* An aborted read still has its event, which brings what has come by then. */
err_t berth_console_read_timeout(void *bytes, size_t length, uint32_t ms,
                                 size_t *got)
{
    struct outcome outcome = { .is_done = false, .status = OK, .length = 0 };
    *got = 0;
    err_t error = berth_console_read_async(bytes, length, note_read, &outcome);
    if (error != OK) {
        return error;
    }
    if (!berth_wait_until_timeout(&outcome.is_done, ms)) {
        (void)berth_console_read_abort();
        struct event event = syscall_yield_wait_for(DRIVER_CONSOLE, READ_DONE);
        read_done(event.value[0], event.value[1], 0, NULL);
    }
    *got = outcome.length;
    return outcome.status;
}
