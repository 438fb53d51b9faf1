/* SPDX-License-Identifier: Apache-2.0 */
/* Of a small app with one credential of each kind every bit of what the
 * credential covers, and of the credential, is flipped in turn: none of them is
 * accepted. By default a slice of those that cost a signature each; FULL=1 in
 * the environment: all.
 * SOURCES: loader/credential.c loader/checker_hash.c loader/checker_hmac.c
 * SOURCES: loader/checker_signature.c crypto/verify.c crypto/bearssl_digest.c
 * SOURCES: boards/qemu-virt-secure/keys.c pic/footer.c pic/tbf.c
 * SOURCES: tests/fake/signing.c tests/fake/verifier.c kernel/string.c
 * LINK: -lbearssl */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <crypto/bearssl_digest.h>
#include <tests/fake/signing.h>
#include <tests/fake/verifier.h>

enum { BINARY = 64 };

static const struct checker checkers[] = {
    CHECKER_SHA256(&bearssl_sha256),
    CHECKER_SHA384(&bearssl_sha384),
    CHECKER_SHA512(&bearssl_sha512),
    CHECKER_HMAC_SHA256(&bearssl_hmac_sha256),
    CHECKER_ECDSA_P256(&bearssl_sha256),
    CHECKER_RSA_2048(&bearssl_sha256),
    CHECKER_RSA_4096(&bearssl_sha512),
};

static ALIGNED(8) uint8_t digest_state[1024];
static struct verifier verifier;
static uint8_t object[4096];

/* Whoever walks flash finds it as it is: no more than `size` bytes. */
static bool is_accepted(uint32_t size)
{
    static struct check_client client;
    struct tbf tbf;
    struct check c = {
        .checkers = checkers,
        .checker_count = ARRAY_COUNT(checkers),
        .keys = board_keys,
        .key_count = board_key_count,
        .state = digest_state,
        .verifier = &verifier,
        .client = &client,
    };
    if (tbf_parse(object, size, &tbf) != TBF_OK || tbf.is_padding)
        return false;
    check_begin(&c, object, &tbf);
    while (check_step(&c) == CHECK_MORE)
        ;
    return c.result.verdict == CHECK_ACCEPTED;
}

static void flip_all(uint32_t format, const char *key, uint32_t step)
{
    uint32_t size = signing_object(object, BINARY), tried = 0;
    if (getenv("FULL") != NULL)
        step = 1;
    signing_add(object, &size, format, key);
    assert_true(is_accepted(size));
    for (uint32_t bit = 0; bit < 8 * size; bit += step, tried++) {
        object[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (is_accepted(size))
            fail_msg("%s: accepted with bit %u flipped",
                     credential_name(format), (unsigned)bit);
        object[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(is_accepted(size));
    printf("%s: %u of %u bits flipped, none accepted\n",
           credential_name(format), (unsigned)tried, (unsigned)(8 * size));
}

static void no_bit_of_a_hashed_app_can_change(void **state)
{
    (void)state;
    flip_all(CREDENTIAL_SHA256, NULL, 1);
    flip_all(CREDENTIAL_SHA384, NULL, 1);
    flip_all(CREDENTIAL_SHA512, NULL, 1);
}

static void no_bit_of_an_app_with_a_code_can_change(void **state)
{
    (void)state;
    flip_all(CREDENTIAL_HMAC, "tests/keys/hmac.pem", 1);
}

/* Odd steps: all bits of a byte have their turn. */
static void no_bit_of_an_app_signed_by_ecdsa_can_change(void **state)
{
    (void)state;
    flip_all(CREDENTIAL_ECDSA, "tests/keys/ecdsa-first.pem", 5);
}

static void no_bit_of_an_app_signed_by_rsa_2048_can_change(void **state)
{
    (void)state;
    flip_all(CREDENTIAL_RSA2048, "tests/keys/rsa2048-second.pem", 7);
}

static void no_bit_of_an_app_signed_by_rsa_4096_can_change(void **state)
{
    (void)state;
    flip_all(CREDENTIAL_RSA4096, "tests/keys/rsa4096.pem", 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_bit_of_a_hashed_app_can_change),
        cmocka_unit_test(no_bit_of_an_app_with_a_code_can_change),
        cmocka_unit_test(no_bit_of_an_app_signed_by_ecdsa_can_change),
        cmocka_unit_test(no_bit_of_an_app_signed_by_rsa_2048_can_change),
        cmocka_unit_test(no_bit_of_an_app_signed_by_rsa_4096_can_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
