/* SPDX-License-Identifier: Apache-2.0 */
/* The key-value store: small values that outlive restarts and power cuts. Keys
 * are the app's own; it needs a fixed ShortId (SHORT_ID in app.mk), else all of
 * these answer ERR_INVAL. A key has the old value or the new one, whatever
 * happens to the power.
 *
 * One request at a time: ERR_BUSY while one is under way that was begun
 * asynchronously, or given up and not ended yet. ERR_NOSUPPORT: there is no such
 * key (for add: there is), or the header gives no permission. ERR_SIZE: key or
 * value is too long. ERR_FAIL: the value is damaged. ERR_NOMEM as the outcome of
 * a change: the app's share of the store is used up, or all shares are other
 * apps'.
 *
 * What is kept stays when the app is updated or removed, until the operator frees
 * it. */
#ifndef BERTH_KV_H
#define BERTH_KV_H

#include <berth/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What this system's boards take at most. */
#define BERTH_KV_KEY_MAX 64
#define BERTH_KV_VALUE_MAX 512

enum berth_kv_change {
    BERTH_KV_SET = 2,
    BERTH_KV_ADD = 4,    /* only if there is no such key yet */
    BERTH_KV_UPDATE = 5, /* only if there is */
};

typedef void berth_kv_fn(err_t status, size_t length, void *userdata);

/* Key and value stay in place until `done` is called. `length` is that of the
 * whole value: with ERR_SIZE more than `capacity`, of which all is filled. */
err_t berth_kv_get_async(const void *key, size_t key_length, void *value,
                         size_t capacity, berth_kv_fn *done, void *userdata);
err_t berth_kv_put_async(enum berth_kv_change change, const void *key,
                         size_t key_length, const void *value, size_t length,
                         berth_kv_fn *done, void *userdata);
err_t berth_kv_delete_async(const void *key, size_t key_length,
                            berth_kv_fn *done, void *userdata);
err_t berth_kv_collect_async(berth_kv_fn *done, void *userdata);

/* `*length` is set with ERR_SIZE, too. */
err_t berth_kv_get(const void *key, size_t key_length, void *value,
                   size_t capacity, size_t *length);
err_t berth_kv_put(enum berth_kv_change change, const void *key,
                   size_t key_length, const void *value, size_t length);
err_t berth_kv_delete(const void *key, size_t key_length);

/* Collects garbage now, if room is short, so that a later change is quick. */
err_t berth_kv_collect(void);

/* These give up after `ms` milliseconds with ERR_CANCEL; whether a change has
 * happened is not known then. Callbacks of other things run meanwhile. */
err_t berth_kv_get_timeout(const void *key, size_t key_length, void *value,
                           size_t capacity, size_t *length, uint32_t ms);
err_t berth_kv_put_timeout(enum berth_kv_change change, const void *key,
                           size_t key_length, const void *value, size_t length,
                           uint32_t ms);
err_t berth_kv_delete_timeout(const void *key, size_t key_length, uint32_t ms);
err_t berth_kv_collect_timeout(uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif
