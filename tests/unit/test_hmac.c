/* SPDX-License-Identifier: Apache-2.0 */
/* The driver for message authentication codes, on BearSSL.
 * SOURCES: drivers/hmac.c drivers/digest_job.c drivers/turns.c
 * SOURCES: crypto/bearssl_digest.c tests/fake/kernel.c
 * LINK: -lbearssl */
#include <drivers/hmac.h>

#include <stdio.h>
#include <string.h>

#include <crypto/bearssl_digest.h>
#include <tests/fake/kernel.h>

enum { SET_ALGORITHM, RUN, UPDATE, FINISH, VERIFY, VERIFY_FINISH };
enum { KEY = 0, DATA = 1, COMPARE = 2, CODE = 2 };
enum { SHA256, SHA384, SHA512, SHA224, SHA1, MD5 };

static const struct digest_class *const all[HMAC_ALGORITHMS] = {
    &bearssl_hmac_sha256, &bearssl_hmac_sha384, &bearssl_hmac_sha512,
    &bearssl_hmac_sha224, &bearssl_hmac_sha1,   &bearssl_hmac_md5,
};
static struct hmac_driver hmac;
static const struct driver table[] = {
    { DRIVER_HMAC, &hmac_ops, &hmac, &hmac.grant },
};
static struct process *app, *other;
static uint32_t code_at; /* in the app that lend() was called for */

static int setup(void **state)
{
    (void)state;
    memset(&hmac, 0, sizeof hmac);
    hmac_init(&hmac, all);
    fake_boot(table, 1);
    app = fake_process("app");
    other = fake_process("other");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static struct sysret ask(struct process *p, uint32_t number, uint32_t arg1)
{
    return fake_command(p, DRIVER_HMAC, number, arg1, 0);
}

static void lend_text(struct process *p, uint32_t buffer, const char *text)
{
    assert_int_equal(fake_allow_ro(p, DRIVER_HMAC, buffer, fake_text(p, text),
                                   (uint32_t)strlen(text)),
                     OK);
}

/* Those of RFC 2202 and 4231, test case 2. */
static void lend(struct process *p, uint32_t algorithm)
{
    lend_text(p, KEY, "Jefe");
    lend_text(p, DATA, "what do ya want for nothing?");
    code_at = fake_space(p, 80);
    assert_int_equal(fake_allow_rw(p, DRIVER_HMAC, CODE, code_at, 64), OK);
    assert_success(ask(p, SET_ALGORITHM, algorithm));
}

static const char *const want[HMAC_ALGORITHMS] = {
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
    "8e2240ca5e69e2c78b3239ecfab21649",
    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "750c783e6ab0b503eaa86e310a5db738",
};

/* The code's first bytes, and nothing behind them. */
static void assert_code(struct process *p, const char *hex, size_t len)
{
    char got[161];
    for (size_t i = 0; i < 80; i++)
        snprintf(got + 2 * i, 3, "%02x", fake_bytes(p, code_at)[i]);
    assert_memory_equal(got, hex, 2 * len);
    for (size_t i = 2 * len; i < 160; i++)
        assert_int_equal(got[i], '0');
}

static uint32_t first_byte(const char *hex)
{
    unsigned byte;
    assert_int_equal(sscanf(hex, "%2x", &byte), 1);
    return byte;
}

static void every_algorithm_has_its_known_code(void **state)
{
    for (uint32_t a = 0; a < HMAC_ALGORITHMS; a++) {
        lend(app, a);
        assert_success(ask(app, RUN, 0));
        assert_no_upcall(app);
        fake_settle();
        assert_upcall(app, DRIVER_HMAC, 0, OK, first_byte(want[a]), 0);
        assert_code(app, want[a], strlen(want[a]) / 2);
        teardown(state);
        setup(state);
    }
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    static char long_key[DIGEST_KEY_MAX + 2];
    memset(long_key, 'k', sizeof long_key - 1);
    assert_failure(ask(app, SET_ALGORITHM, 6), ERR_NOSUPPORT);
    assert_failure(ask(app, SET_ALGORITHM, UINT32_MAX), ERR_NOSUPPORT);
    assert_failure(ask(app, 6, 0), ERR_NOSUPPORT);
    assert_failure(ask(app, RUN, 0), ERR_INVAL);
    assert_failure(ask(app, UPDATE, 0), ERR_INVAL);
    assert_failure(ask(app, VERIFY, 0), ERR_INVAL);
    assert_failure(ask(app, FINISH, 0), ERR_OFF);
    assert_failure(ask(app, VERIFY_FINISH, 0), ERR_OFF);
    lend(app, SHA256);
    assert_failure(ask(app, FINISH, 0), ERR_OFF);
    assert_failure(ask(app, VERIFY_FINISH, 0), ERR_OFF);
    lend_text(app, KEY, long_key);
    assert_failure(ask(app, RUN, 0), ERR_SIZE);
    other->no_room = true;
    assert_failure(ask(other, SET_ALGORITHM, 0), ERR_NOMEM);
    fake_settle();
    assert_no_upcall(app);
}

static void a_board_may_leave_algorithms_out(void **state)
{
    (void)state;
    static const struct digest_class *const some[HMAC_ALGORITHMS] = {
        &bearssl_hmac_sha256,
    };
    hmac_init(&hmac, some);
    assert_success(ask(app, SET_ALGORITHM, SHA256));
    for (uint32_t a = 1; a < HMAC_ALGORITHMS; a++)
        assert_failure(ask(app, SET_ALGORITHM, a), ERR_NOSUPPORT);
}

static void a_code_is_made_in_parts(void **state)
{
    (void)state;
    lend(app, SHA256);
    lend_text(app, DATA, "what do ya want ");
    assert_success(ask(app, UPDATE, 0));
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 0, OK, 0, 0);
    lend_text(app, KEY, "another key, that counts for nothing now");
    lend_text(app, DATA, "for nothing?");
    assert_success(ask(app, SET_ALGORITHM, SHA256)); /* the same: goes on */
    assert_success(ask(app, UPDATE, 0));
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 0, OK, 0, 0);
    assert_success(ask(app, FINISH, 0));
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 0, OK, 0x5b, 0);
    assert_code(app, want[SHA256], 32);
    assert_failure(ask(app, FINISH, 0), ERR_OFF); /* it is over */
}

