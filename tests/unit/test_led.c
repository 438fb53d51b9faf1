/* SPDX-License-Identifier: Apache-2.0 */
/* The LED driver.
 * SOURCES: drivers/led.c tests/fake/kernel.c */
#include <drivers/led.h>

#include <tests/fake/kernel.h>
#include <tests/fake/led.h>

static bool red_on, blue_on;
static const struct fake_led red = { { &fake_led_ops }, &red_on };
static const struct fake_led blue = { { &fake_led_ops }, &blue_on };
static const struct led *const leds[] = { &red.led, &blue.led };
static struct led_driver driver = { leds, 2 };
static const struct driver table[] = {
    { DRIVER_LED, &led_driver_ops, &driver, NULL },
};
static struct process *app;

static int setup(void **state)
{
    (void)state;
    red_on = blue_on = false;
    fake_boot(table, 1);
    app = fake_process("app");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void command_0_tells_how_many_there_are(void **state)
{
    (void)state;
    assert_u32(fake_command(app, DRIVER_LED, 0, 0, 0), 2);
}

static void on_off_and_toggle_reach_the_led_named_and_no_other(void **state)
{
    (void)state;
    assert_success(fake_command(app, DRIVER_LED, 1, 1, 0));
    assert_true(blue_on);
    assert_false(red_on);
    assert_success(fake_command(app, DRIVER_LED, 3, 0, 0));
    assert_true(red_on);
    assert_success(fake_command(app, DRIVER_LED, 3, 0, 0));
    assert_false(red_on);
    assert_success(fake_command(app, DRIVER_LED, 1, 1, 0));
    assert_true(blue_on);
    assert_success(fake_command(app, DRIVER_LED, 2, 1, 0));
    assert_false(blue_on);
}

static void reading_tells_whether_it_is_on(void **state)
{
    (void)state;
    red_on = true;
    assert_u32(fake_command(app, DRIVER_LED, 4, 0, 0), 1);
    assert_u32(fake_command(app, DRIVER_LED, 4, 1, 0), 0);
}

static void an_index_beyond_the_last_is_invalid_in_every_command(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 4; number++) {
        assert_failure(fake_command(app, DRIVER_LED, number, 2, 0), ERR_INVAL);
        assert_failure(fake_command(app, DRIVER_LED, number, UINT32_MAX, 0),
                       ERR_INVAL);
    }
}

static void other_commands_are_not_supported(void **state)
{
    (void)state;
    assert_failure(fake_command(app, DRIVER_LED, 5, 0, 0), ERR_NOSUPPORT);
    assert_failure(fake_command(app, DRIVER_LED, UINT32_MAX, 9, 0),
                   ERR_NOSUPPORT);
}

static void it_works_in_an_app_without_room_for_grants(void **state)
{
    (void)state;
    app->no_room = true;
    assert_success(fake_command(app, DRIVER_LED, 1, 0, 0));
    assert_int_equal(fake_allow_ro(app, DRIVER_LED, 0, app->base, 4),
                     ERR_NOMEM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(command_0_tells_how_many_there_are),
        TEST(on_off_and_toggle_reach_the_led_named_and_no_other),
        TEST(reading_tells_whether_it_is_on),
        TEST(an_index_beyond_the_last_is_invalid_in_every_command),
        TEST(other_commands_are_not_supported),
        TEST(it_works_in_an_app_without_room_for_grants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
