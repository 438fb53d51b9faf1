/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of objects: how they are laid out, what stays and what is
 * refused.
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

static struct key *ec, *ec_other, *rsa2048, *rsa4096, *secret;

static struct key *parse(const char *text, const char *path)
{
    const char *why;
    struct key *key =
        key_parse((const uint8_t *)text, strlen(text), KEY_ANY, &why);
    assert_non_null(key);
    key->path = path;
    return key;
}

static int keys_make(void **state)
{
    (void)state;
    ec = parse(TEST_KEY_EC, "ec");
    ec_other = parse(TEST_KEY_EC_OTHER, "other");
    rsa2048 = parse(TEST_KEY_RSA2048, "rsa2048");
    rsa4096 = parse(TEST_KEY_RSA4096, "rsa4096");
    secret = parse(TEST_KEY_SECRET, "secret");
    return 0;
}

static int keys_free(void **state)
{
    (void)state;
    free(ec);
    free(ec_other);
    free(rsa2048);
    free(rsa4096);
    free(secret->secret.data);
    free(secret);
    return 0;
}

static struct signing by(const struct key *key)
{
    struct signing s = { 0 };
    signing_add(&s, key->format, key);
    return s;
}

static struct signing hash(uint32_t format)
{
    struct signing s = { 0 };
    signing_add(&s, format, NULL);
    return s;
}

/* `object` is replaced by what comes out. */
static void sign(struct bytes *object, const struct signing *s)
{
    struct bytes out = { 0 };
    if (FAILS(out = sign_object(s, "app", object)))
        fail_msg("refused: %s", said);
    free(object->data);
    *object = out;
}

/* Why it is refused. What was allocated by then is the program's to its end,
 * which here is the end of the test. */
static const char *refusal(const struct bytes *object, const struct signing *s)
{
    if (!FAILS(sign_object(s, "app", object)))
        fail_msg("was not refused");
    return said;
}

static void refused(const struct bytes *object, const struct signing *s,
                    const char *expected)
{
    const char *why = refusal(object, s);
    if (!strstr(why, expected))
        fail_msg("\"%s\" is not in: %s", expected, why);
}

static struct object_verdict *judge(const struct bytes *object,
                                    const struct key *key)
{
    static struct object_verdict v;
    const struct key *list[] = { key };
    const struct keys keys = { list, key ? 1 : 0 };
    object_judge(&v, object->data, (uint32_t)object->len, &keys);
    assert_int_equal(v.error, TBF_OK);
    assert_int_equal(v.tbf.total_size, object->len);
    return &v;
}

/* The formats in their order, those not known as 0xFFFF. */
static void formats_are(const struct bytes *object, uint32_t count, ...)
{
    const struct object_verdict *v = judge(object, NULL);
    va_list args;
    va_start(args, count);
    assert_int_equal(v->count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct footer *f = &v->footers[i];
        assert_int_equal(f->is_credential ? f->format : 0xFFFF,
                         va_arg(args, uint32_t));
    }
    va_end(args);
}

static struct bytes plain(uint32_t footers)
{
    return object_build(
        &(struct object_spec){ .body = 100, .footers = footers });
}

static void each_kind_is_accepted_by_its_key_alone(void **state)
{
    (void)state;
    const struct key *keys[] = { ec, ec_other, rsa2048, rsa4096, secret };
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        struct bytes object = plain(0);
        const struct signing s = by(keys[i]);
        sign(&object, &s);
        for (size_t k = 0; k < ARRAY_COUNT(keys); k++)
            assert_int_equal(judge(&object, keys[k])->is_accepted, i == k);
        assert_false(judge(&object, NULL)->is_accepted);
        formats_are(&object, 1, keys[i]->format);
        free(object.data);
    }
}

static void a_hash_is_accepted_only_where_no_key_is_given(void **state)
{
    (void)state;
    for (uint32_t format = CREDENTIAL_SHA256; format <= CREDENTIAL_SHA512;
         format++) {
        struct bytes object = plain(0);
        const struct signing s = hash(format);
        sign(&object, &s);
        assert_true(judge(&object, NULL)->is_accepted);
        assert_false(judge(&object, ec)->is_accepted);
        free(object.data);
    }
}

