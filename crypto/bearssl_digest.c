/* SPDX-License-Identifier: Apache-2.0 */
/* See bearssl_digest.h. */
#include <crypto/bearssl_digest.h>

#include <bearssl_hash.h>
#include <kernel/string.h>

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
        NULL,                                                                  \
        hash##_add,                                                            \
        NULL,                                                                  \
        hash##_end,                                                            \
    }

HASH(sha256);

/* The end of a long hash may take two blocks, each a step then: BearSSL's out()
 * would make both in one call. Padding is that of FIPS 180-4. */
struct long_hash {
    br_hash_compat_context context;
    uint64_t total;    /* bytes of the data, once it is padded */
    uint8_t is_padded; /* up to the last block, which is to come */
    uint8_t digest[DIGEST_SIZE_MAX];
};

#define BLOCK_MAX 128u /* of a long hash */
#define LENGTH 16u     /* bytes at the end of its last block */

static uint32_t hash_block(const br_hash_class *hash)
{
    return 1u << (hash->desc >> BR_HASHDESC_LBLEN_OFF & BR_HASHDESC_LBLEN_MASK);
}

static uint32_t hash_size(const br_hash_class *hash)
{
    return hash->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

/* Does the end take two blocks? Then the first of them is made: a one behind
 * the data, and zeros. */
static bool long_hash_pad(struct long_hash *h)
{
    static const uint8_t pad[LENGTH + 1] = { 0x80 };
    const br_hash_class *hash = h->context.vtable;
    uint32_t block = hash_block(hash);
    if (block < BLOCK_MAX || h->is_padded)
        return false;
    h->total = hash->state(&h->context.vtable, h->digest);
    uint32_t room = block - ((uint32_t)h->total & (block - 1));
    if (room > LENGTH)
        return false;
    hash->update(&h->context.vtable, pad, room);
    h->is_padded = true;
    return true;
}

/* The second of them: zeros, and how many bits there were. The state of the hash
 * is the digest then, or begins with it. */
static void long_hash_last(struct long_hash *h)
{
    uint8_t block[BLOCK_MAX] = { 0 };
    const uint32_t bits[3] = { (uint32_t)h->total << 3,
                               (uint32_t)(h->total >> 29),
                               (uint32_t)(h->total >> 61) };
    for (uint32_t i = 0; i < sizeof bits; i++)
        block[BLOCK_MAX - 1 - i] = (uint8_t)(bits[i / 4] >> 8 * (i % 4));
    h->context.vtable->update(&h->context.vtable, block, sizeof block);
    h->context.vtable->state(&h->context.vtable, h->digest);
}

static void long_hash_begin(void *state, const br_hash_class *hash)
{
    struct long_hash *h = state;
    h->is_padded = false;
    hash->init(&h->context.vtable);
}

static void long_hash_add(void *state, const uint8_t *bytes, size_t len)
{
    struct long_hash *h = state;
    h->context.vtable->update(&h->context.vtable, bytes, len);
}

static bool long_hash_close(void *state)
{
    struct long_hash *h = state;
    if (long_hash_pad(h))
        return true;
    if (h->is_padded)
        long_hash_last(h);
    else
        h->context.vtable->out(&h->context.vtable, h->digest);
    return false;
}

static void long_hash_end(void *state, uint8_t *digest)
{
    struct long_hash *h = state;
    memcpy(digest, h->digest, hash_size(h->context.vtable));
}

#define LONG_HASH(hash)                                                        \
    static void hash##_begin(void *state, const uint8_t *key, size_t key_len)  \
    {                                                                          \
        (void)key, (void)key_len;                                              \
        long_hash_begin(state, &br_##hash##_vtable);                           \
    }                                                                          \
    const struct digest_class bearssl_##hash = {                               \
        sizeof(struct long_hash),                                              \
        br_##hash##_SIZE,                                                      \
        hash##_begin,                                                          \
        NULL,                                                                  \
        long_hash_add,                                                         \
        long_hash_close,                                                       \
        long_hash_end,                                                         \
    }

LONG_HASH(sha384);
LONG_HASH(sha512);

/* A code is two hashes, the second of the first: H(K ^ opad, H(K ^ ipad, data)).
 * br_hmac_* would begin both in one call, and end both. The calls of its hashes
 * are made here one by one: no step is more than one block of a long hash, or
 * two of a short one. */
struct hmac {
    struct long_hash first; /* its `digest` is the key until it is prepared */
    uint8_t second[DIGEST_SIZE_MAX]; /* the state of that hash */
    uint8_t key_len;
    uint8_t has_begun; /* the first hash has */
    uint8_t has_first; /* and has ended */
};

_Static_assert(DIGEST_KEY_MAX <= DIGEST_SIZE_MAX, "room for the key");

_Static_assert(sizeof(void *) > 4 ||
                   sizeof(struct hmac) <= BEARSSL_DIGEST_STATE,
               "BEARSSL_DIGEST_STATE");

static void wipe(void *bytes, size_t len)
{
    memset(bytes, 0, len);
    __asm__ volatile("" : : "r"(bytes) : "memory"); /* really */
}

/* The first block of either hash. The key is no longer than it. */
static void key_add(br_hash_compat_context *to, const uint8_t *key,
                    size_t key_len, uint8_t pad)
{
    uint8_t block[BLOCK_MAX];
    memset(block, pad, sizeof block);
    for (size_t i = 0; i < key_len; i++)
        block[i] = (uint8_t)(key[i] ^ pad);
    to->vtable->update(&to->vtable, block, hash_block(to->vtable));
    wipe(block, sizeof block);
}

static void hmac_begin(void *state, const br_hash_class *hash,
                       const uint8_t *key, size_t key_len)
{
    struct hmac *h = state;
    h->key_len = (uint8_t)key_len;
    h->has_begun = h->has_first = false;
    memcpy(h->first.digest, key, key_len);
    long_hash_begin(&h->first, hash);
}

static bool hmac_prepare(void *state)
{
    struct hmac *h = state;
    br_hash_compat_context second;
    if (!h->has_begun) {
        key_add(&h->first.context, h->first.digest, h->key_len, 0x36);
        h->has_begun = true;
        return true;
    }
    h->first.context.vtable->init(&second.vtable);
    key_add(&second, h->first.digest, h->key_len, 0x5C);
    second.vtable->state(&second.vtable, h->second);
    wipe(h->first.digest, sizeof h->first.digest);
    wipe(&second, sizeof second);
    return false;
}

static bool hmac_close(void *state)
{
    struct hmac *h = state;
    const br_hash_class *hash = h->first.context.vtable;
    br_hash_compat_context second;
    if (!h->has_first) {
        h->has_first = !long_hash_close(&h->first);
        return true;
    }
    hash->init(&second.vtable);
    hash->set_state(&second.vtable, h->second, hash_block(hash));
    hash->update(&second.vtable, h->first.digest, hash_size(hash));
    hash->out(&second.vtable, h->first.digest);
    return false;
}

#define HMAC(hash)                                                             \
    static void hmac_##hash##_begin(void *state, const uint8_t *key,           \
                                    size_t key_len)                            \
    {                                                                          \
        hmac_begin(state, &br_##hash##_vtable, key, key_len);                  \
    }                                                                          \
    const struct digest_class bearssl_hmac_##hash = {                          \
        sizeof(struct hmac), br_##hash##_SIZE, hmac_##hash##_begin,            \
        hmac_prepare,        long_hash_add,    hmac_close,                     \
        long_hash_end,                                                         \
    }

HMAC(sha256);
HMAC(sha384);
HMAC(sha512);
HMAC(sha224);
HMAC(sha1);
HMAC(md5);
