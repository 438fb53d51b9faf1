/* SPDX-License-Identifier: Apache-2.0 */
/* The check of an object's credentials: which one decides, what is wrong if none
 * does, and that no step does much. Credentials are made by another
 * implementation than checks them where there are two: with keys of files.
 * SOURCES: loader/credential.c loader/checker_hash.c loader/checker_hmac.c
 * SOURCES: loader/checker_signature.c crypto/verify.c crypto/bearssl_digest.c
 * SOURCES: boards/qemu-virt-secure/keys.c pic/footer.c pic/tbf.c
 * SOURCES: tests/fake/signing.c tests/fake/verifier.c kernel/string.c
 * LINK: -lbearssl */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <crypto/bearssl_digest.h>
#include <tests/fake/signing.h>
#include <tests/fake/verifier.h>

#define KEYS "tests/keys/"

/* ---- digests that are watched ----------------------------------------------------- */

static size_t longest; /* piece */
static uint32_t begins;

#define WATCHED(name)                                                          \
    static void name##_begin(void *state, const uint8_t *key, size_t len)      \
    {                                                                          \
        begins++;                                                              \
        bearssl_##name.begin(state, key, len);                                 \
    }                                                                          \
    static void name##_add(void *state, const uint8_t *bytes, size_t len)      \
    {                                                                          \
        longest = len > longest ? len : longest;                               \
        bearssl_##name.add(state, bytes, len);                                 \
    }

WATCHED(sha256)
WATCHED(sha384)
WATCHED(sha512)
WATCHED(hmac_sha256)

static struct digest_class sha256, sha384, sha512, hmac;

static void watch(void)
{
    sha256 = bearssl_sha256;
    sha256.begin = sha256_begin;
    sha256.add = sha256_add;
    sha384 = bearssl_sha384;
    sha384.begin = sha384_begin;
    sha384.add = sha384_add;
    sha512 = bearssl_sha512;
    sha512.begin = sha512_begin;
    sha512.add = sha512_add;
    hmac = bearssl_hmac_sha256;
    hmac.begin = hmac_sha256_begin;
    hmac.add = hmac_sha256_add;
}

/* ---- a board -------------------------------------------------------------------------- */

static const struct checker checkers[] = {
    CHECKER_SHA256(&sha256),     CHECKER_SHA384(&sha384),
    CHECKER_SHA512(&sha512),     CHECKER_HMAC_SHA256(&hmac),
    CHECKER_ECDSA_P256(&sha256), CHECKER_RSA_2048(&sha256),
    CHECKER_RSA_4096(&sha512),
};

static ALIGNED(8) uint8_t digest_state[1024];
static struct verifier verifier;
static uint32_t woken;
static uint8_t object[8192];
static uint32_t size;
static struct check check;

static void wake(struct check_client *client)
{
    (void)client;
    woken++;
}

static struct check_client client = { wake };

static int setup(void **state)
{
    (void)state;
    watch();
    longest = begins = woken = 0;
    fake_verifier = (struct fake_verifier){ 0 };
    verifier = (struct verifier){ 0 };
    check = (struct check){
        .checkers = checkers,
        .checker_count = ARRAY_COUNT(checkers),
        .keys = board_keys,
        .key_count = board_key_count,
        .state = digest_state,
        .verifier = &verifier,
        .client = &client,
    };
    size = signing_object(object, 1000);
    return 0;
}

/* Steps until it is over; in a block of exactly the object's size. */
static enum check_verdict judge(void)
{
    struct tbf tbf;
    uint8_t *exact = malloc(size);
    enum check_progress p = CHECK_MORE;
    assert_non_null(exact);
    memcpy(exact, object, size);
    assert_int_equal(tbf_parse(exact, size, &tbf), TBF_OK);
    check_begin(&check, exact, &tbf);
    for (uint32_t steps = 0; p == CHECK_MORE; steps++) {
        assert_true(steps < 1000);
        p = check_step(&check);
    }
    assert_int_equal(p, CHECK_DONE);
    free(exact);
    return check.result.verdict;
}

static void room(uint32_t footers)
{
    signing_size(object, size + footers);
}

/* ---- one credential ----------------------------------------------------------------------- */

static const struct {
    uint32_t format, key;
    const char *file;
} kinds[] = {
    { CREDENTIAL_SHA256, CHECK_KEY_OF_NOBODY, NULL },
    { CREDENTIAL_SHA384, CHECK_KEY_OF_NOBODY, NULL },
    { CREDENTIAL_SHA512, CHECK_KEY_OF_NOBODY, NULL },
    { CREDENTIAL_HMAC, 1, KEYS "hmac.pem" },
    { CREDENTIAL_ECDSA, 2, KEYS "ecdsa-first.pem" },
    { CREDENTIAL_ECDSA, 3, KEYS "ecdsa-second.pem" },
    { CREDENTIAL_RSA2048, 4, KEYS "rsa2048-first.pem" },
    { CREDENTIAL_RSA2048, 5, KEYS "rsa2048-second.pem" },
    { CREDENTIAL_RSA4096, 6, KEYS "rsa4096.pem" },
};

