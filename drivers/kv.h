/* SPDX-License-Identifier: Apache-2.0 */
/* Key-value store, driver 0x50003.
 *
 *  command 1     get: the value of the key goes to read-write 0
 *  command 2     set: the key has that value from now on
 *  command 3     delete
 *  command 4     add: set, but the key must not exist
 *  command 5     update: set, but the key must exist
 *  command 6     collect garbage, if room is short
 *                INVAL: this app has no right to keep anything; RESERVE: no
 *                key; SIZE: the key is longer than KV_KEY_MAX bytes, or the
 *                value than KV_VALUE_MAX; NOMEM: it has a request already
 *  read-only 0   the key
 *  read-only 1   the value to set
 *  read-write 0  for the value, as much of it as fits
 *  event 0       (status, length of the whole value for get, 0): NOSUPPORT: no
 *                such key, or it exists, or no permission; NOMEM: the share
 *                of the key's owner is used up, or all shares are others';
 *                SIZE: get: the buffer is too short; RESERVE: key or value
 *                was taken back; FAIL: the value is damaged, or the flash
 *  any           NOMEM: no room for the grant
 *
 * Keys are an app's own: two apps may use the same one. Where its rights reach
 * other apps' data, a key it has none of is looked for among theirs, in the
 * order of its header's list. Each owner has a share of the store, which nobody
 * else can take (drivers/owners.h). What an app has kept stays when it is gone,
 * for its next version, until the operator frees it.
 *
 * Power cuts: a key has the old value or the new. */
#ifndef DRIVERS_KV_H
#define DRIVERS_KV_H

#include <berth/storage.h>
#include <drivers/kept.h>

#define KV_KEY_MAX 64u
#define KV_VALUE_MAX 512u

/* Of the request that is served. Needs not be zero. */
struct kv_bytes {
    uint8_t key[KV_KEY_MAX];
    uint8_t value[KV_VALUE_MAX];
};

struct kv {
    struct kept_driver driver; /* first */
    const struct storage_authority *authority;
    struct records_key key; /* of the request that is served */
    uint32_t len;           /* of the value that was read */
    struct kv_bytes *bytes;
};

extern const struct driver_ops kv_ops;

void kv_init(struct kv *driver, struct kept *kept,
             const struct storage_authority *authority, struct kv_bytes *bytes);

#endif
