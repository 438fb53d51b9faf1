/* SPDX-License-Identifier: Apache-2.0 */
/* Message authentication codes: only who knows the key can make them. */
#ifndef BERTH_HMAC_H
#define BERTH_HMAC_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum berth_hmac_kind {
    BERTH_HMAC_SHA256 = 0,
    BERTH_HMAC_SHA384 = 1,
    BERTH_HMAC_SHA512 = 2,
    BERTH_HMAC_SHA224 = 3,
    BERTH_HMAC_SHA1 = 4, /* where a protocol wants it */
    BERTH_HMAC_MD5 = 5,  /* likewise */
};

enum berth_hmac_step {
    BERTH_HMAC_WHOLE = 1,  /* the code of the data */
    BERTH_HMAC_UPDATE = 2, /* add the data; begins a code if none is begun */
    BERTH_HMAC_FINISH = 3, /* the code of all that was added */
    BERTH_HMAC_VERIFY = 4, /* is `code` that of the data? */
    BERTH_HMAC_VERIFY_LAST = 5, /* is it that of all that was added? */
};

#define BERTH_HMAC_KEY_MAX 64u

/* Everything it points to must stay in place while the operation runs. */
struct berth_hmac {
    enum berth_hmac_kind kind;
    const void
        *key; /* at most BERTH_HMAC_KEY_MAX bytes; a longer one is used as
                      * its hash */
    size_t key_length;
    const void *data;
    size_t length;
    uint8_t *code; /* made, or verified */
    size_t code_length;
};

typedef void berth_hmac_fn(err_t status, void *userdata);

/* Starts a step. What comes of it, to `done` or returned by the others: OK; for
 * VERIFY and VERIFY_LAST ERR_FAIL when the code is wrong; ERR_OFF when a code
 * that is not begun is to be ended; ERR_NOSUPPORT when the board does not have
 * the algorithm. ERR_BUSY while another step is under way, or one that was
 * given up has not ended yet. */
err_t berth_hmac_async(const struct berth_hmac *hmac, enum berth_hmac_step step,
                       berth_hmac_fn *done, void *userdata);

err_t berth_hmac(const struct berth_hmac *hmac, enum berth_hmac_step step);

/* After `ms` milliseconds ERR_CANCEL. Callbacks run while it waits. */
err_t berth_hmac_timeout(const struct berth_hmac *hmac,
                         enum berth_hmac_step step, uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif
