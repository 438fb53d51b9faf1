/* SPDX-License-Identifier: Apache-2.0 */
/* Key-value store. The event is (status, length, 0). */
#include <berth/kv.h>

#include "await.h"

enum { KV_GET = 1, KV_DELETE = 3, KV_COLLECT = 6 };
enum { RO_KEY = 0, RO_VALUE = 1 };
enum { RW_VALUE = 0 };

struct request {
    uint32_t number;
    const void *key, *in;
    void *out;
    size_t key_length, in_length, out_length;
};

static struct await_command command_of(const struct request *r)
{
    return (struct await_command){ .driver = DRIVER_KV, .number = r->number };
}

static void take_back(void)
{
    (void)syscall_allow_ro(DRIVER_KV, RO_KEY, NULL, 0);
    (void)syscall_allow_ro(DRIVER_KV, RO_VALUE, NULL, 0);
    (void)syscall_allow_rw(DRIVER_KV, RW_VALUE, NULL, 0);
}

static err_t lend(const struct request *r)
{
    struct sysret s =
        syscall_allow_ro(DRIVER_KV, RO_KEY, r->key, r->key_length);
    if (sysret_is_success(s)) {
        s = syscall_allow_ro(DRIVER_KV, RO_VALUE, r->in, r->in_length);
    }
    if (sysret_is_success(s)) {
        s = syscall_allow_rw(DRIVER_KV, RW_VALUE, r->out, r->out_length);
    }
    return berth_error_of(s);
}

/* ---- asynchronous --------------------------------------------------------------- */

static struct {
    berth_kv_fn *done;
    void *userdata;
} running;

static void ended(uint32_t status, uint32_t length, uint32_t unused,
                  void *userdata)
{
    (void)unused, (void)userdata;
    take_back();
    running.done((err_t)status, length, running.userdata);
}

static err_t begin(const struct request *r, berth_kv_fn *done, void *userdata)
{
    struct await_command command = command_of(r);
    err_t error = lend(r);
    if (error == OK) {
        running.done = done;
        running.userdata = userdata;
        error = await_async(&command, ended, NULL);
    }
    return error;
}

static struct request get_of(const void *key, size_t key_length, void *value,
                             size_t capacity)
{
    return (struct request){ .number = KV_GET,
                             .key = key,
                             .key_length = key_length,
                             .out = value,
                             .out_length = capacity };
}

static struct request put_of(enum berth_kv_change change, const void *key,
                             size_t key_length, const void *value,
                             size_t length)
{
    return (struct request){ .number = change,
                             .key = key,
                             .key_length = key_length,
                             .in = value,
                             .in_length = length };
}

static struct request delete_of(const void *key, size_t key_length)
{
    return (struct request){ .number = KV_DELETE,
                             .key = key,
                             .key_length = key_length };
}

err_t berth_kv_get_async(const void *key, size_t key_length, void *value,
                         size_t capacity, berth_kv_fn *done, void *userdata)
{
    const struct request r = get_of(key, key_length, value, capacity);
    return begin(&r, done, userdata);
}

err_t berth_kv_put_async(enum berth_kv_change change, const void *key,
                         size_t key_length, const void *value, size_t length,
                         berth_kv_fn *done, void *userdata)
{
    const struct request r = put_of(change, key, key_length, value, length);
    return begin(&r, done, userdata);
}

err_t berth_kv_delete_async(const void *key, size_t key_length,
                            berth_kv_fn *done, void *userdata)
{
    const struct request r = delete_of(key, key_length);
    return begin(&r, done, userdata);
}

/* ---- synchronous ----------------------------------------------------------------- */

/* How it ended, once it has; before that `error`. */
static err_t outcome(err_t error, const struct event *event, size_t *length)
{
    if (error == OK && length != NULL &&
        (event->value[0] == OK || event->value[0] == ERR_SIZE)) {
        *length = event->value[1];
    }
    return error == OK ? (err_t)event->value[0] : error;
}

static err_t run(const struct request *r, size_t *length)
{
    struct await_command command = command_of(r);
    struct event event;
    err_t error = lend(r);
    if (error == OK) {
        error = await(&command, &event);
        take_back();
    }
    return outcome(error, &event, length);
}

static err_t run_timeout(const struct request *r, size_t *length, uint32_t ms)
{
    struct await_command command = command_of(r);
    struct event event;
    err_t error = lend(r);
    if (error == OK) {
        error = await_timeout(&command, ms, &event);
        take_back();
    }
    return outcome(error, &event, length);
}

err_t berth_kv_get(const void *key, size_t key_length, void *value,
                   size_t capacity, size_t *length)
{
    const struct request r = get_of(key, key_length, value, capacity);
    return run(&r, length);
}

err_t berth_kv_get_timeout(const void *key, size_t key_length, void *value,
                           size_t capacity, size_t *length, uint32_t ms)
{
    const struct request r = get_of(key, key_length, value, capacity);
    return run_timeout(&r, length, ms);
}

err_t berth_kv_put(enum berth_kv_change change, const void *key,
                   size_t key_length, const void *value, size_t length)
{
    const struct request r = put_of(change, key, key_length, value, length);
    return run(&r, NULL);
}

err_t berth_kv_put_timeout(enum berth_kv_change change, const void *key,
                           size_t key_length, const void *value, size_t length,
                           uint32_t ms)
{
    const struct request r = put_of(change, key, key_length, value, length);
    return run_timeout(&r, NULL, ms);
}

err_t berth_kv_delete(const void *key, size_t key_length)
{
    const struct request r = delete_of(key, key_length);
    return run(&r, NULL);
}

err_t berth_kv_delete_timeout(const void *key, size_t key_length, uint32_t ms)
{
    const struct request r = delete_of(key, key_length);
    return run_timeout(&r, NULL, ms);
}

err_t berth_kv_collect(void)
{
    const struct request r = { .number = KV_COLLECT };
    return run(&r, NULL);
}

err_t berth_kv_collect_timeout(uint32_t ms)
{
    const struct request r = { .number = KV_COLLECT };
    return run_timeout(&r, NULL, ms);
}