static void each_kind_is_accepted_by_the_key_that_made_it(void **state)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        setup(state);
        signing_add(object, &size, kinds[i].format, kinds[i].file);
        assert_int_equal(judge(), CHECK_ACCEPTED);
        assert_int_equal(check.result.key, kinds[i].key);
        assert_int_equal(check.result.format, kinds[i].format);
        assert_int_equal(longest, DIGEST_PIECE);
    }
}

static void a_changed_byte_has_the_reason_of_its_kind(void **state)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        setup(state);
        signing_add(object, &size, kinds[i].format, kinds[i].file);
        object[500] ^= 1;
        assert_int_equal(judge(), kinds[i].file == NULL ? CHECK_BAD_HASH
                                                        : CHECK_NOT_SIGNED);
        assert_int_equal(check.result.key, 0);
        assert_int_equal(check.result.format, kinds[i].format);
    }
}

static void an_app_without_footers_has_no_credential(void **state)
{
    (void)state;
    assert_int_equal(judge(), CHECK_NO_CREDENTIAL);
    assert_int_equal(begins, 0);
}

static void what_the_board_does_not_check_is_no_credential(void **state)
{
    (void)state;
    signing_add(object, &size, CREDENTIAL_SHA384, NULL);
    check.checkers = &checkers[4]; /* ECDSA alone */
    check.checker_count = 1;
    assert_int_equal(judge(), CHECK_NO_CREDENTIAL);
    check.checker_count = 0;
    assert_int_equal(judge(), CHECK_NO_CREDENTIAL);
    assert_int_equal(begins, 0);
}

static void a_key_of_another_board_is_not_accepted(void **state)
{
    (void)state;
    signing_add(object, &size, CREDENTIAL_ECDSA, KEYS "stranger-ecdsa.pem");
    assert_int_equal(judge(), CHECK_NOT_SIGNED);
    size = signing_object(object, 1000);
    signing_add(object, &size, CREDENTIAL_RSA4096, KEYS "stranger-rsa4096.pem");
    uint32_t asked = fake_verifier.asked;
    assert_int_equal(judge(), CHECK_UNKNOWN_KEY); /* it names its key */
    assert_int_equal(fake_verifier.asked, asked);
}

static void the_named_key_does_not_stand_in_for_the_signature(void **state)
{
    (void)state;
    uint8_t other[8192];
    uint32_t other_size = signing_object(other, 1000);
    signing_add(object, &size, CREDENTIAL_RSA4096, KEYS "rsa4096.pem");
    signing_add(other, &other_size, CREDENTIAL_RSA4096,
                KEYS "stranger-rsa4096.pem");
    memcpy(object + size - 512, other + other_size - 512, 512);
    assert_int_equal(judge(), CHECK_NOT_SIGNED);
}

static void a_board_without_such_a_key_says_so(void **state)
{
    (void)state;
    static const uint32_t formats[] = { 3, 4, 6, 8 };
    for (uint32_t i = 0; i < ARRAY_COUNT(formats); i++) {
        uint32_t k = formats[i];
        size = signing_object(object, 1000);
        signing_add(object, &size, kinds[k].format, kinds[k].file);
        check.key_count = 0;
        assert_int_equal(judge(), CHECK_UNKNOWN_KEY);
    }
    assert_int_equal(fake_verifier.asked, 0);
}

static void each_of_several_codes_is_tried(void **state)
{
    (void)state;
    static const uint8_t secret[32] = { 1 };
    struct board_key keys[] = {
        { "a", { 0 }, CREDENTIAL_HMAC, sizeof secret, secret },
        board_keys[1],
        board_keys[0],
        { "d", { 0 }, CREDENTIAL_HMAC, 16, secret },
    };
    check.keys = keys;
    check.key_count = ARRAY_COUNT(keys);
    signing_add(object, &size, CREDENTIAL_HMAC, KEYS "hmac.pem");
    assert_int_equal(judge(), CHECK_ACCEPTED);
    assert_int_equal(check.result.key, 3);
    keys[2] = board_keys[2];
    begins = 0;
    assert_int_equal(judge(), CHECK_NOT_SIGNED);
    assert_int_equal(begins, 2);
}

