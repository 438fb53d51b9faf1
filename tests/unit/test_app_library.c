/* SPDX-License-Identifier: Apache-2.0 */
/* The app library's small parts, and the console: errors in words, LEDs, buttons,
 * pins, low-level debug, read-only state.
 * SOURCES: apps/lib/error.c apps/lib/led.c apps/lib/button.c apps/lib/gpio.c
 * SOURCES: apps/lib/state.c apps/lib/console_write.c apps/lib/console_read.c
 * SOURCES: apps/lib/operation.c apps/lib/operation_timeout.c tests/fake/app.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tests/fake/app.h>

#include <berth/button.h>
#include <berth/console.h>
#include <berth/debug.h>
#include <berth/gpio.h>
#include <berth/led.h>
#include <berth/state.h>

static char bytes[100];
static uint32_t told, told_value;
static err_t told_status;

/* ---- errors ---------------------------------------------------------------------- */

static void each_error_has_words_of_its_own(void **state)
{
    (void)state;
    static const char *const words[] = {
        [OK] = "no error",
        [ERR_FAIL] = "failed",
        [ERR_BUSY] = "busy",
        [ERR_ALREADY] = "already so",
        [ERR_OFF] = "switched off",
        [ERR_RESERVE] = "not reserved",
        [ERR_INVAL] = "invalid argument",
        [ERR_SIZE] = "wrong size",
        [ERR_CANCEL] = "cancelled",
        [ERR_NOMEM] = "out of memory",
        [ERR_NOSUPPORT] = "not supported",
        [ERR_NODEVICE] = "no such device",
        [ERR_UNINSTALLED] = "not installed",
        [ERR_NOACK] = "no answer",
    };
    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_string_equal(berth_strerror((err_t)i), words[i]);
}

static void what_is_no_error_has_words_too(void **state)
{
    (void)state;
    static const uint32_t numbers[] = { ERR_NOACK + 1, 255, 1024, 0x7FFFFFFF,
                                        0xFFFFFFFF };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        err_t error;
        memcpy(&error, &numbers[i], sizeof error); /* as an app may have it */
        assert_string_equal(berth_strerror(error), "unknown error");
    }
}

static void an_answer_is_an_error_or_a_value(void **state)
{
    (void)state;
    uint32_t value = 7;
    const struct sysret success = { SYSRET_SUCCESS, { 5, 0, 0 } };
    const struct sysret number = { SYSRET_SUCCESS_U32, { 5, 0, 0 } };
    const struct sysret failure = { SYSRET_FAILURE, { ERR_NOACK, 0, 0 } };
    assert_int_equal(berth_error_of(success), OK);
    assert_int_equal(berth_error_of(number), OK);
    assert_int_equal(berth_error_of(failure), ERR_NOACK);
    assert_int_equal(berth_error_or_value(success, &value), ERR_NODEVICE);
    assert_int_equal(berth_error_or_value(failure, &value), ERR_NOACK);
    assert_int_equal(value, 7);
    assert_int_equal(berth_error_or_value(number, &value), OK);
    assert_int_equal(value, 5);
}

/* ---- what has no events ---------------------------------------------------------- */

static void leds_ask_the_driver(void **state)
{
    (void)state;
    bool is_on = false;
    fake_app_begin(DRIVER_LED);
    fake_app_answers(3);
    assert_int_equal(berth_led_count(), 3);
    assert_int_equal(fake_app.number, 0);
    fake_app_answers(1);
    assert_int_equal(berth_led_read(2, &is_on), OK);
    assert_int_equal(fake_app.number, 4);
    assert_true(is_on);
    fake_app_begin(DRIVER_LED);
    assert_int_equal(berth_led_on(1), OK);
    assert_int_equal(fake_app.number, 1);
    assert_int_equal(berth_led_off(2), OK);
    assert_int_equal(fake_app.number, 2);
    assert_int_equal(berth_led_toggle(3), OK);
    assert_int_equal(fake_app.number, 3);
    assert_int_equal(fake_app.arg0, 3);
    assert_int_equal(berth_led_count(), 0); /* a driver that is no driver */
    fake_app_fails(ERR_INVAL);
    assert_int_equal(berth_led_on(9), ERR_INVAL);
    assert_int_equal(berth_led_read(9, &is_on), ERR_INVAL);
    assert_true(is_on);
    assert_int_equal(berth_led_count(), 0);
}