/* The two signatures by SHA-256 that RFC 6979 A.2.5 prints. */
static void signatures_are_those_of_rfc_6979(void **state)
{
    (void)state;
    static const uint8_t sample[] = {
        0xEF, 0xD4, 0x8B, 0x2A, 0xAC, 0xB6, 0xA8, 0xFD, 0x11, 0x40, 0xDD,
        0x9C, 0xD4, 0x5E, 0x81, 0xD6, 0x9D, 0x2C, 0x87, 0x7B, 0x56, 0xAA,
        0xF9, 0x91, 0xC3, 0x4D, 0x0E, 0xA8, 0x4E, 0xAF, 0x37, 0x16, 0xF7,
        0xCB, 0x1C, 0x94, 0x2D, 0x65, 0x7C, 0x41, 0xD4, 0x36, 0xC7, 0xA1,
        0xB6, 0xE2, 0x9F, 0x65, 0xF3, 0xE9, 0x00, 0xDB, 0xB9, 0xAF, 0xF4,
        0x06, 0x4D, 0xC4, 0xAB, 0x2F, 0x84, 0x3A, 0xCD, 0xA8,
    };
    static const uint8_t test[] = {
        0xF1, 0xAB, 0xB0, 0x23, 0x51, 0x83, 0x51, 0xCD, 0x71, 0xD8, 0x81,
        0x56, 0x7B, 0x1E, 0xA6, 0x63, 0xED, 0x3E, 0xFC, 0xF6, 0xC5, 0x13,
        0x2B, 0x35, 0x4F, 0x28, 0xD3, 0xB0, 0xB7, 0xD3, 0x83, 0x67, 0x01,
        0x9F, 0x41, 0x13, 0x74, 0x2A, 0x2B, 0x14, 0xBD, 0x25, 0x92, 0x6B,
        0x49, 0xC6, 0x49, 0x15, 0x5F, 0x26, 0x7E, 0x60, 0xD3, 0x81, 0x4B,
        0x4C, 0x0C, 0xC8, 0x42, 0x50, 0xE4, 0x6F, 0x00, 0x83,
    };
    struct covered covered;
    covered_take(&covered, (const uint8_t *)"sample", 6);
    struct bytes data = credential_make(&covered, CREDENTIAL_ECDSA, ec);
    assert_int_equal(data.len, sizeof sample);
    assert_memory_equal(data.data, sample, sizeof sample);
    free(data.data);
    covered_take(&covered, (const uint8_t *)"test", 4);
    data = credential_make(&covered, CREDENTIAL_ECDSA, ec);
    assert_memory_equal(data.data, test, sizeof test);
    free(data.data);
}

static void what_tock_knows_comes_first(void **state)
{
    (void)state;
    struct signing s = { 0 };
    signing_add(&s, CREDENTIAL_HMAC, secret);
    signing_add(&s, CREDENTIAL_RSA2048, rsa2048);
    signing_add(&s, CREDENTIAL_ECDSA, ec);
    signing_add(&s, CREDENTIAL_RSA4096, rsa4096);
    signing_add(&s, CREDENTIAL_SHA512, NULL);
    signing_add(&s, CREDENTIAL_SHA256, NULL);
    struct bytes object = plain(0);
    sign(&object, &s);
    formats_are(&object, 6, CREDENTIAL_SHA256, CREDENTIAL_SHA512,
                CREDENTIAL_RSA4096, CREDENTIAL_ECDSA, CREDENTIAL_HMAC,
                CREDENTIAL_RSA2048);
    free(object.data);
}

static void signing_again_changes_nothing(void **state)
{
    (void)state;
    const struct key *keys[] = { ec, rsa2048, rsa4096, secret };
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        struct bytes object = plain(0), first = { 0 };
        struct signing s = by(keys[i]);
        signing_add(&s, CREDENTIAL_SHA384, NULL);
        s.reserve = 100;
        sign(&object, &s);
        bytes_append(&first, object.data, object.len);
        sign(&object, &s);
        assert_int_equal(object.len, first.len);
        assert_memory_equal(object.data, first.data, first.len);
        free(object.data);
        free(first.data);
    }
}

static void room_is_used_before_the_object_grows(void **state)
{
    (void)state;
    struct bytes object = plain(0);
    struct signing s = hash(CREDENTIAL_SHA256);
    s.reserve = 80;
    sign(&object, &s);
    size_t len = object.len;
    formats_are(&object, 1, CREDENTIAL_SHA256);
    assert_int_equal(judge(&object, NULL)->room, 80);
    s = by(ec);
    sign(&object, &s);
    assert_int_equal(object.len, len);
    formats_are(&object, 2, CREDENTIAL_SHA256, CREDENTIAL_ECDSA);
    assert_int_equal(judge(&object, NULL)->room, 8);
    assert_true(judge(&object, ec)->is_accepted);
    free(object.data);
}