/* ---- several -------------------------------------------------------------------------------- */

static void what_is_not_known_is_passed_over(void **state)
{
    (void)state;
    static const uint8_t bytes[40] = { 1, 2, 3 };
    uint32_t at = size;
    room(3 * 8 + 3 + 40 + 9 + 72);
    at = signing_footer(object, at, 0x1234, 5, bytes, 3);
    at = signing_footer(object, at, TBF_TLV_CREDENTIALS, 99, bytes, 40);
    at = signing_footer(object, at, TBF_TLV_CREDENTIALS, CREDENTIAL_RESERVED,
                        bytes, 9);
    size = signing_put(object, at, CREDENTIAL_ECDSA, KEYS "ecdsa-first.pem");
    assert_int_equal(judge(), CHECK_ACCEPTED);
    assert_int_equal(check.result.key, 2);
}

static void the_first_that_is_accepted_decides(void **state)
{
    (void)state;
    uint32_t at = size;
    room(72 + 72 + 40);
    at = signing_put(object, at, CREDENTIAL_ECDSA, KEYS "ecdsa-second.pem");
    at = signing_put(object, at, CREDENTIAL_ECDSA, KEYS "ecdsa-first.pem");
    size = signing_put(object, at, CREDENTIAL_SHA256, NULL);
    assert_int_equal(judge(), CHECK_ACCEPTED);
    assert_int_equal(check.result.key, 3);
}

static void a_wrong_one_hides_no_right_one(void **state)
{
    (void)state;
    uint32_t at = size;
    room(72 + 40 + 72);
    at = signing_put(object, at, CREDENTIAL_ECDSA, KEYS "stranger-ecdsa.pem");
    uint32_t hash = at;
    at = signing_put(object, at, CREDENTIAL_SHA256, NULL);
    object[hash + 20] ^= 4;
    size = signing_put(object, at, CREDENTIAL_ECDSA, KEYS "ecdsa-first.pem");
    assert_int_equal(judge(), CHECK_ACCEPTED);
    assert_int_equal(check.result.key, 2);
}

static void the_first_that_is_wrong_is_told_of(void **state)
{
    (void)state;
    uint32_t at = size;
    room(40 + 72);
    at = signing_put(object, at, CREDENTIAL_SHA256, NULL);
    size = signing_put(object, at, CREDENTIAL_ECDSA, KEYS "ecdsa-first.pem");
    object[600] ^= 1;
    assert_int_equal(judge(), CHECK_BAD_HASH);
    assert_int_equal(check.result.format, CREDENTIAL_SHA256);
}

static void a_hash_is_made_once_for_all_that_need_it(void **state)
{
    (void)state;
    uint32_t at = size;
    room(3 * 72);
    for (uint32_t i = 0; i < 3; i++)
        at = signing_put(object, at, CREDENTIAL_ECDSA,
                         KEYS "stranger-ecdsa.pem");
    size = at;
    assert_int_equal(judge(), CHECK_NOT_SIGNED);
    assert_int_equal(begins, 1);
    assert_int_equal(fake_verifier.asked, 3);
}

/* Wrong ones of two digests by turns, each of which is made anew, and a right
 * one behind them. */
static enum check_verdict judge_behind(uint32_t wrong)
{
    static const uint8_t bytes[48];
    size = signing_object(object, 1000);
    uint32_t at = size;
    room((wrong + 1) / 2 * 40 + wrong / 2 * 56 + 40);
    for (uint32_t i = 0; i < wrong; i++)
        at = signing_footer(object, at, TBF_TLV_CREDENTIALS,
                            i % 2 == 0 ? CREDENTIAL_SHA256 : CREDENTIAL_SHA384,
                            bytes, i % 2 == 0 ? 32 : 48);
    size = signing_put(object, at, CREDENTIAL_SHA256, NULL);
    begins = 0;
    return judge();
}

static void no_more_are_tried_than_take_a_while(void **state)
{
    (void)state;
    assert_int_equal(judge_behind(CHECK_TRIES_MAX - 1), CHECK_ACCEPTED);
    assert_int_equal(begins,
                     CHECK_TRIES_MAX - 1); /* the last needs no new one */
    assert_int_equal(judge_behind(CHECK_TRIES_MAX), CHECK_BAD_HASH);
    assert_int_equal(begins, CHECK_TRIES_MAX);
    assert_int_equal(judge_behind(2 * CHECK_TRIES_MAX), CHECK_BAD_HASH);
    assert_int_equal(begins, CHECK_TRIES_MAX);
}

/* ---- malformed ------------------------------------------------------------------- */

