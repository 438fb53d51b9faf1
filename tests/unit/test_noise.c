/* SPDX-License-Identifier: Apache-2.0 */
/* The health tests of a raw noise source, and entropy made of one.
 * SOURCES: chips/common/noise_health.c chips/common/noise_entropy.c
 * SOURCES: crypto/bearssl_digest.c tests/fake/kernel.c
 * LINK: -lbearssl */
#include <chips/common/noise_entropy.h>

#include <string.h>

#include <crypto/bearssl_digest.h>
#include <tests/fake/kernel.h>

enum { REPETITION = 6, PROPORTION = 62 }; /* of 4 bits in a sample */

static struct noise_health health;

/* ---- health ---------------------------------------------------------------- */

static int setup_health(void **state)
{
    (void)state;
    health = (struct noise_health){ .repetition_cutoff = REPETITION,
                                    .proportion_cutoff = PROPORTION };
    return 0;
}

static void good_samples_pass_and_start_up_takes_1024_of_them(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < NOISE_STARTUP; i++) {
        assert_false(noise_health_good(&health));
        assert_true(noise_health_add(&health, (uint8_t)(i * 37)));
    }
    assert_true(noise_health_good(&health));
    for (uint32_t i = 0; i < 200000; i++)
        assert_true(noise_health_add(&health, (uint8_t)(i * 37)));
    assert_true(noise_health_good(&health));
}

static void a_value_may_repeat_up_to_its_cutoff(void **state)
{
    (void)state;
    for (int i = 0; i < REPETITION - 1; i++)
        assert_true(noise_health_add(&health, 0));
    assert_true(noise_health_add(&health, 1));
    for (int i = 0; i < REPETITION - 1; i++)
        assert_true(noise_health_add(&health, 9));
    assert_false(noise_health_add(&health, 9));
    assert_false(noise_health_add(&health, 1)); /* it stays failed */
    assert_false(noise_health_good(&health));
}

/* The first value of a window, `times` in all, spread; others between. */
static bool window_passes(uint32_t times)
{
    bool passes = true;
    for (uint32_t i = 0; i < NOISE_WINDOW; i++) {
        bool same = i % 2 == 0 && i / 2 < times;
        passes = noise_health_add(&health, same ? 7 : (uint8_t)(8 + i % 200));
    }
    return passes;
}

static void a_value_may_be_frequent_up_to_its_cutoff(void **state)
{
    (void)state;
    assert_true(window_passes(PROPORTION - 1));
    assert_true(window_passes(PROPORTION - 1)); /* each window counts anew */
    assert_false(window_passes(PROPORTION));
}

static void a_stuck_source_fails_before_start_up_is_over(void **state)
{
    (void)state;
    uint32_t passed = 0;
    while (noise_health_add(&health, 0xFF))
        passed++;
    assert_int_equal(passed, REPETITION - 1);
}

/* ---- entropy --------------------------------------------------------------- */

static struct {
    struct noise noise;
    uint32_t given, state;
    bool stuck, silent;
} source;
static struct noise_entropy entropy;
static struct {
    int calls;
    err_t status;
    size_t len;
    uint8_t bytes[64];
} heard;

/* Not random, but it passes. */
static bool source_sample(struct noise *noise, uint8_t *sample)
{
    (void)noise;
    if (source.silent || ++source.given % 5 == 0)
        return false; /* not yet */
    source.state = source.state * 1664525u + 1013904223u;
    *sample = source.stuck ? 3 : (uint8_t)(source.state >> 24);
    return true;
}

static const struct noise_ops source_ops = { source_sample };

static void filled(struct entropy_client *client, err_t status,
                   const uint8_t *bytes, size_t len)
{
    (void)client;
    heard.calls++;
    heard.status = status;
    heard.len = len;
    memcpy(heard.bytes, bytes, len);
}

static struct entropy_client client = { filled };

static int setup(void **state)
{
    (void)state;
    memset(&source, 0, sizeof source);
    memset(&heard, 0, sizeof heard);
    source.noise.ops = &source_ops;
    entropy = (struct noise_entropy){
        .entropy = { .client = &client },
        .noise = &source.noise,
        .health = { .repetition_cutoff = REPETITION,
                    .proportion_cutoff = PROPORTION },
        .hash = &bearssl_sha256,
        .samples = 80,
    };
    noise_entropy_init(&entropy);
    fake_boot(NULL, 0);
    return 0;
}

static err_t request(size_t len)
{
    return entropy.entropy.ops->request(&entropy.entropy, len);
}

static void bytes_are_the_hash_of_samples_behind_the_start_up(void **state)
{
    (void)state;
    assert_int_equal(request(32), OK);
    assert_int_equal(request(32), ERR_BUSY);
    assert_int_equal(heard.calls, 0);
    fake_settle();
    assert_int_equal(heard.calls, 1);
    assert_int_equal(heard.status, OK);
    assert_int_equal(heard.len, 32);
    assert_true(source.given >= NOISE_STARTUP + 80);
    uint8_t first[32];
    memcpy(first, heard.bytes, 32);
    assert_int_equal(request(32), OK);
    fake_settle();
    assert_int_equal(heard.calls, 2);
    assert_memory_not_equal(first, heard.bytes, 32);
}

static void a_large_request_gets_a_digest_a_small_one_no_more_than_it(
    void **state)
{
    (void)state;
    assert_int_equal(request(1000), OK);
    fake_settle();
    assert_int_equal(heard.len, 32);
    assert_int_equal(request(3), OK);
    fake_settle();
    assert_int_equal(heard.len, 3);
}

static void a_source_that_gets_stuck_is_never_used_again(void **state)
{
    (void)state;
    assert_int_equal(request(8), OK);
    fake_settle();
    source.stuck = true;
    assert_int_equal(request(8), OK);
    fake_settle();
    assert_int_equal(heard.status, ERR_FAIL);
    assert_int_equal(heard.len, 0);
    source.stuck = false;
    assert_int_equal(request(8), ERR_FAIL);
    assert_int_equal(heard.calls, 2);
}

static void a_source_that_falls_silent_fails(void **state)
{
    (void)state;
    source.silent = true;
    assert_int_equal(request(8), OK);
    for (uint32_t i = 0; i <= NOISE_PATIENCE; i++)
        assert_true(fake_settle_one());
    assert_false(fake_settle_one());
    assert_int_equal(heard.status, ERR_FAIL);
}

#define HEALTH(name) cmocka_unit_test_setup(name, setup_health)
#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEALTH(good_samples_pass_and_start_up_takes_1024_of_them),
        HEALTH(a_value_may_repeat_up_to_its_cutoff),
        HEALTH(a_value_may_be_frequent_up_to_its_cutoff),
        HEALTH(a_stuck_source_fails_before_start_up_is_over),
        TEST(bytes_are_the_hash_of_samples_behind_the_start_up),
        TEST(a_large_request_gets_a_digest_a_small_one_no_more_than_it),
        TEST(a_source_that_gets_stuck_is_never_used_again),
        TEST(a_source_that_falls_silent_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