static void debug_is_one_command_each(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_LOW_LEVEL_DEBUG);
    berth_debug_alert(BERTH_ALERT_WRONG_ADDRESS);
    assert_int_equal(fake_app.number, 1);
    assert_int_equal(fake_app.arg0, 2);
    berth_debug_print(0x1234);
    assert_int_equal(fake_app.number, 2);
    assert_int_equal(fake_app.arg0, 0x1234);
    berth_debug_print2(5, 6);
    assert_int_equal(fake_app.number, 3);
    assert_int_equal(fake_app.arg0, 5);
    assert_int_equal(fake_app.arg1, 6);
    assert_int_equal(fake_app.commands, 3);
    fake_app_fails(ERR_NODEVICE); /* then there is nothing to see */
    berth_debug_print(1);
}

static void state_is_shared_until_it_is_taken_back(void **state)
{
    (void)state;
    struct berth_state shared = { 0, 0, 0xFFFFFFF0, 7 };
    fake_app_begin(DRIVER_READ_ONLY_STATE);
    assert_int_equal(berth_state_share(&shared), OK);
    assert_ptr_equal(fake_app.ur.bytes, &shared);
    assert_int_equal(fake_app.ur.length, 16);
    assert_true(berth_state_ticks(&shared) == 0x7FFFFFFF0);
    assert_int_equal(berth_state_share(NULL), OK);
    assert_null(fake_app.ur.bytes);
    assert_int_equal(fake_app.ur.length, 0);
}

/* ---- buttons, pins --------------------------------------------------------------- */

static void button_told(uint32_t index, bool is_pressed, void *userdata)
{
    assert_ptr_equal(userdata, bytes);
    told++;
    told_value = index << 1 | is_pressed;
}

static void pressed_at_once(void)
{
    fake_app_event(0, 2, 1, 0);
}

static void buttons_are_listened_to_and_waited_for(void **state)
{
    (void)state;
    bool is_pressed = false;
    fake_app_begin(DRIVER_BUTTON);
    told = 0;
    assert_int_equal(berth_button_listen(button_told, bytes), OK);
    assert_int_equal(berth_button_enable(4), OK);
    assert_int_equal(fake_app.number, 1);
    fake_app_event(0, 4, 1, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told_value, 4 << 1 | 1);
    assert_int_equal(berth_button_disable(4), OK);
    assert_int_equal(fake_app.number, 2);
    assert_int_equal(berth_button_wait_timeout(2, 5, &is_pressed), ERR_CANCEL);
    fake_app.commanded = pressed_at_once;
    assert_int_equal(berth_button_wait(2, &is_pressed), OK);
    assert_true(is_pressed);
    is_pressed = false;
    assert_int_equal(berth_button_wait_timeout(2, 5, &is_pressed), OK);
    assert_true(is_pressed);
    assert_int_equal(berth_button_wait_timeout(3, 5, &is_pressed), ERR_CANCEL);
    fake_app_event(0, 2, 1, 0);
    assert_false(fake_app_wait()); /* nobody listens any more */
    assert_int_equal(told, 1);
    fake_app_fails(ERR_INVAL);
    assert_int_equal(berth_button_wait(2, &is_pressed), ERR_INVAL);
    assert_int_equal(berth_button_wait_timeout(2, 5, &is_pressed), ERR_INVAL);
    assert_int_equal(berth_button_count(), 0);
}

static void pin_told(uint32_t pin, bool is_high, void *userdata)
{
    assert_ptr_equal(userdata, bytes);
    told++;
    told_value = pin << 1 | is_high;
}

static void risen_at_once(void)
{
    fake_app_event(0, 5, 1, 0);
}

