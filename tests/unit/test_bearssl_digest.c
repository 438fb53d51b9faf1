/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes and codes in steps are what BearSSL makes of the same in one piece: for
 * data that ends anywhere in a block, in pieces of any length.
 * SOURCES: crypto/bearssl_digest.c
 * LINK: -lbearssl */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <bearssl_hash.h>
#include <bearssl_hmac.h>
#include <crypto/bearssl_digest.h>

#define DATA_MAX 400u

static uint8_t data[DATA_MAX];
static _Alignas(8) uint8_t state[1024];

static int setup(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < DATA_MAX; i++)
        data[i] = (uint8_t)(i * 31 + i / 256);
    return 0;
}

static void made_in_steps(const struct digest_class *class, uint8_t *digest,
                          size_t key_len, size_t len, size_t piece)
{
    memset(state, 0xA5, sizeof state);
    assert_true(class->state <= sizeof state);
    class->begin(state, data + 3, key_len);
    while (class->prepare != NULL && class->prepare(state))
        ;
    for (size_t at = 0; at < len; at += piece)
        class->add(state, data + at, len - at < piece ? len - at : piece);
    while (class->close != NULL && class->close(state))
        ;
    class->end(state, digest);
}

static void hash_is_right(const struct digest_class *class,
                          const br_hash_class *hash)
{
    for (size_t len = 0; len <= DATA_MAX; len++) {
        uint8_t want[DIGEST_SIZE_MAX], got[DIGEST_SIZE_MAX + 1];
        br_hash_compat_context c;
        hash->init(&c.vtable);
        hash->update(&c.vtable, data, len);
        hash->out(&c.vtable, want);
        memset(got, 0x5A, sizeof got);
        made_in_steps(class, got, 0, len, 1 + len % DIGEST_PIECE);
        assert_memory_equal(got, want, class->size);
        assert_int_equal(got[class->size], 0x5A);
    }
}

static void hashes_are_those_of_one_piece(void **unused)
{
    (void)unused;
    hash_is_right(&bearssl_sha256, &br_sha256_vtable);
    hash_is_right(&bearssl_sha384, &br_sha384_vtable);
    hash_is_right(&bearssl_sha512, &br_sha512_vtable);
}

static void code_is_right(const struct digest_class *class,
                          const br_hash_class *hash)
{
    for (size_t len = 0; len <= DATA_MAX; len++) {
        uint8_t want[DIGEST_SIZE_MAX], got[DIGEST_SIZE_MAX + 1];
        size_t key_len = len % (DIGEST_KEY_MAX + 1);
        br_hmac_key_context key;
        br_hmac_context c;
        br_hmac_key_init(&key, hash, data + 3, key_len);
        br_hmac_init(&c, &key, 0);
        br_hmac_update(&c, data, len);
        assert_int_equal(br_hmac_out(&c, want), class->size);
        memset(got, 0x5A, sizeof got);
        made_in_steps(class, got, key_len, len, 1 + len % DIGEST_PIECE);
        assert_memory_equal(got, want, class->size);
        assert_int_equal(got[class->size], 0x5A);
    }
}

static void codes_are_those_of_one_piece(void **unused)
{
    (void)unused;
    code_is_right(&bearssl_hmac_sha256, &br_sha256_vtable);
    code_is_right(&bearssl_hmac_sha384, &br_sha384_vtable);
    code_is_right(&bearssl_hmac_sha512, &br_sha512_vtable);
    code_is_right(&bearssl_hmac_sha224, &br_sha224_vtable);
    code_is_right(&bearssl_hmac_sha1, &br_sha1_vtable);
    code_is_right(&bearssl_hmac_md5, &br_md5_vtable);
}

static void the_key_is_not_kept(void **unused)
{
    (void)unused;
    const struct digest_class *class = &bearssl_hmac_sha512;
    class->begin(state, data + 3, DIGEST_KEY_MAX);
    while (class->prepare(state))
        ;
    for (size_t i = 0; i + 8 <= class->state; i++)
        for (size_t k = 0; k + 8 <= DIGEST_KEY_MAX; k++)
            assert_memory_not_equal(state + i, data + 3 + k, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_one_piece),
        cmocka_unit_test(codes_are_those_of_one_piece),
        cmocka_unit_test(the_key_is_not_kept),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