static void a_credential_of_another_key_stays_and_stays_right(void **state)
{
    (void)state;
    struct bytes object = plain(0);
    struct signing s = by(ec);
    s.reserve = 72;
    sign(&object, &s);
    s = by(ec_other);
    sign(&object, &s);
    formats_are(&object, 2, CREDENTIAL_ECDSA, CREDENTIAL_ECDSA);
    assert_true(judge(&object, ec)->is_accepted);
    assert_true(judge(&object, ec_other)->is_accepted);
    free(object.data);
}

static void one_that_would_break_is_a_refusal(void **state)
{
    (void)state;
    struct bytes object = plain(0);
    struct signing s = by(ec);
    sign(&object, &s);
    s = by(ec_other);
    refused(&object, &s, "which breaks ECDSA P-256");
    refused(&object, &s, "--reserve");
    s.is_stripped = true;
    sign(&object, &s);
    formats_are(&object, 1, CREDENTIAL_ECDSA);
    assert_true(judge(&object, ec_other)->is_accepted);
    free(object.data);
}

static void hashes_are_made_again_when_the_object_grows(void **state)
{
    (void)state;
    struct bytes object = plain(0);
    struct signing s = hash(CREDENTIAL_SHA512);
    sign(&object, &s);
    s = by(rsa2048);
    sign(&object, &s);
    formats_are(&object, 2, CREDENTIAL_SHA512, CREDENTIAL_RSA2048);
    assert_true(judge(&object, NULL)->is_accepted);
    assert_true(judge(&object, rsa2048)->is_accepted);
    free(object.data);
}

static void a_wrong_hash_is_not_made_right_in_passing(void **state)
{
    (void)state;
    struct bytes object = plain(0);
    struct signing s = hash(CREDENTIAL_SHA256);
    sign(&object, &s);
    object.data[object.len - 60] ^= 1;
    struct signing signature = by(ec);
    refused(&object, &signature, "was changed or damaged");
    sign(&object, &s); /* which asks for it */
    assert_true(judge(&object, NULL)->is_accepted);
    object.data[object.len - 60] ^= 1;
    signature.is_stripped = true;
    sign(&object, &signature);
    assert_true(judge(&object, ec)->is_accepted);
    free(object.data);
}

static void an_rsa_signature_over_something_else_is_replaced(void **state)
{
    (void)state;
    const struct key *keys[] = { rsa2048, rsa4096 };
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        struct bytes object = plain(0);
        const struct signing s = by(keys[i]);
        sign(&object, &s);
        object.data[100] ^= 1;
        assert_int_equal(judge(&object, keys[i])->judgements[0].verdict,
                         CREDENTIAL_WRONG);
        sign(&object, &s);
        formats_are(&object, 1, keys[i]->format);
        assert_true(judge(&object, keys[i])->is_accepted);
        free(object.data);
    }
}

/* Each size of what is left over, down to none. */
static void every_rest_of_room_is_filled(void **state)
{
    (void)state;
    for (uint32_t more = 0; more < 24; more++) {
        uint32_t size = 72 + more;
        if (size % 4 != 0)
            continue;
        struct bytes object = plain(size);
        const struct signing s = by(ec), twice = by(ec);
        sign(&object, &s);
        const struct object_verdict *v = judge(&object, ec);
        assert_int_equal(object.len - v->tbf.binary_end, size);
        assert_int_equal(v->rest, 0);
        assert_int_equal(v->count, 1);
        assert_int_equal(v->room, more);
        assert_true(v->is_accepted);
        sign(&object, &twice);
        assert_int_equal(judge(&object, ec)->count, 1);
        assert_int_equal(judge(&object, ec)->room, more);
        free(object.data);
    }
}

static void a_lot_of_room_is_several_reserved_ones(void **state)
{
    (void)state;
    struct bytes object = plain(0);
    struct signing s = by(ec);
    s.reserve = 8000000;
    sign(&object, &s);
    const struct object_verdict *v = judge(&object, ec);
    assert_true(v->is_accepted);
    assert_int_equal(v->count, 1);
    assert_int_equal(v->room, 8000000);
    assert_int_equal(v->rest, 0);
    assert_int_equal(object.len - v->tbf.binary_end, 8000072);
    free(object.data);
}

