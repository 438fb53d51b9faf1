/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as they come in files: every form, and what is refused.
 * SOURCES: tools/berth/key.c tools/berth/key_new.c tools/berth/key_set.c
 * SOURCES: tools/berth/der.c tools/berth/file.c pic/footer.c tests/fake/said.c
 * LINK: -lbearssl */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pic/footer.h>
#include <tests/fake/said.h>
#include <tests/fake/test_keys.h>
#include <tools/berth/der.h>
#include <tools/berth/key.h>

static struct key *parse(const char *text)
{
    const char *why;
    struct key *key =
        key_parse((const uint8_t *)text, strlen(text), KEY_ANY, &why);
    if (!key)
        print_error("%s: %.40s\n", why, text);
    assert_non_null(key);
    return key;
}

static void key_free(struct key *key)
{
    free(key->secret.data);
    free(key);
}

static void refused(const char *text, const char *expected)
{
    const char *why = "";
    assert_null(key_parse((const uint8_t *)text, strlen(text), KEY_ANY, &why));
    if (!strstr(why, expected))
        fail_msg("\"%s\" is not in: %s", expected, why);
}

/* The DER in a PEM text. */
static struct bytes der_of(const char *text)
{
    struct bytes der = { 0 };
    uint32_t bits = 0, count = 0;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    for (const char *c = strchr(text, '\n'); *c && *c != '-'; c++) {
        const char *digit = strchr(digits, *c);
        if (!digit || !*c)
            continue;
        bits = bits << 6 | (uint32_t)(digit - digits);
        if (++count % 4 == 0) {
            const uint8_t three[] = { (uint8_t)(bits >> 16),
                                      (uint8_t)(bits >> 8), (uint8_t)bits };
            bytes_append(&der, three, 3);
        }
    }
    if (count % 4) {
        bits <<= 6 * (4 - count % 4);
        const uint8_t two[] = { (uint8_t)(bits >> 16), (uint8_t)(bits >> 8) };
        bytes_append(&der, two, count % 4 - 1);
    }
    return der;
}

static const struct form {
    const char *text;
    uint32_t format;
    bool can_sign;
    const char *same; /* another text of the same key */
} forms[] = {
    { TEST_KEY_EC, CREDENTIAL_ECDSA, true, TEST_KEY_EC },
    { TEST_KEY_EC_TRADITIONAL, CREDENTIAL_ECDSA, true, TEST_KEY_EC },
    { TEST_KEY_EC_PUBLIC, CREDENTIAL_ECDSA, false, TEST_KEY_EC },
    { TEST_KEY_RSA2048, CREDENTIAL_RSA2048, true, TEST_KEY_RSA2048 },
    { TEST_KEY_RSA2048_TRADITIONAL, CREDENTIAL_RSA2048, true,
      TEST_KEY_RSA2048 },
    { TEST_KEY_RSA2048_PUBLIC, CREDENTIAL_RSA2048, false, TEST_KEY_RSA2048 },
    { TEST_KEY_RSA4096, CREDENTIAL_RSA4096, true, TEST_KEY_RSA4096 },
    { TEST_KEY_RSA4096_PUBLIC, CREDENTIAL_RSA4096, false, TEST_KEY_RSA4096 },
    { TEST_KEY_SECRET, CREDENTIAL_HMAC, true, TEST_KEY_SECRET },
};

static void every_form_of_a_key_is_the_same_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        struct key *key = parse(forms[i].text), *same = parse(forms[i].same);
        assert_int_equal(key->format, forms[i].format);
        assert_int_equal(key->can_sign, forms[i].can_sign);
        assert_memory_equal(key->id, same->id, KEY_ID_SIZE);
        struct bytes a = key_material(key), b = key_material(same);
        assert_int_equal(a.len, b.len);
        assert_memory_equal(a.data, b.data, a.len);
        free(a.data);
        free(b.data);
        key_free(key);
        key_free(same);
    }
}

static void der_is_read_as_pem_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        struct key *key = parse(forms[i].text);
        struct bytes der = der_of(forms[i].text);
        const char *why;
        struct key *again = key_parse(der.data, der.len, KEY_SECRET, &why);
        assert_non_null(again);
        assert_memory_equal(again->id, key->id, KEY_ID_SIZE);
        key_free(again);
        again = key_parse(der.data, der.len, KEY_ANY, &why);
        assert_int_equal(again != NULL, key->format != CREDENTIAL_HMAC);
        if (again)
            key_free(again);
        free(der.data);
        key_free(key);
    }
}

