/* SPDX-License-Identifier: Apache-2.0 */
/* Key-value store. The event is (status, length, 0). */
#include <berth/kv.h>

#include <operation.h>

enum { KV_GET = 1, KV_DELETE = 3, KV_COLLECT = 6, KV_DONE = 0 };
enum { RO_KEY = 0, RO_VALUE = 1 };
enum { RW_VALUE = 0 };

struct request {
    uint32_t number;
    const void *key, *in;
    void *out;
    size_t key_length, in_length, out_length;
};

static void kv_release(void)
{
    (void)syscall_allow_ro(DRIVER_KV, RO_KEY, NULL, 0);
    (void)syscall_allow_ro(DRIVER_KV, RO_VALUE, NULL, 0);
    (void)syscall_allow_rw(DRIVER_KV, RW_VALUE, NULL, 0);
}

static struct operation keeping = { DRIVER_KV,      KV_DONE, kv_release,
                                    OPERATION_IDLE, NULL,    false,
                                    { { 0 } } };

static err_t begin(const struct request *r, void (*deliver)(struct event))
{
    err_t error = operation_open(&keeping);
    if (error != OK) {
        return error;
    }
    error = operation_lend_ro(&keeping, error, RO_KEY, r->key, r->key_length);
    error = operation_lend_ro(&keeping, error, RO_VALUE, r->in, r->in_length);
    error = operation_lend_rw(&keeping, error, RW_VALUE, r->out, r->out_length);
    return operation_run(&keeping, error, r->number, 0, 0, deliver);
}

/* ---- asynchronous --------------------------------------------------------------- */

static struct {
    berth_kv_fn *done;
    void *userdata;
} client;

static void kv_deliver(struct event event)
{
    client.done((err_t)event.value[0], event.value[1], client.userdata);
}

static err_t begin_async(const struct request *r, berth_kv_fn *done,
                         void *userdata)
{
    err_t error = begin(r, kv_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
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
    return begin_async(&r, done, userdata);
}

err_t berth_kv_put_async(enum berth_kv_change change, const void *key,
                         size_t key_length, const void *value, size_t length,
                         berth_kv_fn *done, void *userdata)
{
    const struct request r = put_of(change, key, key_length, value, length);
    return begin_async(&r, done, userdata);
}

err_t berth_kv_delete_async(const void *key, size_t key_length,
                            berth_kv_fn *done, void *userdata)
{
    const struct request r = delete_of(key, key_length);
    return begin_async(&r, done, userdata);
}

static const struct request collect_request = { .number = KV_COLLECT };

err_t berth_kv_collect_async(berth_kv_fn *done, void *userdata)
{
    return begin_async(&collect_request, done, userdata);
}

/* ---- synchronous ----------------------------------------------------------------- */

static err_t outcome(struct event event, size_t *length)
{
    err_t status = (err_t)event.value[0];
    if (length != NULL && (status == OK || status == ERR_SIZE)) {
        *length = event.value[1];
    }
    return status;
}

static err_t run(const struct request *r, size_t *length)
{
    operation_settle(&keeping);
    err_t error = begin(r, NULL);
    return error == OK ? outcome(operation_wait(&keeping), length) : error;
}

static err_t run_timeout(const struct request *r, size_t *length, uint32_t ms)
{
    struct event event;
    operation_poll(&keeping);
    err_t error = begin(r, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&keeping, ms, &event) ? outcome(event, length)
                                                        : ERR_CANCEL;
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
    return run(&collect_request, NULL);
}

err_t berth_kv_collect_timeout(uint32_t ms)
{
    return run_timeout(&collect_request, NULL, ms);
}
