/* SPDX-License-Identifier: Apache-2.0 */
/* A block cipher of 16-byte blocks in its modes, computed by the core in pieces
 * that the caller makes small enough. The state lies with the caller, 8-aligned
 * and in one place, and needs no end. */
#ifndef BERTH_HIL_CIPHER_H
#define BERTH_HIL_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <berth/err.h>

#define CIPHER_BLOCK 16u
#define CIPHER_TAG_MAX 16u
#define CIPHER_KEY_MAX 32u
#define CIPHER_PIECE 16u /* bytes to process at a time, at most */

enum cipher_mode { CIPHER_CTR, CIPHER_CBC, CIPHER_ECB, CIPHER_CCM, CIPHER_GCM };

/* What a message of CCM or GCM is made of. */
struct cipher_message {
    uint32_t nonce_len; /* CCM: 7 to 13; GCM: 1 to 16 */
    uint32_t aad_len;   /* authenticated, not encrypted */
    uint32_t text_len;
    uint32_t tag_len; /* CCM: 4, 6, ... 16; GCM: 4 to 16 */
};

struct cipher_class {
    uint32_t state; /* bytes of it */
    /* Take the key, of 16, 24 or 32 bytes, for that mode and direction. */
    void (*key)(void *state, enum cipher_mode mode, bool encrypt,
                const uint8_t *key, size_t len);
    /* CTR, CBC, ECB: the counter or chaining block, and data in place. Whole
     * blocks but for the last piece of CTR. */
    void (*start)(void *state, const uint8_t *iv);
    void (*run)(void *state, uint8_t *data, size_t len);
    /* CCM, GCM: a message with its nonce, INVAL if its lengths are not allowed;
     * then all of the additional data, all of the text in place, and the tag. */
    err_t (*message)(void *state, const uint8_t *nonce,
                     const struct cipher_message *message);
    void (*aad)(void *state, const uint8_t *bytes, size_t len);
    void (*text)(void *state, uint8_t *data, size_t len);
    void (*tag)(void *state, uint8_t *tag);
};

#endif
