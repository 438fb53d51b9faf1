/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption by AES. If in doubt: BERTH_AES_GCM or BERTH_AES_CCM, which notice
 * when what they decrypt was tampered with, and never the same nonce twice
 * under one key. */
#ifndef BERTH_AES_H
#define BERTH_AES_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum berth_aes_mode {
    BERTH_AES_CTR = 0,
    BERTH_AES_CBC = 1,
    BERTH_AES_ECB = 2,
    BERTH_AES_CCM = 3,
    BERTH_AES_GCM = 4,
};

/* Everything it points to must stay in place while the operation runs. */
struct berth_aes {
    enum berth_aes_mode mode;
    bool encrypt;
    bool go_on; /* with the key, and the counter or chain, of the last one */
    const void *key; /* 16, 24 or 32 bytes */
    size_t key_length;
    const void *iv; /* CTR, CBC: 16 bytes; nonce of CCM: 7 to 13, of GCM: 12 */
    size_t iv_length;
    const void *source;
    size_t length;
    void *destination; /* may be `source` */
    size_t capacity;
    /* CCM and GCM: the source is anything, from `aad_at` on what is
     * authenticated alone, from `text_at` on what is encrypted as well, and,
     * when decrypting, the tag; the destination gets the same with the text
     * changed, and, when encrypting, the tag. */
    size_t aad_at, text_at, tag_length;
};

/* `length` bytes were written to the destination. */
typedef void berth_aes_fn(err_t status, size_t length, void *userdata);

/* Starts it. What comes of it, to `done` or returned by the others: OK;
 * ERR_FAIL when the tag is wrong, and nothing was written; ERR_INVAL for
 * lengths that cannot be; ERR_SIZE for a destination that is too small, or no
 * whole blocks of 16 bytes (CBC, ECB); ERR_OFF when there is nothing to go on
 * with. ERR_BUSY while another one is under way, or one that was given up has
 * not ended yet. */
err_t berth_aes_async(const struct berth_aes *aes, berth_aes_fn *done,
                      void *userdata);

err_t berth_aes(const struct berth_aes *aes, size_t *length);

/* After `ms` milliseconds ERR_CANCEL. Callbacks run while it waits. */
err_t berth_aes_timeout(const struct berth_aes *aes, size_t *length,
                        uint32_t ms);

/* Has the kernel forget the key. ERR_OFF if it had none. */
err_t berth_aes_forget(void);

#ifdef __cplusplus
}
#endif

#endif
