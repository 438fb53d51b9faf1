/* SPDX-License-Identifier: Apache-2.0 */
/* Every single bit of what a credential covers, and of the credential, turned
 * over in turn: none is accepted. Of a small app all bits, for each kind of
 * credential; of one of 4 KiB every 61st, or with FULL=1 in the environment all.
 * SOURCES: tools/berth/sign.c tools/berth/credential.c tools/berth/key.c
 * SOURCES: tools/berth/der.c tools/berth/file.c pic/tbf.c pic/footer.c
 * SOURCES: tests/fake/said.c tests/fake/object.c
 * LINK: -lbearssl */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tests/fake/object.h>
#include <tests/fake/said.h>
#include <tests/fake/test_keys.h>
#include <tools/berth/sign.h>

#define SMALL 16u
#define LARGE 4096u
#define SOME 61u /* has no factor in common with 8: any bit of a byte */

static const struct kind {
    const char *name, *key; /* key NULL: a hash */
    uint32_t format;
} kinds[] = {
    { "SHA-256", NULL, CREDENTIAL_SHA256 },
    { "SHA-384", NULL, CREDENTIAL_SHA384 },
    { "SHA-512", NULL, CREDENTIAL_SHA512 },
    { "HMAC", TEST_KEY_SECRET, CREDENTIAL_HMAC },
    { "ECDSA", TEST_KEY_EC, CREDENTIAL_ECDSA },
    { "RSA-2048", TEST_KEY_RSA2048, CREDENTIAL_RSA2048 },
    { "RSA-4096", TEST_KEY_RSA4096, CREDENTIAL_RSA4096 },
};

static bool is_accepted(const struct bytes *object, const struct keys *keys)
{
    static struct object_verdict v;
    object_judge(&v, object->data, (uint32_t)object->len, keys);
    return v.is_accepted;
}

static struct bytes signed_object(const struct signing *s, uint32_t body)
{
    static struct bytes plain;
    plain = object_build(&(struct object_spec){ .body = body });
    if (setjmp(said_back) != 0)
        fail_msg("%s", said);
    struct bytes object = sign_object(s, "app", &plain);
    free(plain.data);
    return object;
}

/* Its object has one credential at its end and no room: all of it counts. */
static uint32_t flips_accepted(const struct kind *kind, uint32_t body,
                               uint32_t step, uint32_t *tried)
{
    const char *why;
    struct key *key = NULL;
    struct signing s = { 0 };
    if (kind->key)
        key = key_parse((const uint8_t *)kind->key, strlen(kind->key), KEY_ANY,
                        &why);
    const struct key *list[] = { key };
    const struct keys keys = { list, key ? 1 : 0 };
    signing_add(&s, kind->format, key);
    struct bytes object = signed_object(&s, body);
    assert_true(is_accepted(&object, &keys));
    uint32_t accepted = 0;
    for (size_t bit = 0; bit < 8 * object.len; bit += step, ++*tried) {
        object.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (is_accepted(&object, &keys)) {
            print_error("%s: bit %zu of %zu\n", kind->name, bit,
                        8 * object.len);
            accepted++;
        }
        object.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(is_accepted(&object, &keys));
    free(object.data);
    if (key)
        free(key->secret.data);
    free(key);
    return accepted;
}

static void all_kinds_flip(uint32_t body, uint32_t step)
{
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        uint32_t tried = 0;
        uint32_t accepted = flips_accepted(&kinds[i], body, step, &tried);
        print_message("%s: %u bits turned over, %u accepted\n", kinds[i].name,
                      tried, accepted);
        assert_true(tried > 0);
        assert_int_equal(accepted, 0);
    }
}

static void no_flipped_bit_of_a_small_app_is_accepted(void **state)
{
    (void)state;
    all_kinds_flip(SMALL, 1);
}

static void no_flipped_bit_of_a_large_app_is_accepted(void **state)
{
    (void)state;
    all_kinds_flip(LARGE, getenv("FULL") != NULL ? 1 : SOME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_flipped_bit_of_a_small_app_is_accepted),
        cmocka_unit_test(no_flipped_bit_of_a_large_app_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