static void run_begins_anew_and_so_does_another_algorithm(void **state)
{
    (void)state;
    lend(app, SHA256);
    assert_success(ask(app, UPDATE, 0));
    fake_settle();
    assert_success(ask(app, RUN, 0));
    fake_settle();
    app->queued = 0;
    assert_code(app, want[SHA256], 32);
    assert_success(ask(app, UPDATE, 0));
    fake_settle();
    assert_success(ask(app, SET_ALGORITHM, SHA512));
    assert_failure(ask(app, FINISH, 0), ERR_OFF);
}

static void a_right_code_verifies_and_a_wrong_one_does_not(void **state)
{
    (void)state;
    lend(app, MD5);
    uint32_t at = fake_space(app, 17);
    static const uint8_t right[] = { 0x75, 0x0c, 0x78, 0x3e, 0x6a, 0xb0,
                                     0xb5, 0x03, 0xea, 0xa8, 0x6e, 0x31,
                                     0x0a, 0x5d, 0xb7, 0x38 };
    memcpy(fake_bytes(app, at), right, sizeof right);
    assert_int_equal(fake_allow_ro(app, DRIVER_HMAC, COMPARE, at, 16), OK);
    assert_success(ask(app, VERIFY, 0));
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 1, OK, 1, 0);
    assert_success(ask(app, UPDATE, 0));
    fake_settle();
    app->queued = 0;
    assert_success(ask(app, VERIFY_FINISH, 0));
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 1, OK, 1, 0);
    for (uint32_t byte = 0; byte < 16; byte++) {
        fake_bytes(app, at)[byte] ^= 0x10;
        assert_success(ask(app, VERIFY, 0));
        fake_settle();
        assert_upcall(app, DRIVER_HMAC, 1, OK, 0, 0);
        fake_bytes(app, at)[byte] ^= 0x10;
    }
    for (uint32_t len = 0; len <= 17; len++) {
        if (len == 16)
            continue;
        assert_int_equal(fake_allow_ro(app, DRIVER_HMAC, COMPARE, at, len), OK);
        assert_success(ask(app, VERIFY, 0));
        fake_settle();
        assert_upcall(app, DRIVER_HMAC, 1, ERR_SIZE, 0, 0);
    }
    assert_code(app, "", 0); /* nothing was written */
}

