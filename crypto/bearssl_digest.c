/* SPDX-License-Identifier: Apache-2.0 */
/* See bearssl_digest.h. */
#include <crypto/bearssl_digest.h>

#include <bearssl_hash.h>
#include <bearssl_hmac.h>

/* One function for each hash, so that a board links those it names alone. */
#define HASH(hash)                                                             \
    static void hash##_begin(void *state, const uint8_t *key, size_t key_len)  \
    {                                                                          \
        (void)key, (void)key_len;                                              \
        br_##hash##_init(state);                                               \
    }                                                                          \
    static void hash##_add(void *state, const uint8_t *bytes, size_t len)      \
    {                                                                          \
        br_##hash##_update(state, bytes, len);                                 \
    }                                                                          \
    static void hash##_end(void *state, uint8_t *digest)                       \
    {                                                                          \
        br_##hash##_out(state, digest);                                        \
    }                                                                          \
    const struct digest_class bearssl_##hash = {                               \
        sizeof(br_##hash##_context),                                           \
        br_##hash##_SIZE,                                                      \
        hash##_begin,                                                          \
        hash##_add,                                                            \
        NULL,                                                                  \
        hash##_end,                                                            \
    }

HASH(sha256);
HASH(sha384);
HASH(sha512);

/* A code is two hashes, the second of the first. Of the longest hash either
 * takes as long as all else together, so they are two steps. */
struct hmac {
    br_hmac_context inner;
    uint8_t digest[DIGEST_SIZE_MAX]; /* the first hash */
};

_Static_assert(sizeof(void *) > 4 ||
                   sizeof(struct hmac) <= BEARSSL_DIGEST_STATE,
               "BEARSSL_DIGEST_STATE");

static void hmac_begin(void *state, const br_hash_class *hash,
                       const uint8_t *key, size_t key_len)
{
    struct hmac *h = state;
    br_hmac_key_context prepared;
    br_hmac_key_init(&prepared, hash, key, key_len);
    br_hmac_init(&h->inner, &prepared, 0);
    prepared = (br_hmac_key_context){ .dig_vtable = NULL };
    __asm__ volatile("" : : "r"(&prepared) : "memory"); /* really */
}

static void hmac_add(void *state, const uint8_t *bytes, size_t len)
{
    struct hmac *h = state;
    br_hmac_update(&h->inner, bytes, len);
}

static uint32_t hash_block(const br_hash_class *hash)
{
    return 1u << (hash->desc >> BR_HASHDESC_LBLEN_OFF & BR_HASHDESC_LBLEN_MASK);
}

static uint32_t hash_size(const br_hash_class *hash)
{
    return hash->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

/* The halves of br_hmac_out(), by the calls that it makes itself. */
static void hmac_close(void *state)
{
    struct hmac *h = state;
    h->inner.dig.vtable->out(&h->inner.dig.vtable, h->digest);
}

static void hmac_end(void *state, uint8_t *digest)
{
    struct hmac *h = state;
    const br_hash_class *hash = h->inner.dig.vtable;
    br_hash_compat_context outer;
    hash->init(&outer.vtable);
    hash->set_state(&outer.vtable, h->inner.kso, hash_block(hash));
    hash->update(&outer.vtable, h->digest, hash_size(hash));
    hash->out(&outer.vtable, digest);
}

#define HMAC(hash)                                                             \
    static void hmac_##hash##_begin(void *state, const uint8_t *key,           \
                                    size_t key_len)                            \
    {                                                                          \
        hmac_begin(state, &br_##hash##_vtable, key, key_len);                  \
    }                                                                          \
    const struct digest_class bearssl_hmac_##hash = {                          \
        sizeof(struct hmac), br_##hash##_SIZE, hmac_##hash##_begin, hmac_add,  \
        hmac_close,          hmac_end,                                         \
    }

HMAC(sha256);
HMAC(sha384);
HMAC(sha512);
HMAC(sha224);
HMAC(sha1);
HMAC(md5);
