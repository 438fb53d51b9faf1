/* SPDX-License-Identifier: Apache-2.0 */
/* Writing to the console. The write event is (bytes written, 0, 0). Every app that
 * prints has this: so it does in less what operation.h does for the others. */
#include <berth/console.h>

#include <berth/event.h>

enum { WRITE_BUFFER = 1, WRITE_COMMAND = 1, WRITTEN = 1 };

/* The asynchronous write in progress; `done` is null when there is none. One that
 * was given up has its event still to come, and until it has come nothing new
 * begins, so that it is never taken for another's. */
static struct {
    berth_written_fn *done;
    void *userdata;
    bool is_given_up;
} writing;

static void write_release(void)
{
    (void)syscall_allow_ro(DRIVER_CONSOLE, WRITE_BUFFER, NULL, 0);
}

static void written(uint32_t length, uint32_t unused1, uint32_t unused2,
                    void *userdata)
{
    (void)unused1, (void)unused2, (void)userdata;
    berth_written_fn *done = writing.done;
    writing.done = NULL;
    writing.is_given_up = false;
    write_release();
    if (done) {
        done(length, writing.userdata);
    }
}

static err_t write_start(const void *bytes, size_t length, upcall_fn *function)
{
    struct sysret result =
        syscall_subscribe(DRIVER_CONSOLE, WRITTEN, function, NULL);
    if (!sysret_is_success(result)) {
        return berth_error_of(result);
    }
    result = syscall_allow_ro(DRIVER_CONSOLE, WRITE_BUFFER, bytes, length);
    if (!sysret_is_success(result)) {
        return berth_error_of(result);
    }
    return berth_error_of(
        syscall_command(DRIVER_CONSOLE, WRITE_COMMAND, (uint32_t)length, 0));
}

static uint32_t written_await(void)
{
    return syscall_yield_wait_for(DRIVER_CONSOLE, WRITTEN).value[0];
}

err_t berth_console_write(const void *bytes, size_t length)
{
    const char *next = bytes;
    err_t error = OK;
    /* In a callback that prints: perhaps what a call with a time-out waits for. */
    while (writing.done || writing.is_given_up) {
        written(written_await(), 0, 0, NULL);
    }
    while (length && error == OK) {
        error = write_start(next, length, NULL);
        if (error == OK) {
            uint32_t count = written_await();
            next += count;
            length -= count;
            error = count ? OK : ERR_FAIL;
        }
    }
    write_release();
    return error;
}

err_t berth_console_write_async(const void *bytes, size_t length,
                                berth_written_fn *done, void *userdata)
{
    if (writing.done || writing.is_given_up) {
        return ERR_BUSY;
    }
    err_t error = write_start(bytes, length, written);
    if (error == OK) {
        writing.done = done;
        writing.userdata = userdata;
    } else {
        write_release();
    }
    return error;
}

/* Of a write with a time-out. */
struct outcome {
    volatile bool is_done;
    size_t written;
};

static void note_written(size_t length, void *userdata)
{
    struct outcome *outcome = userdata;
    outcome->written = length;
    outcome->is_done = true;
}

static void write_give_up(void)
{
    writing.done = NULL;
    writing.is_given_up = true;
    write_release();
}

err_t berth_console_write_timeout(const void *bytes, size_t length, uint32_t ms)
{
    struct outcome outcome = { .is_done = false, .written = 0 };
    while (writing.is_given_up && berth_poll()) {
    }
    err_t error =
        berth_console_write_async(bytes, length, note_written, &outcome);
    if (error != OK) {
        return error;
    }
    if (!berth_wait_until_timeout(&outcome.is_done, ms)) {
        write_give_up();
        return ERR_CANCEL;
    }
    return outcome.written == length ? OK : ERR_FAIL;
}