static void sizes_are_multiples_on_request(void **state)
{
    (void)state;
    struct bytes object = plain(0);
    struct signing s = by(ec);
    s.multiple = 512;
    sign(&object, &s);
    assert_int_equal(object.len, 512);
    assert_true(judge(&object, ec)->is_accepted);
    s.multiple = 0; /* what there is stays */
    sign(&object, &s);
    assert_int_equal(object.len, 512);
    s.is_fitted = true;
    sign(&object, &s);
    assert_int_equal(object.len, judge(&object, ec)->tbf.binary_end + 72);
    s.multiple = 100; /* any multiple of 4 */
    sign(&object, &s);
    assert_int_equal(object.len % 100, 0);
    assert_true(judge(&object, ec)->is_accepted);
    free(object.data);
}

static void stripping_leaves_a_bare_object(void **state)
{
    (void)state;
    struct bytes object = plain(0), before = plain(0);
    struct signing s = by(rsa4096);
    signing_add(&s, CREDENTIAL_SHA256, NULL);
    sign(&object, &s);
    s = (struct signing){ .is_stripped = true, .is_fitted = true };
    sign(&object, &s);
    assert_int_equal(object.len, before.len);
    assert_memory_equal(object.data, before.data, before.len);
    free(object.data);
    free(before.data);
}

/* A footer of a kind to come, in front of free room. */
static struct bytes with_stranger(uint32_t room)
{
    struct bytes object = plain(16 + room);
    uint8_t *footer = object.data + object.len - 16 - room;
    footer[0] = 0x77;
    footer[2] = 12;
    memset(footer + 4, 0xEE, 12);
    return object;
}

static void strangers_stay_behind_all_others(void **state)
{
    (void)state;
    struct bytes object = with_stranger(80);
    const struct signing s = by(ec);
    sign(&object, &s);
    formats_are(&object, 2, CREDENTIAL_ECDSA, 0xFFFF);
    const struct object_verdict *v = judge(&object, ec);
    assert_true(v->is_accepted);
    assert_int_equal(object.data[v->footers[1].whole.offset + 4], 0xEE);
    free(object.data);
    object = with_stranger(4);
    refused(&object, &s, "a footer of a kind not known here");
    free(object.data);
}

static void bytes_that_are_no_footer_are_not_dropped_in_silence(void **state)
{
    (void)state;
    struct bytes object = plain(100);
    memset(object.data + object.len - 100, 0xFF, 100); /* erased flash */
    struct signing s = by(ec);
    sign(&object, &s);
    assert_true(judge(&object, ec)->is_accepted);
    free(object.data);
    object = plain(100);
    memset(object.data + object.len - 100, 0xAB, 100);
    refused(&object, &s, "its last 100 bytes are no footer");
    s.is_stripped = true;
    sign(&object, &s);
    assert_true(judge(&object, ec)->is_accepted);
    free(object.data);
}

static void what_cannot_carry_credentials_is_refused(void **state)
{
    (void)state;
    const struct signing s = by(ec);
    struct bytes object =
        object_build(&(struct object_spec){ .body = 64, .writeable = 32 });
    refused(&object, &s, "writeable flash (32 bytes at");
    refused(&object, &s, "isolated storage");
    free(object.data);
    object = object_build(
        &(struct object_spec){ .body = 64, .has_no_program = true });
    refused(&object, &s, "no Program entry");
    free(object.data);
    object = plain(0);
    object.data[12] ^= 1;
    refused(&object, &s, "wrong header checksum");
    object.data[12] ^= 1;
    bytes_fill(&object, 0, 4);
    refused(&object, &s, "4 bytes behind the object's end");
    object.len -= 5;
    refused(&object, &s, "impossible total size");
    object.len = 0;
    refused(&object, &s, "not a sound TBF object");
    free(object.data);
    object = (struct bytes){ 0 };
    bytes_put16(&object, TBF_VERSION);
    bytes_put16(&object, 16);
    bytes_put32(&object, 16);
    bytes_fill(&object, 0, 8);
    object_seal(&object);
    refused(&object, &s, "padding, not an app");
    free(object.data);
}

static void a_wrong_credential_condemns_whatever_else_is_right(void **state)
{
    (void)state;
    struct bytes object = plain(0);
    struct signing s = by(ec);
    signing_add(&s, CREDENTIAL_SHA256, NULL);
    sign(&object, &s);
    const struct object_verdict *v = judge(&object, ec);
    object.data[v->footers[0].data.offset] ^= 1; /* the hash */
    v = judge(&object, ec);
    assert_int_equal(v->judgements[0].verdict, CREDENTIAL_WRONG);
    assert_int_equal(v->judgements[1].verdict, CREDENTIAL_RIGHT);
    assert_false(v->is_accepted);
    free(object.data);
}

