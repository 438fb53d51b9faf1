/* SPDX-License-Identifier: Apache-2.0 */
/* The hash driver, on BearSSL.
 * SOURCES: drivers/sha.c drivers/digest_job.c drivers/turns.c
 * SOURCES: crypto/bearssl_digest.c tests/fake/kernel.c
 * LINK: -lbearssl */
#include <drivers/sha.h>

#include <string.h>

#include <bearssl_hash.h>
#include <crypto/bearssl_digest.h>
#include <tests/fake/kernel.h>

enum { SET_ALGORITHM = 1, HASH = 2 };

static struct sha_driver sha;
static const struct driver table[] = {
    { DRIVER_SHA, &sha_ops, &sha, &sha.grant },
};
static struct process *app, *other;

static int setup(void **state)
{
    (void)state;
    memset(&sha, 0, sizeof sha);
    sha_init(&sha, &bearssl_sha256);
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
    return fake_command(p, DRIVER_SHA, number, arg1, 0);
}

/* Data of so many bytes, and a buffer for the digest; that one's address. */
static uint32_t lend(struct process *p, uint32_t len)
{
    uint32_t data = fake_space(p, len + 1), digest = fake_space(p, 32);
    for (uint32_t i = 0; i < len; i++)
        fake_bytes(p, data)[i] = (uint8_t)(i * 7 + len);
    assert_int_equal(fake_allow_ro(p, DRIVER_SHA, 0, data, len), OK);
    assert_int_equal(fake_allow_rw(p, DRIVER_SHA, 0, digest, 32), OK);
    return digest;
}

static void assert_digest(struct process *p, uint32_t at, uint32_t len)
{
    uint8_t want[32], data[4096];
    br_sha256_context c;
    for (uint32_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 7 + len);
    br_sha256_init(&c);
    br_sha256_update(&c, data, len);
    br_sha256_out(&c, want);
    assert_memory_equal(fake_bytes(p, at), want, 32);
}

static void it_exists_and_has_one_algorithm(void **state)
{
    (void)state;
    app->no_room = true;
    assert_success(ask(app, 0, 1));
    assert_success(ask(app, SET_ALGORITHM, 0));
    assert_failure(ask(app, SET_ALGORITHM, 1), ERR_NOSUPPORT);
    assert_failure(ask(app, SET_ALGORITHM, UINT32_MAX), ERR_NOSUPPORT);
    assert_failure(ask(app, 3, 0), ERR_NOSUPPORT);
    assert_failure(ask(app, HASH, 0), ERR_NOMEM);
}

static void the_digest_of_abc_is_the_known_one(void **state)
{
    (void)state;
    static const uint8_t want[] = {
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
        0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
        0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
    };
    uint32_t digest = lend(app, 0), at = fake_text(app, "abc");
    assert_int_equal(fake_allow_ro(app, DRIVER_SHA, 0, at, 3), OK);
    assert_success(ask(app, HASH, 0));
    assert_no_upcall(app);
    fake_settle();
    assert_upcall(app, DRIVER_SHA, 0, OK, 0, 0);
    assert_memory_equal(fake_bytes(app, digest), want, 32);
}

static void data_of_any_length_is_hashed(void **state)
{
    static const uint32_t lengths[] = { 0,   1,   55,  56,  63,  64,   65,
                                        119, 120, 127, 128, 129, 1000, 4000 };
    for (size_t i = 0; i < ARRAY_COUNT(lengths); i++) {
        teardown(state);
        setup(state);
        uint32_t digest = lend(app, lengths[i]);
        assert_success(ask(app, HASH, 0));
        fake_settle();
        assert_upcall(app, DRIVER_SHA, 0, OK, 0, 0);
        assert_digest(app, digest, lengths[i]);
    }
}

static void at_most_64_bytes_are_hashed_in_a_step(void **state)
{
    (void)state;
    uint32_t steps = 0;
    lend(app, 640);
    assert_success(ask(app, HASH, 0));
    while (app->queued == 0) {
        assert_true(fake_settle_one());
        steps++;
    }
    assert_int_equal(steps, 12); /* begin, ten pieces, end */
}

