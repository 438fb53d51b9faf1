/* SPDX-License-Identifier: Apache-2.0 */
/* App flash. The event is (status, 0, 0). */
#include <berth/app_flash.h>

#include <operation.h>

enum { WRITE = 1, WRITTEN = 0 };
enum { BUFFER = 0 };

static void app_flash_release(void)
{
    (void)syscall_allow_ro(DRIVER_APP_FLASH, BUFFER, NULL, 0);
}

static struct operation writing = {
    DRIVER_APP_FLASH, WRITTEN, app_flash_release, OPERATION_IDLE, NULL, false,
    { { 0 } }
};

static struct {
    berth_app_flash_fn *done;
    void *userdata;
} client;

static void app_flash_deliver(struct event event)
{
    client.done((err_t)event.value[0], client.userdata);
}

static err_t begin(const volatile void *at, const void *bytes, size_t length,
                   void (*deliver)(struct event))
{
    err_t error = operation_open(&writing);
    if (error != OK) {
        return error;
    }
    error = operation_lend_ro(&writing, error, BUFFER, bytes, length);
    return operation_run(&writing, error, WRITE, (uint32_t)(uintptr_t)at, 0,
                         deliver);
}

err_t berth_app_flash_write_async(const volatile void *at, const void *bytes,
                                  size_t length, berth_app_flash_fn *done,
                                  void *userdata)
{
    err_t error = begin(at, bytes, length, app_flash_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
    }
    return error;
}

err_t berth_app_flash_write(const volatile void *at, const void *bytes,
                            size_t length)
{
    operation_settle(&writing);
    err_t error = begin(at, bytes, length, NULL);
    return error == OK ? (err_t)operation_wait(&writing).value[0] : error;
}

err_t berth_app_flash_write_timeout(const volatile void *at, const void *bytes,
                                    size_t length, uint32_t ms)
{
    struct event event;
    operation_poll(&writing);
    err_t error = begin(at, bytes, length, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&writing, ms, &event) ? (err_t)event.value[0]
                                                        : ERR_CANCEL;
}