static void pins_are_driven_read_and_waited_for(void **state)
{
    (void)state;
    bool is_high = true;
    fake_app_begin(DRIVER_GPIO);
    told = 0;
    assert_int_equal(berth_gpio_output(1), OK);
    assert_int_equal(fake_app.number, 1);
    assert_int_equal(berth_gpio_write(1, true), OK);
    assert_int_equal(fake_app.number, 2);
    assert_int_equal(berth_gpio_write(1, false), OK);
    assert_int_equal(fake_app.number, 3);
    assert_int_equal(berth_gpio_toggle(1), OK);
    assert_int_equal(fake_app.number, 4);
    assert_int_equal(berth_gpio_input(1, BERTH_GPIO_PULL_DOWN), OK);
    assert_int_equal(fake_app.number, 5);
    assert_int_equal(fake_app.arg1, 2);
    assert_int_equal(berth_gpio_off(1), OK);
    assert_int_equal(fake_app.number, 9);
    assert_int_equal(berth_gpio_listen(pin_told, bytes), OK);
    assert_int_equal(berth_gpio_watch(5, BERTH_GPIO_FALLING), OK);
    assert_int_equal(fake_app.number, 7);
    assert_int_equal(fake_app.arg1, 2);
    fake_app_event(0, 5, 0, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told_value, 5 << 1);
    assert_int_equal(berth_gpio_unwatch(5), OK);
    assert_int_equal(fake_app.number, 8);
    fake_app.commanded = risen_at_once;
    is_high = false;
    assert_int_equal(berth_gpio_wait(5, BERTH_GPIO_RISING, &is_high), OK);
    assert_true(is_high);
    assert_int_equal(berth_gpio_wait_timeout(6, BERTH_GPIO_BOTH, 5, &is_high),
                     ERR_CANCEL);
    assert_int_equal(told, 1);
    fake_app_answers(0);
    assert_int_equal(berth_gpio_read(1, &is_high), OK);
    assert_false(is_high);
}

/* ---- console --------------------------------------------------------------------- */

static void write_told(size_t written, void *userdata)
{
    assert_ptr_equal(userdata, bytes);
    told++;
    told_value = (uint32_t)written;
}

/* The kernel writes 40 bytes at a time, as if the buffer had become shorter. */
static void written_in_pieces(void)
{
    fake_app_event(1, fake_app.arg0 < 40 ? fake_app.arg0 : 40, 0, 0);
}

static void written_not_at_all(void)
{
    fake_app_event(1, 0, 0, 0);
}

static void a_write_goes_on_until_all_is_out(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_CONSOLE);
    fake_app.commanded = written_in_pieces;
    assert_int_equal(berth_console_write(bytes, 100), OK);
    assert_int_equal(fake_app.commands, 3);
    assert_int_equal(fake_app.arg0, 20);
    assert_false(fake_app_lends());
    assert_int_equal(berth_console_write(bytes, 0), OK);
    assert_int_equal(fake_app.commands, 3);
    fake_app.commanded = written_not_at_all;
    assert_int_equal(berth_console_write(bytes, 100), ERR_FAIL);
    fake_app.commanded = NULL;
    fake_app_fails(ERR_NOMEM);
    assert_int_equal(berth_console_write(bytes, 100), ERR_NOMEM);
    assert_int_equal(berth_console_write_async(bytes, 1, write_told, bytes),
                     ERR_NOMEM);
    assert_false(fake_app_lends());
}

static void a_write_under_way_is_completed_by_a_plain_one(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_CONSOLE);
    told = 0;
    assert_int_equal(berth_console_write_async(bytes, 30, write_told, bytes),
                     OK);
    assert_int_equal(berth_console_write_async(bytes, 30, write_told, bytes),
                     ERR_BUSY);
    assert_int_equal(berth_console_write_timeout(bytes, 30, 5), ERR_BUSY);
    fake_app_event(1, 30, 0, 0);
    fake_app.commanded = written_in_pieces;
    assert_int_equal(berth_console_write(bytes, 10), OK);
    assert_int_equal(told, 1);
    assert_int_equal(told_value, 30);
    assert_int_equal(fake_app.commands, 2);
    assert_int_equal(berth_console_write_timeout(bytes, 10, 5), OK);
    assert_int_equal(berth_console_write_timeout(bytes, 50, 5), ERR_FAIL);
}