static void a_second_one_of_the_same_app_is_refused(void **state)
{
    (void)state;
    lend(app, 100);
    assert_success(ask(app, HASH, 0));
    assert_failure(ask(app, HASH, 0), ERR_NOMEM);
    fake_settle();
    assert_int_equal(app->queued, 1);
}

static void two_apps_at_once_get_their_own_digests(void **state)
{
    (void)state;
    uint32_t mine = lend(app, 1000), theirs = lend(other, 900);
    assert_success(ask(app, HASH, 0));
    assert_success(ask(other, HASH, 0));
    fake_settle();
    assert_upcall(app, DRIVER_SHA, 0, OK, 0, 0);
    assert_upcall(other, DRIVER_SHA, 0, OK, 0, 0);
    assert_digest(app, mine, 1000);
    assert_digest(other, theirs, 900);
}

static void a_digest_buffer_of_another_length_is_told(void **state)
{
    (void)state;
    static const uint32_t lengths[] = { 0, 31, 33 };
    uint32_t digest = lend(app, 100);
    (void)fake_space(app, 8);
    for (size_t i = 0; i < ARRAY_COUNT(lengths); i++) {
        assert_int_equal(fake_allow_rw(app, DRIVER_SHA, 0, digest, lengths[i]),
                         OK);
        assert_success(ask(app, HASH, 0));
        fake_settle();
        assert_upcall(app, DRIVER_SHA, 0, ERR_NOMEM, 0, 0);
        assert_int_equal(fake_bytes(app, digest)[0], 0);
    }
}

static void data_shortened_or_taken_back_ends_it(void **state)
{
    (void)state;
    for (uint32_t len = 0; len <= 999; len += 999) {
        uint32_t digest = lend(app, 1000);
        uint32_t data = allowed_ro(&sha.grant, app, 0).base.addr;
        assert_success(ask(app, HASH, 0));
        assert_true(fake_settle_one());
        assert_true(fake_settle_one());
        assert_int_equal(fake_allow_ro(app, DRIVER_SHA, 0, data, len), OK);
        fake_settle();
        assert_upcall(app, DRIVER_SHA, 0, ERR_SIZE, 0, 0);
        assert_int_equal(fake_bytes(app, digest)[0], 0);
    }
    uint32_t digest = lend(app, 10);
    assert_success(ask(app, HASH, 0));
    fake_settle();
    assert_upcall(app, DRIVER_SHA, 0, OK, 0, 0);
    assert_digest(app, digest, 10);
}

static void an_app_that_dies_midway_leaves_nothing(void **state)
{
    (void)state;
    lend(app, 1000);
    uint32_t theirs = lend(other, 1000);
    assert_success(ask(app, HASH, 0));
    assert_success(ask(other, HASH, 0));
    assert_true(fake_settle_one());
    assert_true(fake_settle_one());
    fake_die(app);
    app = fake_process("app"); /* a new life in the same place */
    fake_settle();
    assert_no_upcall(app);
    assert_upcall(other, DRIVER_SHA, 0, OK, 0, 0);
    assert_digest(other, theirs, 1000);
    uint32_t mine = lend(app, 70);
    assert_success(ask(app, HASH, 0));
    fake_settle();
    assert_upcall(app, DRIVER_SHA, 0, OK, 0, 0);
    assert_digest(app, mine, 70);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_exists_and_has_one_algorithm),
        TEST(the_digest_of_abc_is_the_known_one),
        TEST(data_of_any_length_is_hashed),
        TEST(at_most_64_bytes_are_hashed_in_a_step),
        TEST(a_second_one_of_the_same_app_is_refused),
        TEST(two_apps_at_once_get_their_own_digests),
        TEST(a_digest_buffer_of_another_length_is_told),
        TEST(data_shortened_or_taken_back_ends_it),
        TEST(an_app_that_dies_midway_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