static void a_length_that_is_not_its_formats_is_malformed(void **state)
{
    (void)state;
    static const uint8_t bytes[100] = { 7 };
    static const uint32_t lens[] = { 0, 31, 33, 64 };
    for (uint32_t i = 0; i < ARRAY_COUNT(lens); i++) {
        size = signing_object(object, 100);
        room(8 + lens[i] + (-lens[i] & 3u));
        signing_footer(object, size, TBF_TLV_CREDENTIALS, CREDENTIAL_SHA256,
                       bytes, lens[i]);
        memset(object + size + 8 + lens[i], 0, 4);
        size += 8 + lens[i] + (-lens[i] & 3u);
        assert_int_equal(judge(), CHECK_MALFORMED);
    }
}

static void what_is_no_footer_is_malformed(void **state)
{
    (void)state;
    room(12);
    memset(object + size, 0x55, 12);
    size += 12;
    assert_int_equal(judge(), CHECK_MALFORMED);
}

static void room_that_nobody_used_is_not(void **state)
{
    (void)state;
    for (uint32_t byte = 0; byte <= 0xFF; byte += 0xFF) {
        size = signing_object(object, 100);
        room(400);
        memset(object + size, (int)byte, 400);
        size += 400;
        assert_int_equal(judge(), CHECK_NO_CREDENTIAL);
    }
}

/* ---- the verifier ------------------------------------------------------------------ */

static void a_verifier_that_fails_ends_the_check(void **state)
{
    (void)state;
    uint32_t at = size;
    room(72 + 40);
    at = signing_put(object, at, CREDENTIAL_ECDSA, KEYS "ecdsa-first.pem");
    size = signing_put(object, at, CREDENTIAL_SHA256, NULL);
    fake_verifier.fails = VERIFIER_FAILED;
    assert_int_equal(judge(), CHECK_VERIFIER_FAILED);
    fake_verifier.fails = VERIFIER_NO_ROOM;
    fake_verifier.missing = 4096;
    assert_int_equal(judge(), CHECK_NO_VERIFIER);
    assert_int_equal(check.result.detail, 4096);
    assert_int_equal(check.result.key, 0);
}

static void without_a_verifier_no_signature_is_accepted(void **state)
{
    (void)state;
    check.verifier = NULL;
    signing_add(object, &size, CREDENTIAL_ECDSA, KEYS "ecdsa-first.pem");
    assert_int_equal(judge(), CHECK_VERIFIER_FAILED);
}

static void it_waits_until_the_verifier_has_answered(void **state)
{
    (void)state;
    struct tbf tbf;
    enum check_progress p = CHECK_MORE;
    signing_add(object, &size, CREDENTIAL_ECDSA, KEYS "ecdsa-first.pem");
    assert_int_equal(tbf_parse(object, size, &tbf), TBF_OK);
    fake_verifier.waits = true;
    check_begin(&check, object, &tbf);
    while (p == CHECK_MORE)
        p = check_step(&check);
    assert_int_equal(p, CHECK_WAITS);
    assert_int_equal(check_step(&check), CHECK_DONE);
    assert_int_equal(check.result.verdict, CHECK_ACCEPTED);
    assert_int_equal(check.result.key, 2);
}

static void every_verdict_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (uint32_t a = CHECK_NOT_MADE; a <= CHECK_WRITEABLE; a++)
        for (uint32_t b = CHECK_NOT_MADE; b < a; b++)
            assert_string_not_equal(check_text((enum check_verdict)a),
                                    check_text((enum check_verdict)b));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_kind_is_accepted_by_the_key_that_made_it),
        TEST(a_changed_byte_has_the_reason_of_its_kind),
        TEST(an_app_without_footers_has_no_credential),
        TEST(what_the_board_does_not_check_is_no_credential),
        TEST(a_key_of_another_board_is_not_accepted),
        TEST(the_named_key_does_not_stand_in_for_the_signature),
        TEST(a_board_without_such_a_key_says_so),
        TEST(each_of_several_codes_is_tried),
        TEST(what_is_not_known_is_passed_over),
        TEST(the_first_that_is_accepted_decides),
        TEST(a_wrong_one_hides_no_right_one),
        TEST(the_first_that_is_wrong_is_told_of),
        TEST(a_hash_is_made_once_for_all_that_need_it),
        TEST(no_more_are_tried_than_take_a_while),
        TEST(a_length_that_is_not_its_formats_is_malformed),
        TEST(what_is_no_footer_is_malformed),
        TEST(room_that_nobody_used_is_not),
        TEST(a_verifier_that_fails_ends_the_check),
        TEST(without_a_verifier_no_signature_is_accepted),
        TEST(it_waits_until_the_verifier_has_answered),
        TEST(every_verdict_has_a_text_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
