/* SPDX-License-Identifier: Apache-2.0 */
/* See bearssl_digest.h. */
#include <crypto/bearssl_digest.h>

#include <bearssl_hash.h>
#include <bearssl_hmac.h>

static void sha256_begin(void *state, const uint8_t *key, size_t key_len)
{
    (void)key, (void)key_len;
    br_sha256_init(state);
}

static void sha256_add(void *state, const uint8_t *bytes, size_t len)
{
    br_sha256_update(state, bytes, len);
}

static void sha256_end(void *state, uint8_t *digest)
{
    br_sha256_out(state, digest);
}

const struct digest_class bearssl_sha256 = {
    sizeof(br_sha256_context),
    br_sha256_SIZE,
    sha256_begin,
    sha256_add,
    sha256_end,
};

static void hmac_begin(void *state, const br_hash_class *hash,
                       const uint8_t *key, size_t key_len)
{
    br_hmac_key_context prepared;
    br_hmac_key_init(&prepared, hash, key, key_len);
    br_hmac_init(state, &prepared, 0);
    prepared = (br_hmac_key_context){ .dig_vtable = NULL };
    __asm__ volatile("" : : "r"(&prepared) : "memory"); /* really */
}

static void hmac_add(void *state, const uint8_t *bytes, size_t len)
{
    br_hmac_update(state, bytes, len);
}

static void hmac_end(void *state, uint8_t *digest)
{
    br_hmac_out(state, digest);
}

/* One function for each hash, so that a board links those it names alone. */
#define HMAC(hash)                                                             \
    static void hmac_##hash##_begin(void *state, const uint8_t *key,           \
                                    size_t key_len)                            \
    {                                                                          \
        hmac_begin(state, &br_##hash##_vtable, key, key_len);                  \
    }                                                                          \
    const struct digest_class bearssl_hmac_##hash = {                          \
        sizeof(br_hmac_context),                                               \
        br_##hash##_SIZE,                                                      \
        hmac_##hash##_begin,                                                   \
        hmac_add,                                                              \
        hmac_end,                                                              \
    }

HMAC(sha256);
HMAC(sha384);
HMAC(sha512);
HMAC(sha224);
HMAC(sha1);
HMAC(md5);
