/* SPDX-License-Identifier: Apache-2.0 */
/* The checksum driver, and the turns that drivers give apps.
 * SOURCES: drivers/crc.c drivers/turns.c tests/fake/kernel.c */
#include <drivers/crc.h>

#include <string.h>

#include <tests/fake/kernel.h>

enum { CRC_32, CRC_32C, CRC_16 };

static struct crc_driver crc;
static const struct driver table[] = {
    { DRIVER_CRC, &crc_ops, &crc, &crc.grant },
};
static struct process *app, *other;

static int setup(void **state)
{
    (void)state;
    memset(&crc, 0, sizeof crc);
    crc_init(&crc);
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

static void lend(struct process *p, const char *text)
{
    assert_int_equal(fake_allow_ro(p, DRIVER_CRC, 0, fake_text(p, text),
                                   (uint32_t)strlen(text)),
                     OK);
}

static struct sysret compute(struct process *p, uint32_t algorithm,
                             uint32_t len)
{
    return fake_command(p, DRIVER_CRC, 1, algorithm, len);
}

static void assert_crc(uint32_t algorithm, const char *text, uint32_t sum)
{
    lend(app, text);
    assert_success(compute(app, algorithm, (uint32_t)strlen(text)));
    assert_no_upcall(app); /* never inside the command */
    fake_settle();
    assert_upcall(app, DRIVER_CRC, 0, OK, sum, 0);
}

static void it_exists_and_refuses_other_commands(void **state)
{
    (void)state;
    app->no_room = true;
    assert_success(fake_command(app, DRIVER_CRC, 0, 0, 0));
    assert_failure(fake_command(app, DRIVER_CRC, 2, 0, 0), ERR_NOSUPPORT);
    assert_failure(fake_command(app, DRIVER_CRC, UINT32_MAX, 0, 0),
                   ERR_NOSUPPORT);
}

static void each_algorithm_has_its_known_values(void **state)
{
    (void)state;
    assert_crc(CRC_32, "123456789", 0xCBF43926);
    assert_crc(CRC_32, "A man, a plan, a canal, Panama", 0x44050CDA);
    assert_crc(CRC_32C, "123456789", 0xE3069283);
    assert_crc(CRC_32C, "ABCDEFG", 0x2C775665);
    assert_crc(CRC_16, "ABCDEFG", 0x1541);
    assert_crc(CRC_16, "01234567ABCDEFGHI", 0xB881);
    assert_crc(CRC_16, "0000000000000", 0xEC86);
}

static void long_data_goes_in_many_steps(void **state)
{
    (void)state;
    static const char piece[] = "0123456789 ";
    char text[32 * 11 + 1] = "";
    for (int i = 0; i < 32; i++)
        strcat(text, piece);
    assert_crc(CRC_32, text, 0x595B8BC2);
    assert_success(compute(app, CRC_32, 32 * 11));
    for (int i = 0; i < 5; i++) {
        assert_true(fake_settle_one());
        assert_no_upcall(app);
    }
    assert_true(fake_settle_one());
    assert_upcall(app, DRIVER_CRC, 0, OK, 0x595B8BC2, 0);
}

static void only_the_length_that_was_asked_for_counts(void **state)
{
    (void)state;
    lend(app, "123456789xyz");
    assert_success(compute(app, CRC_32, 9));
    fake_settle();
    assert_upcall(app, DRIVER_CRC, 0, OK, 0xCBF43926, 0);
}

static void what_cannot_be_is_refused_and_raises_no_event(void **state)
{
    (void)state;
    assert_failure(compute(app, CRC_32, 1), ERR_SIZE);
    lend(app, "1234");
    assert_failure(compute(app, 3, 4), ERR_INVAL);
    assert_failure(compute(app, UINT32_MAX, 4), ERR_INVAL);
    assert_failure(compute(app, CRC_32, 0), ERR_SIZE);
    assert_failure(compute(app, CRC_32, 5), ERR_SIZE);
    assert_failure(compute(app, CRC_32, UINT32_MAX), ERR_SIZE);
    other->no_room = true;
    assert_failure(compute(other, CRC_32, 4), ERR_NOMEM);
    fake_settle();
    assert_no_upcall(app);
}

static void a_second_one_of_the_same_app_is_busy(void **state)
{
    (void)state;
    lend(app, "123456789");
    assert_success(compute(app, CRC_32, 9));
    assert_failure(compute(app, CRC_32C, 4), ERR_BUSY);
    fake_settle();
    assert_upcall(app, DRIVER_CRC, 0, OK, 0xCBF43926, 0);
    assert_no_upcall(app);
    assert_success(compute(app, CRC_32, 9));
}

static void two_apps_take_turns_step_by_step(void **state)
{
    (void)state;
    char text[201] = "";
    memset(text, 'x', 200);
    lend(app, text);
    lend(other, "123456789");
    assert_success(compute(app, CRC_32, 200));
    assert_success(compute(other, CRC_32, 9));
    assert_true(fake_settle_one());
    assert_true(fake_settle_one());
    assert_upcall(other, DRIVER_CRC, 0, OK, 0xCBF43926, 0);
    assert_no_upcall(app);
    fake_settle();
    assert_int_equal(app->queued, 1);
}

static void a_buffer_shortened_or_taken_back_ends_it(void **state)
{
    (void)state;
    uint32_t at = fake_space(app, 200);
    for (uint32_t len = 0; len < 200; len += 199) {
        assert_int_equal(fake_allow_ro(app, DRIVER_CRC, 0, at, 200), OK);
        assert_success(compute(app, CRC_32, 200));
        assert_true(fake_settle_one());
        assert_int_equal(fake_allow_ro(app, DRIVER_CRC, 0, at, len), OK);
        fake_settle();
        assert_upcall(app, DRIVER_CRC, 0, ERR_SIZE, 0, 0);
        assert_no_upcall(app);
    }
    assert_int_equal(fake_allow_ro(app, DRIVER_CRC, 0, at, 9), OK);
    memcpy(fake_bytes(app, at), "123456789", 9);
    assert_success(compute(app, CRC_32, 9));
    fake_settle();
    assert_upcall(app, DRIVER_CRC, 0, OK, 0xCBF43926, 0);
}

static void an_app_that_dies_midway_takes_nobody_along(void **state)
{
    (void)state;
    char text[201] = "";
    memset(text, 'x', 200);
    lend(app, text);
    lend(other, text);
    assert_success(compute(app, CRC_32, 200));
    assert_success(compute(other, CRC_32, 200));
    assert_true(fake_settle_one());
    fake_die(app);
    fake_settle();
    assert_int_equal(other->queued, 1);
    app = fake_process("app"); /* a new life in the same place */
    fake_settle();
    assert_no_upcall(app);
    lend(app, "123456789");
    assert_success(compute(app, CRC_32, 9));
    fake_settle();
    assert_upcall(app, DRIVER_CRC, 0, OK, 0xCBF43926, 0);
}

static void the_last_one_in_turn_may_die(void **state)
{
    (void)state;
    char text[201] = "";
    memset(text, 'x', 200);
    lend(app, text);
    lend(other, text);
    assert_success(compute(app, CRC_32, 200));
    assert_success(compute(other, CRC_32, 200));
    assert_true(fake_settle_one());
    assert_true(fake_settle_one());
    fake_die(other);
    fake_settle();
    assert_int_equal(app->queued, 1);
}

static void a_full_queue_loses_the_event_and_nothing_else(void **state)
{
    (void)state;
    lend(app, "123456789");
    fake_fill_queue(app, FAKE_QUEUE);
    assert_success(compute(app, CRC_32, 9));
    fake_settle();
    assert_int_equal(app->info.dropped, 1);
    app->queued = 0;
    assert_success(compute(app, CRC_32, 9));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_exists_and_refuses_other_commands),
        TEST(each_algorithm_has_its_known_values),
        TEST(long_data_goes_in_many_steps),
        TEST(only_the_length_that_was_asked_for_counts),
        TEST(what_cannot_be_is_refused_and_raises_no_event),
        TEST(a_second_one_of_the_same_app_is_busy),
        TEST(two_apps_take_turns_step_by_step),
        TEST(a_buffer_shortened_or_taken_back_ends_it),
        TEST(an_app_that_dies_midway_takes_nobody_along),
        TEST(the_last_one_in_turn_may_die),
        TEST(a_full_queue_loses_the_event_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