static void a_short_buffer_gets_the_first_bytes(void **state)
{
    (void)state;
    lend(app, SHA256);
    assert_int_equal(fake_allow_rw(app, DRIVER_HMAC, CODE, code_at, 10), OK);
    assert_success(ask(app, RUN, 0));
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 0, OK, 0x5b, 0);
    assert_code(app, want[SHA256], 10);
    assert_int_equal(fake_allow_rw(app, DRIVER_HMAC, CODE, 0, 0), OK);
    assert_success(ask(app, RUN, 0));
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 0, ERR_NOMEM, 0x5b, 0);
}

static void no_key_and_no_data_have_a_code_too(void **state)
{
    (void)state;
    lend(app, SHA256);
    assert_int_equal(fake_allow_ro(app, DRIVER_HMAC, KEY, 0, 0), OK);
    assert_int_equal(fake_allow_ro(app, DRIVER_HMAC, DATA, 0, 0), OK);
    assert_success(ask(app, RUN, 0));
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 0, OK, 0xb6, 0);
    assert_code(
        app, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
        32);
}

static void one_at_a_time_in_each_app(void **state)
{
    (void)state;
    lend(app, SHA256);
    assert_success(ask(app, RUN, 0));
    for (uint32_t number = RUN; number <= VERIFY_FINISH; number++)
        assert_failure(ask(app, number, 0), ERR_NOMEM);
    assert_failure(ask(app, SET_ALGORITHM, SHA1), ERR_BUSY);
    fake_settle();
    assert_int_equal(app->queued, 1);
    assert_code(app, want[SHA256], 32);
}

static void two_apps_have_codes_in_the_making_at_once(void **state)
{
    (void)state;
    lend(app, SHA512);
    uint32_t mine = code_at;
    lend(other, SHA1);
    uint32_t theirs = code_at;
    assert_success(ask(app, UPDATE, 0));
    assert_success(ask(other, UPDATE, 0));
    fake_settle();
    assert_success(ask(other, FINISH, 0));
    assert_success(ask(app, FINISH, 0));
    fake_settle();
    code_at = mine;
    assert_code(app, want[SHA512], 64);
    code_at = theirs;
    assert_code(other, want[SHA1], 20);
}

static void data_or_key_changed_midway_end_it(void **state)
{
    (void)state;
    lend(app, SHA256);
    uint32_t data = fake_space(app, 300);
    assert_int_equal(fake_allow_ro(app, DRIVER_HMAC, DATA, data, 300), OK);
    assert_success(ask(app, UPDATE, 0));
    assert_true(fake_settle_one());
    assert_true(fake_settle_one());
    assert_int_equal(fake_allow_ro(app, DRIVER_HMAC, DATA, data, 299), OK);
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 0, ERR_SIZE, 0, 0);
    assert_failure(ask(app, FINISH, 0), ERR_OFF); /* half a code is none */
    assert_success(ask(app, VERIFY, 0));
    assert_int_equal(fake_allow_ro(app, DRIVER_HMAC, KEY, data, 65), OK);
    fake_settle();
    assert_upcall(app, DRIVER_HMAC, 1, ERR_SIZE, 0, 0);
}

static void an_app_that_dies_takes_its_key_along(void **state)
{
    (void)state;
    lend(app, SHA256);
    assert_success(ask(app, UPDATE, 0));
    fake_settle();
    assert_success(ask(app, FINISH, 0));
    fake_die(app);
    app = fake_process("app"); /* a new life in the same place */
    fake_settle();
    assert_no_upcall(app);
    assert_failure(ask(app, FINISH, 0), ERR_OFF);
    assert_failure(ask(app, RUN, 0), ERR_INVAL); /* no algorithm yet */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_algorithm_has_its_known_code),
        TEST(what_cannot_be_is_refused),
        TEST(a_board_may_leave_algorithms_out),
        TEST(a_code_is_made_in_parts),
        TEST(run_begins_anew_and_so_does_another_algorithm),
        TEST(a_right_code_verifies_and_a_wrong_one_does_not),
        TEST(a_short_buffer_gets_the_first_bytes),
        TEST(no_key_and_no_data_have_a_code_too),
        TEST(one_at_a_time_in_each_app),
        TEST(two_apps_have_codes_in_the_making_at_once),
        TEST(data_or_key_changed_midway_end_it),
        TEST(an_app_that_dies_takes_its_key_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