static void the_public_half_is_written_as_others_write_it(void **state)
{
    (void)state;
    static const struct {
        const char *whole, *public_half;
    } pairs[] = {
        { TEST_KEY_EC, TEST_KEY_EC_PUBLIC },
        { TEST_KEY_RSA2048, TEST_KEY_RSA2048_PUBLIC },
        { TEST_KEY_RSA4096, TEST_KEY_RSA4096_PUBLIC },
    };
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        struct key *key = parse(pairs[i].whole);
        struct bytes der = key_public_der(key);
        struct bytes pem = key_pem(&der, "PUBLIC KEY");
        assert_int_equal(pem.len, strlen(pairs[i].public_half));
        assert_memory_equal(pem.data, pairs[i].public_half, pem.len);
        free(der.data);
        free(pem.data);
        key_free(key);
    }
}

/* SHA-256 of the SubjectPublicKeyInfo: `openssl dgst` says the same. */
static void the_id_is_the_hash_of_the_public_key(void **state)
{
    (void)state;
    char text[2 * KEY_ID_SHOWN + 1];
    struct key *key = parse(TEST_KEY_EC);
    struct bytes der = der_of(TEST_KEY_EC_PUBLIC);
    br_sha256_context sha;
    uint8_t hash[br_sha256_SIZE];
    br_sha256_init(&sha);
    br_sha256_update(&sha, der.data, der.len);
    br_sha256_out(&sha, hash);
    assert_memory_equal(key->id, hash, sizeof hash);
    key_id_text(key, text);
    assert_int_equal(strlen(text), 16);
    assert_int_equal(strtoul((char[]){ text[14], text[15], 0 }, NULL, 16),
                     hash[7]);
    free(der.data);
    key_free(key);
}

static void other_kinds_of_keys_are_refused_by_name(void **state)
{
    (void)state;
    refused(TEST_KEY_EC_P384, "another curve than P-256");
    refused(TEST_KEY_EC_ENCRYPTED, "is encrypted; `openssl pkey");
    refused(TEST_KEY_RSA1024, "another kind than 2048 or 4096 bits");
    refused(TEST_KEY_RSA2048_EXPONENT3_PUBLIC, "public exponent 65537");
    /* A private key does not tell its exponent to those who sign. */
    refused(TEST_KEY_RSA2048_EXPONENT3, "does not verify what it signs");
}

static void what_is_no_key_is_refused(void **state)
{
    (void)state;
    static const char begin[] = "-----BEGIN PRIVATE KEY-----\n";
    char text[256];
    refused("", "is no key");
    refused("hello", "is no key");
    refused("0123456789abcdef", "is no key");
    refused("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "is no key");
    refused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
            "is no key");
    snprintf(text, sizeof text, "%sAAAA", begin);
    refused(text, "is cut off");
    snprintf(text, sizeof text, "%s####\n-----END PRIVATE KEY-----\n", begin);
    refused(text, "cannot be read");
    refused(TEST_KEY_EC TEST_KEY_RSA2048, "more than one key");
    refused("-----BEGIN " KEY_PEM_SECRET "-----\nAAAA\n-----END " KEY_PEM_SECRET
            "-----\n",
            "16 to 64 bytes");
}

static void parameters_before_a_key_are_passed_over(void **state)
{
    (void)state;
    struct key *key =
        parse("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
              "-----END EC PARAMETERS-----\n" TEST_KEY_EC_TRADITIONAL);
    assert_int_equal(key->format, CREDENTIAL_ECDSA);
    key_free(key);
}

static void the_last_line_may_lack_its_end(void **state)
{
    (void)state;
    char text[] = TEST_KEY_EC;
    text[strlen(text) - 1] = '\0';
    key_free(parse(text));
}

static void every_cut_of_a_key_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = { TEST_KEY_EC, TEST_KEY_RSA2048_PUBLIC };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct bytes der = der_of(texts[i]);
        for (size_t len = 0; len < der.len; len++) {
            uint8_t *exact = malloc(len + 1);
            const char *why;
            memcpy(exact, der.data, len);
            assert_null(key_parse(exact, len, KEY_ANY, &why));
            free(exact);
        }
        free(der.data);
    }
}

/* A private key of which a bit is wrong would give its secret away with the
 * first signature it makes (of RSA, a wrong half of it). None is taken, unless
 * the bit means nothing. */
