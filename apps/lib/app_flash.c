/* SPDX-License-Identifier: Apache-2.0 */
/* App flash. The event is (status, 0, 0). */
#include <berth/app_flash.h>

#include "await.h"

enum { WRITE = 1 };
enum { BUFFER = 0 };

static struct await_command write_of(const volatile void *at)
{
    return (struct await_command){ .driver = DRIVER_APP_FLASH,
                                   .number = WRITE,
                                   .arg0 = (uint32_t)(uintptr_t)at };
}

static err_t lend(const void *bytes, size_t length)
{
    return berth_error_of(
        syscall_allow_ro(DRIVER_APP_FLASH, BUFFER, bytes, length));
}

static struct {
    berth_app_flash_fn *done;
    void *userdata;
} running;

static void ended(uint32_t status, uint32_t unused1, uint32_t unused2,
                  void *userdata)
{
    (void)unused1, (void)unused2, (void)userdata;
    (void)lend(NULL, 0);
    running.done((err_t)status, running.userdata);
}

err_t berth_app_flash_write_async(const volatile void *at, const void *bytes,
                                  size_t length, berth_app_flash_fn *done,
                                  void *userdata)
{
    struct await_command command = write_of(at);
    err_t error = lend(bytes, length);
    if (error == OK) {
        running.done = done;
        running.userdata = userdata;
        error = await_async(&command, ended, NULL);
    }
    return error;
}

err_t berth_app_flash_write(const volatile void *at, const void *bytes,
                            size_t length)
{
    struct await_command command = write_of(at);
    struct event event;
    err_t error = lend(bytes, length);
    if (error == OK) {
        error = await(&command, &event);
        (void)lend(NULL, 0);
    }
    return error == OK ? (err_t)event.value[0] : error;
}

err_t berth_app_flash_write_timeout(const volatile void *at, const void *bytes,
                                    size_t length, uint32_t ms)
{
    struct await_command command = write_of(at);
    struct event event;
    err_t error = lend(bytes, length);
    if (error == OK) {
        error = await_timeout(&command, ms, &event);
        (void)lend(NULL, 0);
    }
    return error == OK ? (err_t)event.value[0] : error;
}
