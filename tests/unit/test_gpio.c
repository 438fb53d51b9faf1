/* SPDX-License-Identifier: Apache-2.0 */
/* The GPIO driver, on pins of the test.
 * SOURCES: drivers/gpio.c tests/fake/kernel.c */
#include <tests/fake/kernel.h>

#include <string.h>

#include <drivers/gpio.h>
#include <tests/fake/gpio.h>

enum {
    OUTPUT = 1,
    SET,
    CLEAR,
    TOGGLE,
    INPUT,
    READ,
    WATCH,
    UNWATCH,
    OFF,
    COUNT
};

static struct fake_pin p0, p2;
static struct gpio_pin *const pins[] = { &p0.pin, NULL, &p2.pin };
static struct gpio_driver driver;
static const struct driver table[] = {
    { DRIVER_GPIO, &gpio_driver_ops, &driver, &driver.grant },
};
static struct process *a, *b;

static struct sysret gpio(struct process *p, uint32_t number, uint32_t pin,
                          uint32_t arg)
{
    return fake_command(p, DRIVER_GPIO, number, pin, arg);
}

static int setup(void **state)
{
    (void)state;
    p0 = p2 = (struct fake_pin){ .pin = { .ops = &fake_pin_ops } };
    gpio_driver_init(&driver, pins, 3);
    fake_boot(table, 1);
    a = fake_process("a");
    b = fake_process("b");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void pins_are_driven_and_read(void **state)
{
    (void)state;
    assert_success(gpio(a, 0, 0, 0));
    assert_u32(gpio(a, COUNT, 99, 0), 3);
    assert_success(gpio(a, OUTPUT, 0, 0));
    assert_true(p0.is_output);
    assert_success(gpio(a, SET, 0, 0));
    assert_true(p0.out);
    assert_u32(gpio(a, READ, 0, 0), 1);
    assert_success(gpio(a, TOGGLE, 0, 0));
    assert_false(p0.out);
    assert_success(gpio(a, TOGGLE, 0, 0));
    assert_success(gpio(a, CLEAR, 0, 0));
    assert_u32(gpio(a, READ, 0, 0), 0);
    assert_false(p2.is_output);
    for (uint32_t pull = 0; pull < 3; pull++) {
        assert_success(gpio(a, INPUT, 2, pull));
        assert_true(p2.is_input && p2.pull == pull);
    }
    assert_success(gpio(a, OFF, 2, 0));
    assert_false(p2.is_input);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    for (uint32_t number = OUTPUT; number < COUNT; number++) {
        assert_failure(gpio(a, number, 3, 0), ERR_INVAL);
        assert_failure(gpio(a, number, UINT32_MAX, 0), ERR_INVAL);
        assert_failure(gpio(a, number, 1, 0), ERR_NODEVICE);
    }
    assert_failure(gpio(a, INPUT, 0, 3), ERR_NOSUPPORT);
    assert_failure(gpio(a, INPUT, 0, UINT32_MAX), ERR_NOSUPPORT);
    assert_failure(gpio(a, WATCH, 0, 3), ERR_NOSUPPORT);
    assert_failure(gpio(a, COUNT + 1, 0, 0), ERR_NOSUPPORT);
    p0.no_pull_down = true;
    assert_failure(gpio(a, INPUT, 0, GPIO_PULL_DOWN), ERR_NOSUPPORT);
    assert_false(p0.is_input || p0.is_output || p0.is_watched);
}

static void without_room_only_events_are_refused(void **state)
{
    (void)state;
    a->no_room = true;
    assert_success(gpio(a, OUTPUT, 0, 0));
    assert_success(gpio(a, SET, 0, 0));
    assert_failure(gpio(a, WATCH, 0, 0), ERR_NOMEM);
    assert_failure(gpio(a, UNWATCH, 0, 0), ERR_NOMEM);
    assert_true(p0.is_output);
    assert_false(p0.is_watched);
}

static void edges_are_told_to_everyone_who_uses_gpio(void **state)
{
    (void)state;
    struct process *c = fake_process("c");
    assert_success(gpio(a, WATCH, 2, GPIO_EDGE_RISING));
    assert_u32(gpio(b, READ, 0, 0), 0);
    fake_pin_drive(&p2, true);
    assert_upcall(a, DRIVER_GPIO, 0, 2, 1, 0);
    assert_upcall(b, DRIVER_GPIO, 0, 2, 1, 0);
    assert_no_upcall(c);
    fake_pin_drive(&p2, false);
    assert_no_upcall(a);
    assert_success(gpio(a, WATCH, 2, GPIO_EDGE_BOTH));
    fake_pin_drive(&p2, true);
    fake_pin_drive(&p2, false);
    assert_upcall(a, DRIVER_GPIO, 0, 2, 1, 0);
    assert_upcall(a, DRIVER_GPIO, 0, 2, 0, 0);
    assert_success(gpio(b, UNWATCH, 2, 0));
    assert_false(p2.is_watched);
}

static void nobody_is_told_of_edges_that_only_the_dead_wanted(void **state)
{
    (void)state;
    assert_success(gpio(a, WATCH, 0, 0));
    assert_success(gpio(a, WATCH, 2, 0));
    assert_success(gpio(b, WATCH, 2, 0));
    fake_die(a);
    assert_false(p0.is_watched);
    assert_true(p2.is_watched);
    a = fake_process("a, second life");
    fake_pin_drive(&p2, true);
    assert_no_upcall(a);
    assert_upcall(b, DRIVER_GPIO, 0, 2, 1, 0);
    assert_success(gpio(b, OFF, 2, 0));
    p2.is_watched = true; /* by a mistake of the chip's it would stay so */
    fake_die(b);
    assert_true(p2.is_watched); /* b had given that up itself */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pins_are_driven_and_read, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(without_room_only_events_are_refused,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            edges_are_told_to_everyone_who_uses_gpio, setup, teardown),
        cmocka_unit_test_setup_teardown(
            nobody_is_told_of_edges_that_only_the_dead_wanted, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