static void a_damaged_private_key_is_refused(void **state)
{
    (void)state;
    struct key *key = parse(TEST_KEY_RSA2048);
    struct bytes der = der_of(TEST_KEY_RSA2048);
    uint32_t taken = 0, tried = 0;
    for (size_t bit = 0; bit < 8 * der.len; bit += 23) {
        const char *why;
        der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct key *bad = key_parse(der.data, der.len, KEY_ANY, &why);
        der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        tried++;
        if (!bad)
            continue;
        /* Of what BearSSL does not read: modulus and whole exponent. */
        assert_memory_equal(bad->id, key->id, KEY_ID_SIZE);
        assert_int_equal(bad->rsa_private.plen, key->rsa_private.plen);
        assert_memory_equal(bad->rsa_private.p, key->rsa_private.p,
                            key->rsa_private.plen);
        assert_memory_equal(bad->rsa_private.dq, key->rsa_private.dq,
                            key->rsa_private.dqlen);
        taken++;
        key_free(bad);
    }
    assert_true(taken < tried * 6 / 10);
    free(der.data);
    key_free(key);
}

static void a_point_off_the_curve_is_refused(void **state)
{
    (void)state;
    struct bytes der = der_of(TEST_KEY_EC_PUBLIC);
    const char *why;
    der.data[der.len - 1] ^= 1;
    assert_null(key_parse(der.data, der.len, KEY_ANY, &why));
    assert_non_null(strstr(why, "not on P-256"));
    free(der.data);
}

static void bare_bytes_are_a_secret_where_one_is_wanted(void **state)
{
    (void)state;
    uint8_t secret[KEY_SECRET_MAX + 1];
    memset(secret, 0x5A, sizeof secret);
    for (size_t len = 0; len <= sizeof secret; len++) {
        const char *why;
        struct key *key = key_parse(secret, len, KEY_SECRET, &why);
        assert_int_equal(key != NULL,
                         len >= KEY_SECRET_MIN && len <= KEY_SECRET_MAX);
        if (!key)
            continue;
        assert_int_equal(key->secret.len, len);
        key_free(key);
    }
}

static void new_keys_are_keys_and_never_the_same(void **state)
{
    (void)state;
    static const uint32_t formats[] = { CREDENTIAL_ECDSA, CREDENTIAL_HMAC,
                                        CREDENTIAL_RSA2048 };
    for (size_t i = 0; i < ARRAY_COUNT(formats); i++) {
        struct bytes a = key_new(formats[i]), b = key_new(formats[i]);
        bytes_fill(&a, 0, 1);
        bytes_fill(&b, 0, 1);
        struct key *x = parse((const char *)a.data);
        struct key *y = parse((const char *)b.data);
        assert_int_equal(x->format, formats[i]);
        assert_true(x->can_sign && y->can_sign);
        assert_memory_not_equal(x->id, y->id, KEY_ID_SIZE);
        key_free(x);
        key_free(y);
        free(a.data);
        free(b.data);
    }
}

static void a_key_set_names_only_what_is_public(void **state)
{
    (void)state;
    struct key *key = parse(TEST_KEY_EC);
    struct keys keys = { 0 };
    key->path = "dir/odd \"name\".pem";
    keys_add(&keys, key);
    struct bytes text = key_set_make(&keys);
    bytes_fill(&text, 0, 1);
    const char *c = (const char *)text.data;
    assert_non_null(strstr(c, "\"odd__name_\""));
    assert_non_null(strstr(c, "CREDENTIAL_ECDSA, sizeof key_0, key_0"));
    assert_non_null(strstr(c, "0x04, 0x60, 0xfe, 0xd4, 0xba")); /* the point */
    assert_null(strstr(c, "0xc9, 0xaf, 0xa9")); /* the private key */
    free(text.data);
    free(keys.list);
    key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_a_key_is_the_same_key),
        cmocka_unit_test(der_is_read_as_pem_is),
        cmocka_unit_test(the_public_half_is_written_as_others_write_it),
        cmocka_unit_test(the_id_is_the_hash_of_the_public_key),
        cmocka_unit_test(other_kinds_of_keys_are_refused_by_name),
        cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test(parameters_before_a_key_are_passed_over),
        cmocka_unit_test(the_last_line_may_lack_its_end),
        cmocka_unit_test(every_cut_of_a_key_is_refused),
        cmocka_unit_test(a_damaged_private_key_is_refused),
        cmocka_unit_test(a_point_off_the_curve_is_refused),
        cmocka_unit_test(bare_bytes_are_a_secret_where_one_is_wanted),
        cmocka_unit_test(new_keys_are_keys_and_never_the_same),
        cmocka_unit_test(a_key_set_names_only_what_is_public),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