/* The event of a write that was given up comes after another has begun to lend. */
static void a_write_that_was_given_up_ends_no_other(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_CONSOLE);
    told = 0;
    assert_int_equal(berth_console_write_timeout(bytes, 30, 5), ERR_CANCEL);
    assert_false(fake_app_lends());
    assert_int_equal(berth_console_write_async(bytes, 9, write_told, bytes),
                     ERR_BUSY);
    fake_app_event(1, 12, 0, 0); /* so much was out when it was given up */
    fake_app.commanded = written_in_pieces;
    assert_int_equal(berth_console_write(bytes, 20), OK);
    assert_int_equal(fake_app.commands, 2);
    fake_app.commanded = NULL;
    assert_int_equal(berth_console_write_timeout(bytes, 30, 5), ERR_CANCEL);
    fake_app_event(1, 13, 0, 0);
    fake_app.commanded = written_in_pieces;
    assert_int_equal(berth_console_write_timeout(bytes, 20, 5), OK);
    assert_int_equal(told, 0);
}

static void read_told(err_t status, size_t length, void *userdata)
{
    assert_ptr_equal(userdata, bytes);
    told++;
    told_status = status;
    told_value = (uint32_t)length;
}

static void read_at_once(void)
{
    if (fake_app.number == 2)
        fake_app_event(2, OK, fake_app.arg0, 0);
}

static void aborted_at_once(void)
{
    if (fake_app.number == 3)
        fake_app_event(2, ERR_CANCEL, 2, 0);
}

static void reads_come_in_pieces_are_told_or_aborted(void **state)
{
    (void)state;
    size_t got = 9;
    fake_app_begin(DRIVER_CONSOLE);
    told = 0;
    fake_app.commanded = read_at_once;
    assert_int_equal(berth_console_read(bytes, 100, &got), OK);
    assert_int_equal(got, 100);
    assert_int_equal(fake_app.arg0, 100 - BERTH_CONSOLE_READ_MAX);
    assert_int_equal(berth_console_read_timeout(bytes, 7, 5, &got), OK);
    assert_int_equal(got, 7);
    fake_app.commanded = aborted_at_once;
    assert_int_equal(berth_console_read_timeout(bytes, 7, 5, &got), ERR_CANCEL);
    assert_int_equal(got, 2);
    assert_int_equal(berth_console_read_async(bytes, 7, read_told, bytes), OK);
    assert_int_equal(berth_console_read(bytes, 7, &got), ERR_BUSY);
    assert_int_equal(berth_console_read_async(bytes, 7, read_told, bytes),
                     ERR_BUSY);
    assert_int_equal(berth_console_read_abort(), OK);
    assert_true(fake_app_wait());
    assert_int_equal(told, 1);
    assert_int_equal(told_status, ERR_CANCEL);
    assert_int_equal(told_value, 2);
    assert_false(fake_app_lends());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_error_has_words_of_its_own),
        cmocka_unit_test(what_is_no_error_has_words_too),
        cmocka_unit_test(an_answer_is_an_error_or_a_value),
        cmocka_unit_test(leds_ask_the_driver),
        cmocka_unit_test(debug_is_one_command_each),
        cmocka_unit_test(state_is_shared_until_it_is_taken_back),
        cmocka_unit_test(buttons_are_listened_to_and_waited_for),
        cmocka_unit_test(pins_are_driven_read_and_waited_for),
        cmocka_unit_test(a_write_goes_on_until_all_is_out),
        cmocka_unit_test(a_write_under_way_is_completed_by_a_plain_one),
        cmocka_unit_test(a_write_that_was_given_up_ends_no_other),
        cmocka_unit_test(reads_come_in_pieces_are_told_or_aborted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
