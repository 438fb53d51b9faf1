/* SPDX-License-Identifier: Apache-2.0 */
/* The random number driver on a source that counts.
 * SOURCES: drivers/rng.c drivers/turns.c tests/fake/kernel.c */
#include <drivers/rng.h>

#include <string.h>

#include <tests/fake/entropy.h>
#include <tests/fake/kernel.h>

static struct fake_entropy source;
static struct rng_driver rng;
static const struct driver table[] = {
    { DRIVER_RNG, &rng_ops, &rng, &rng.grant },
};
static struct process *app, *other;

static int setup(void **state)
{
    (void)state;
    memset(&rng, 0, sizeof rng);
    memset(&source, 0, sizeof source);
    source.entropy.ops = &fake_entropy_ops;
    source.count = 1;
    rng_init(&rng, &source.entropy);
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

static uint32_t lend(struct process *p, uint32_t len)
{
    uint32_t at = fake_space(p, len);
    assert_int_equal(fake_allow_rw(p, DRIVER_RNG, 0, at, len), OK);
    return at;
}

static void ask(struct process *p, uint32_t n)
{
    assert_success(fake_command(p, DRIVER_RNG, 1, n, 0));
}

/* `len` bytes that count from `first`, and 0 behind them. */
static void assert_bytes(struct process *p, uint32_t at, uint8_t first,
                         uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        assert_int_equal(fake_bytes(p, at)[i], (uint8_t)(first + i));
    assert_int_equal(fake_bytes(p, at)[len], 0);
}

static void it_exists_if_there_is_a_source(void **state)
{
    (void)state;
    struct rng_driver none = { .busy = false };
    assert_success(fake_command(app, DRIVER_RNG, 0, 0, 0));
    assert_failure(fake_command(app, DRIVER_RNG, 2, 1, 0), ERR_NOSUPPORT);
    assert_false(rng_ops.absent(&rng));
    rng_init(&none, NULL);
    assert_true(rng_ops.absent(&none));
}

static void bytes_come_and_are_counted(void **state)
{
    (void)state;
    uint32_t at = lend(app, 10);
    ask(app, 8);
    assert_no_upcall(app);
    fake_entropy_comes(&source, OK);
    assert_upcall(app, DRIVER_RNG, 0, OK, 8, 0);
    assert_bytes(app, at, 1, 8);
}

static void many_bytes_come_in_pieces(void **state)
{
    (void)state;
    uint32_t at = lend(app, 101);
    ask(app, 100);
    for (int i = 0; i < 3; i++) {
        fake_entropy_comes(&source, OK);
        assert_no_upcall(app);
    }
    assert_int_equal(source.asked, 4);
    fake_entropy_comes(&source, OK);
    assert_upcall(app, DRIVER_RNG, 0, OK, 100, 0);
    assert_bytes(app, at, 1, 100);
}

static void more_than_the_buffer_holds_fills_it(void **state)
{
    (void)state;
    uint32_t at = lend(app, 5);
    (void)fake_space(app, 8);
    ask(app, UINT32_MAX);
    fake_entropy_comes(&source, OK);
    assert_upcall(app, DRIVER_RNG, 0, OK, 5, 0);
    assert_bytes(app, at, 1, 5);
}

static void nothing_wanted_or_no_buffer_is_done_at_once(void **state)
{
    (void)state;
    ask(app, 8);
    assert_upcall(app, DRIVER_RNG, 0, OK, 0, 0);
    lend(app, 8);
    lend(other, 8);
    ask(app, 0);
    assert_upcall(app, DRIVER_RNG, 0, OK, 0, 0);
    ask(other, 8); /* the source is at work */
    ask(app, 0);
    assert_upcall(app, DRIVER_RNG, 0, OK, 0, 0);
    assert_int_equal(source.requests, 1);
}

static void a_second_request_takes_the_place_of_the_first(void **state)
{
    (void)state;
    uint32_t at = lend(app, 64);
    ask(app, 64);
    fake_entropy_comes(&source, OK);
    ask(app, 3);
    fake_entropy_comes(&source, OK);
    assert_upcall(app, DRIVER_RNG, 0, OK, 3, 0);
    assert_no_upcall(app);
    assert_int_equal(fake_bytes(app, at)[0], 33);
    assert_int_equal(source.asked, 0);
}

static void two_apps_get_different_bytes_in_turns(void **state)
{
    (void)state;
    uint32_t at = lend(app, 65), there = lend(other, 65);
    ask(app, 64);
    ask(other, 64);
    fake_entropy_comes(&source, OK); /* app */
    fake_entropy_comes(&source, OK); /* other */
    fake_entropy_comes(&source, OK);
    assert_upcall(app, DRIVER_RNG, 0, OK, 64, 0);
    assert_no_upcall(other);
    fake_entropy_comes(&source, OK);
    assert_upcall(other, DRIVER_RNG, 0, OK, 64, 0);
    assert_int_equal(fake_bytes(app, at)[32], 65);
    assert_int_equal(fake_bytes(other, there)[0], 33);
    assert_int_equal(fake_bytes(other, there)[32], 97);
}

static void what_comes_for_a_dead_app_is_nobodys(void **state)
{
    (void)state;
    lend(app, 64);
    uint32_t there = lend(other, 9);
    ask(app, 64);
    ask(other, 8);
    fake_die(app);
    app = fake_process("app"); /* a new life in the same place */
    uint32_t at = lend(app, 64);
    fake_entropy_comes(&source, OK);
    assert_no_upcall(app);
    assert_no_upcall(other);
    assert_int_equal(fake_bytes(app, at)[0], 0);
    fake_entropy_comes(&source, OK);
    assert_upcall(other, DRIVER_RNG, 0, OK, 8, 0);
    assert_bytes(other, there, 33, 8);
}

static void a_buffer_taken_back_ends_the_request(void **state)
{
    (void)state;
    lend(app, 64);
    ask(app, 64);
    fake_entropy_comes(&source, OK);
    assert_int_equal(fake_allow_rw(app, DRIVER_RNG, 0, 0, 0), OK);
    fake_entropy_comes(&source, OK);
    assert_upcall(app, DRIVER_RNG, 0, OK, 32, 0);
    assert_int_equal(source.asked, 0);
}

static void a_shorter_buffer_gets_what_fits(void **state)
{
    (void)state;
    uint32_t at = lend(app, 64);
    ask(app, 64);
    fake_entropy_comes(&source, OK);
    assert_int_equal(fake_allow_rw(app, DRIVER_RNG, 0, at, 40), OK);
    fake_entropy_comes(&source, OK);
    assert_upcall(app, DRIVER_RNG, 0, OK, 40, 0);
    assert_bytes(app, at, 1, 40);
}

static void a_source_that_fails_says_so(void **state)
{
    (void)state;
    lend(app, 64);
    ask(app, 64);
    fake_entropy_comes(&source, OK);
    fake_entropy_comes(&source, ERR_FAIL);
    assert_upcall(app, DRIVER_RNG, 0, ERR_FAIL, 32, 0);
    source.broken = ERR_FAIL;
    ask(app, 1);
    assert_upcall(app, DRIVER_RNG, 0, ERR_FAIL, 0, 0);
}

static void an_app_without_room_is_told_so(void **state)
{
    (void)state;
    app->no_room = true;
    assert_failure(fake_command(app, DRIVER_RNG, 1, 4, 0), ERR_NOMEM);
    assert_int_equal(source.requests, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_exists_if_there_is_a_source),
        TEST(bytes_come_and_are_counted),
        TEST(many_bytes_come_in_pieces),
        TEST(more_than_the_buffer_holds_fills_it),
        TEST(nothing_wanted_or_no_buffer_is_done_at_once),
        TEST(a_second_request_takes_the_place_of_the_first),
        TEST(two_apps_get_different_bytes_in_turns),
        TEST(what_comes_for_a_dead_app_is_nobodys),
        TEST(a_buffer_taken_back_ends_the_request),
        TEST(a_shorter_buffer_gets_what_fits),
        TEST(a_source_that_fails_says_so),
        TEST(an_app_without_room_is_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
