/* SPDX-License-Identifier: Apache-2.0 */
/* The button driver, on pins of the test.
 * SOURCES: drivers/button.c tests/fake/kernel.c */
#include <tests/fake/kernel.h>

#include <drivers/button.h>
#include <tests/fake/gpio.h>

enum { COUNT, ENABLE, DISABLE, READ };

static struct fake_pin p0, p1;
static const struct button buttons[] = {
    { &p0.pin, GPIO_PULL_UP, true },
    { &p1.pin, GPIO_PULL_NONE, false },
};
static struct button_driver driver;
static const struct driver table[] = {
    { DRIVER_BUTTON, &button_driver_ops, &driver, &driver.grant },
};
static struct process *a, *b;

static struct sysret button(struct process *p, uint32_t number, uint32_t index)
{
    return fake_command(p, DRIVER_BUTTON, number, index, 0);
}

static int setup(void **state)
{
    (void)state;
    p0 = (struct fake_pin){ .pin = { .ops = &fake_pin_ops }, .level = true };
    p1 = (struct fake_pin){ .pin = { .ops = &fake_pin_ops } };
    button_driver_init(&driver, buttons, 2);
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

static void buttons_are_counted_and_read(void **state)
{
    (void)state;
    assert_true(p0.is_input && p0.pull == GPIO_PULL_UP);
    assert_true(p1.is_input && p1.pull == GPIO_PULL_NONE);
    a->no_room = true; /* none of this needs any */
    assert_u32(button(a, COUNT, 7), 2);
    assert_u32(button(a, READ, 0), 0);
    assert_u32(button(a, READ, 1), 0);
    fake_pin_drive(&p0, false);
    fake_pin_drive(&p1, true);
    assert_u32(button(a, READ, 0), 1);
    assert_u32(button(a, READ, 1), 1);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    for (uint32_t number = ENABLE; number <= READ; number++) {
        assert_failure(button(a, number, 2), ERR_INVAL);
        assert_failure(button(a, number, UINT32_MAX), ERR_INVAL);
    }
    assert_failure(button(a, 4, 0), ERR_NOSUPPORT);
    a->no_room = true;
    assert_failure(button(a, ENABLE, 0), ERR_NOMEM);
    assert_failure(button(a, DISABLE, 0), ERR_NOMEM);
    assert_false(p0.is_watched);
}

static void both_edges_are_told_to_who_enabled_that_button(void **state)
{
    (void)state;
    assert_success(button(a, ENABLE, 0));
    assert_success(button(b, ENABLE, 1));
    fake_pin_drive(&p0, false);
    fake_pin_drive(&p0, true);
    assert_upcall(a, DRIVER_BUTTON, 0, 0, 1, 0);
    assert_upcall(a, DRIVER_BUTTON, 0, 0, 0, 0);
    assert_no_upcall(b);
    fake_pin_drive(&p1, true);
    assert_upcall(b, DRIVER_BUTTON, 0, 1, 1, 0);
    assert_no_upcall(a);
}

static void a_pin_is_watched_while_anyone_wants_it(void **state)
{
    (void)state;
    assert_success(button(a, ENABLE, 0));
    assert_success(button(a, ENABLE, 0));
    assert_success(button(b, ENABLE, 0));
    assert_int_equal(p0.watches, 1); /* no edge is lost by asking again */
    assert_success(button(a, DISABLE, 0));
    assert_success(button(a, DISABLE, 0));
    assert_true(p0.is_watched);
    fake_pin_drive(&p0, false);
    assert_no_upcall(a);
    assert_upcall(b, DRIVER_BUTTON, 0, 0, 1, 0);
    assert_success(button(b, DISABLE, 0));
    assert_false(p0.is_watched);
}

static void a_new_life_hears_nothing_that_the_old_one_wanted(void **state)
{
    (void)state;
    assert_success(button(a, ENABLE, 0));
    assert_success(button(a, ENABLE, 1));
    assert_success(button(b, ENABLE, 1));
    fake_die(a);
    assert_false(p0.is_watched);
    assert_true(p1.is_watched);
    a = fake_process("a");
    assert_success(button(a, ENABLE, 0));
    fake_pin_drive(&p1, true);
    assert_no_upcall(a);
    assert_upcall(b, DRIVER_BUTTON, 0, 1, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(buttons_are_counted_and_read, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            both_edges_are_told_to_who_enabled_that_button, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pin_is_watched_while_anyone_wants_it,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_new_life_hears_nothing_that_the_old_one_wanted, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