/* Other tools sign such apps. */
static void an_app_that_may_write_what_is_covered_is_not_accepted(void **state)
{
    (void)state;
    struct bytes object = object_build(
        &(struct object_spec){ .body = 64, .writeable = 32, .footers = 72 });
    struct covered covered;
    size_t end = object.len - 72;
    covered_take(&covered, object.data, end);
    struct bytes data = credential_make(&covered, CREDENTIAL_ECDSA, ec);
    static const uint8_t head[] = { 128, 0, 68, 0, CREDENTIAL_ECDSA, 0, 0, 0 };
    memcpy(object.data + end, head, sizeof head);
    memcpy(object.data + end + sizeof head, data.data, data.len);
    const struct object_verdict *v = judge(&object, ec);
    assert_int_equal(v->judgements[0].verdict, CREDENTIAL_RIGHT);
    assert_true(v->has_writeable);
    assert_false(v->is_accepted);
    free(data.data);
    free(object.data);
}

static void a_modulus_in_the_object_is_nobodys_word(void **state)
{
    (void)state;
    struct bytes object = plain(0);
    struct signing s = by(rsa4096);
    sign(&object, &s);
    const struct object_verdict *v = judge(&object, ec);
    assert_int_equal(v->judgements[0].verdict, CREDENTIAL_NO_KEY);
    assert_false(v->is_accepted);
    free(object.data);
}

static void more_credentials_than_make_sense_are_refused(void **state)
{
    (void)state;
    struct signing s = { 0 };
    for (uint32_t i = 0; i < SIGN_MAX; i++)
        signing_add(&s, 100 + i, NULL);
    assert_true(FAILS(signing_add(&s, 200, NULL)));
    struct bytes object = plain(8 * (OBJECT_CREDENTIALS_MAX + 1));
    uint8_t *footer = object.data + judge(&object, NULL)->tbf.binary_end;
    for (uint32_t i = 0; i <= OBJECT_CREDENTIALS_MAX; i++, footer += 8) {
        footer[0] = 0x77;
        footer[2] = 4;
    }
    s = by(ec);
    refused(&object, &s, "65 footers are too many");
    free(object.data);
    object = plain(8 * OBJECT_CREDENTIALS_MAX + 80);
    footer = object.data + judge(&object, NULL)->tbf.binary_end;
    for (uint32_t i = 0; i < OBJECT_CREDENTIALS_MAX; i++, footer += 8) {
        footer[0] = 0x77;
        footer[2] = 4;
    }
    refused(&object, &s, "64 footers and these are too many");
    s.is_stripped = true;
    sign(&object, &s);
    assert_true(judge(&object, ec)->is_accepted);
    free(object.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_accepted_by_its_key_alone),
        cmocka_unit_test(a_hash_is_accepted_only_where_no_key_is_given),
        cmocka_unit_test(signatures_are_those_of_rfc_6979),
        cmocka_unit_test(what_tock_knows_comes_first),
        cmocka_unit_test(signing_again_changes_nothing),
        cmocka_unit_test(room_is_used_before_the_object_grows),
        cmocka_unit_test(a_credential_of_another_key_stays_and_stays_right),
        cmocka_unit_test(one_that_would_break_is_a_refusal),
        cmocka_unit_test(hashes_are_made_again_when_the_object_grows),
        cmocka_unit_test(a_wrong_hash_is_not_made_right_in_passing),
        cmocka_unit_test(an_rsa_signature_over_something_else_is_replaced),
        cmocka_unit_test(every_rest_of_room_is_filled),
        cmocka_unit_test(a_lot_of_room_is_several_reserved_ones),
        cmocka_unit_test(sizes_are_multiples_on_request),
        cmocka_unit_test(stripping_leaves_a_bare_object),
        cmocka_unit_test(strangers_stay_behind_all_others),
        cmocka_unit_test(bytes_that_are_no_footer_are_not_dropped_in_silence),
        cmocka_unit_test(what_cannot_carry_credentials_is_refused),
        cmocka_unit_test(a_wrong_credential_condemns_whatever_else_is_right),
        cmocka_unit_test(an_app_that_may_write_what_is_covered_is_not_accepted),
        cmocka_unit_test(a_modulus_in_the_object_is_nobodys_word),
        cmocka_unit_test(more_credentials_than_make_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, keys_make, keys_free);
}
