/* SPDX-License-Identifier: Apache-2.0 */
/* The walk of footers, in heap blocks of exactly the object's size, so that
 * the sanitizers see each byte too many.
 * SOURCES: pic/footer.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pic/footer.h>

#define BINARY_END 8u

/* An object whose header does not matter here. */
struct object {
    uint8_t bytes[4096];
    struct tbf tbf;
};

static void byte_add(struct object *o, uint32_t value)
{
    o->bytes[o->tbf.total_size++] = (uint8_t)value;
}

static void head_add(struct object *o, uint32_t type, uint32_t len)
{
    byte_add(o, type);
    byte_add(o, type >> 8);
    byte_add(o, len);
    byte_add(o, len >> 8);
}

static void credential_add(struct object *o, uint32_t format, uint32_t size)
{
    head_add(o, TBF_TLV_CREDENTIALS, 4 + size);
    for (unsigned i = 0; i < 4; i++)
        byte_add(o, format >> 8 * i);
    for (uint32_t i = 0; i < size; i++)
        byte_add(o, i);
}

static void object_begin(struct object *o)
{
    *o = (struct object){ .tbf = { .total_size = BINARY_END,
                                   .binary_end = BINARY_END } };
}

/* Walks it; how many footers there are, the first few in `out`, and where the
 * walk ended. */
static uint32_t walk(const struct object *o, struct footer out[16],
                     uint32_t *at)
{
    uint8_t *exact = malloc(o->tbf.total_size);
    assert_non_null(exact);
    memcpy(exact, o->bytes, o->tbf.total_size);
    uint32_t count = 0;
    *at = o->tbf.binary_end;
    while (count < 16 && footer_next(exact, &o->tbf, at, &out[count]))
        count++;
    free(exact);
    return count;
}

static void an_object_without_footers_has_none(void **state)
{
    (void)state;
    struct object o;
    struct footer f[16];
    uint32_t at;
    object_begin(&o);
    assert_int_equal(walk(&o, f, &at), 0);
    assert_int_equal(at, BINARY_END);
}

static void every_format_is_found_with_its_data(void **state)
{
    (void)state;
    static const struct {
        uint32_t format, size, modulus;
    } expected[] = {
        { CREDENTIAL_RESERVED, 20, 0 },    { CREDENTIAL_RSA3072, 768, 384 },
        { CREDENTIAL_RSA4096, 1024, 512 }, { CREDENTIAL_SHA256, 32, 0 },
        { CREDENTIAL_SHA384, 48, 0 },      { CREDENTIAL_SHA512, 64, 0 },
        { CREDENTIAL_ECDSA, 64, 0 },       { CREDENTIAL_HMAC, 32, 0 },
        { CREDENTIAL_RSA2048, 256, 0 },    { CREDENTIAL_CLEARTEXT, 8, 0 },
    };
    struct object o;
    struct footer f[16];
    uint32_t at;
    object_begin(&o);
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++)
        credential_add(&o, expected[i].format, expected[i].size);
    assert_int_equal(walk(&o, f, &at), ARRAY_COUNT(expected));
    assert_int_equal(at, o.tbf.total_size);
    at = BINARY_END;
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++) {
        assert_true(f[i].is_credential);
        assert_int_equal(f[i].format, expected[i].format);
        assert_int_equal(f[i].whole.offset, at);
        assert_int_equal(f[i].data.offset, at + 8);
        assert_int_equal(f[i].data.len, expected[i].size);
        assert_int_equal(credential_modulus_size(f[i].format),
                         expected[i].modulus);
        at += 8 + expected[i].size;
        if (expected[i].format != CREDENTIAL_RESERVED)
            assert_int_equal(credential_size(f[i].format), expected[i].size);
    }
}

static void what_is_not_known_hides_nothing_behind_it(void **state)
{
    (void)state;
    struct object o;
    struct footer f[16];
    uint32_t at;
    object_begin(&o);
    head_add(&o, 0x1234, 3); /* another type, and a length that is not even */
    byte_add(&o, 1);
    byte_add(&o, 2);
    byte_add(&o, 3);
    credential_add(&o, 0xABCD, 5);   /* an unknown format */
    credential_add(&o, 0x10003, 32); /* like SHA-256 in its low half */
    credential_add(&o, CREDENTIAL_SHA256, 31); /* too short */
    credential_add(&o, CREDENTIAL_SHA256, 33); /* too long */
    head_add(&o, TBF_TLV_CREDENTIALS, 0);      /* no room for a format */
    head_add(&o, TBF_TLV_CREDENTIALS, 3);
    byte_add(&o, CREDENTIAL_SHA256);
    byte_add(&o, 0);
    byte_add(&o, 0);
    credential_add(&o, CREDENTIAL_HMAC, 32);
    assert_int_equal(walk(&o, f, &at), 8);
    for (uint32_t i = 0; i < 7; i++)
        assert_false(f[i].is_credential);
    assert_true(f[7].is_credential);
    assert_int_equal(f[7].format, CREDENTIAL_HMAC);
    assert_int_equal(at, o.tbf.total_size);
}

static void one_that_is_cut_off_ends_the_walk(void **state)
{
    (void)state;
    struct object o;
    struct footer f[16];
    uint32_t at, whole;
    object_begin(&o);
    credential_add(&o, CREDENTIAL_SHA256, 32);
    whole = o.tbf.total_size;
    for (uint32_t total = BINARY_END; total < whole; total++) {
        o.tbf.total_size = total;
        assert_int_equal(walk(&o, f, &at), 0);
        assert_int_equal(at, BINARY_END);
    }
    o.tbf.total_size = whole;
    assert_int_equal(walk(&o, f, &at), 1);
}

static void the_longest_length_does_not_wrap(void **state)
{
    (void)state;
    struct object o;
    struct footer f[16];
    uint32_t at;
    object_begin(&o);
    head_add(&o, TBF_TLV_CREDENTIALS, 0xFFFF);
    byte_add(&o, 0);
    assert_int_equal(walk(&o, f, &at), 0);
    o.tbf.binary_end = o.tbf.total_size; /* and one behind nothing at all */
    assert_int_equal(walk(&o, f, &at), 0);
}

static void a_word_of_zeros_ends_the_walk(void **state)
{
    (void)state;
    struct object o;
    struct footer f[16];
    uint32_t at;
    object_begin(&o);
    credential_add(&o, CREDENTIAL_SHA256, 32);
    head_add(&o, 0, 0);
    credential_add(&o, CREDENTIAL_SHA256, 32);
    assert_int_equal(walk(&o, f, &at), 1);
    assert_int_equal(at, BINARY_END + 40);
}

static void names_are_there_for_all(void **state)
{
    (void)state;
    assert_string_equal(credential_name(CREDENTIAL_ECDSA), "ECDSA P-256");
    assert_string_equal(credential_name(CREDENTIAL_CLEARTEXT), "clear-text id");
    assert_string_equal(credential_name(CREDENTIAL_RESERVED), "reserved");
    assert_string_equal(credential_name(99), "unknown credential");
    assert_int_equal(credential_size(99), 0);
    assert_int_equal(credential_modulus_size(99), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_without_footers_has_none),
        cmocka_unit_test(every_format_is_found_with_its_data),
        cmocka_unit_test(what_is_not_known_hides_nothing_behind_it),
        cmocka_unit_test(one_that_is_cut_off_ends_the_walk),
        cmocka_unit_test(the_longest_length_does_not_wrap),
        cmocka_unit_test(a_word_of_zeros_ends_the_walk),
        cmocka_unit_test(names_are_there_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
