/* SPDX-License-Identifier: Apache-2.0 */
/* The PWM driver.
 * SOURCES: drivers/pwm.c tests/fake/kernel.c */
#include <tests/fake/kernel.h>

#include <drivers/pwm.h>
#include <tests/fake/pwm.h>

enum { COUNT, START, STOP, MAX_HZ };

static struct fake_pwm_state s0, s1;
static const struct fake_pwm p0 = { { &fake_pwm_ops }, &s0 };
static const struct fake_pwm p1 = { { &fake_pwm_ops }, &s1 };
static const struct pwm_pin *const pins[] = { &p0.pin, &p1.pin };
static struct pwm_driver driver;
static const struct driver table[] = {
    { DRIVER_PWM, &pwm_driver_ops, &driver, &driver.grant },
};
static struct process *a, *b;

static struct sysret start(struct process *p, uint32_t pin, uint32_t duty,
                           uint32_t hz)
{
    return fake_command(p, DRIVER_PWM, START, duty << 16 | pin, hz);
}

static struct sysret stop(struct process *p, uint32_t pin)
{
    return fake_command(p, DRIVER_PWM, STOP, pin, 0);
}

static int setup(void **state)
{
    (void)state;
    s0 = s1 = (struct fake_pwm_state){ 0 };
    pwm_driver_init(&driver, pins, 2);
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

static void a_pin_runs_as_wanted_until_it_is_stopped(void **state)
{
    (void)state;
    assert_u32(fake_command(a, DRIVER_PWM, COUNT, 0, 0), 2);
    assert_u32(fake_command(a, DRIVER_PWM, MAX_HZ, 1, 0), FAKE_PWM_MAX);
    assert_success(start(a, 1, 2500, 50));
    assert_int_equal(s1.hz, 50);
    assert_int_equal(s1.duty, 2500);
    assert_success(start(a, 1, 0, FAKE_PWM_MAX));
    assert_int_equal(s1.duty, 0);
    assert_success(start(a, 1, PWM_DUTY_ALWAYS, 1));
    assert_int_equal(s1.duty, PWM_DUTY_ALWAYS);
    assert_success(stop(a, 1));
    assert_int_equal(s1.hz, 0);
    assert_failure(stop(a, 1), ERR_OFF);
    assert_int_equal(s0.hz, 0);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    assert_failure(start(a, 2, 1, 1), ERR_INVAL);
    assert_failure(start(a, 0xFFFF, 1, 1), ERR_INVAL);
    assert_failure(stop(a, 2), ERR_INVAL);
    assert_failure(stop(a, 0x10000), ERR_INVAL);
    assert_failure(fake_command(a, DRIVER_PWM, MAX_HZ, 2, 0), ERR_INVAL);
    assert_failure(start(a, 0, 10001, 1), ERR_INVAL);
    assert_failure(start(a, 0, 1, 0), ERR_INVAL);
    assert_failure(start(a, 0, 1, FAKE_PWM_MAX + 1), ERR_INVAL);
    assert_failure(fake_command(a, DRIVER_PWM, 4, 0, 0), ERR_NOSUPPORT);
    b->no_room = true;
    assert_failure(start(b, 0, 1, 1), ERR_NOMEM);
    assert_failure(stop(a, 0), ERR_OFF);
    assert_int_equal(s0.hz, 0);
}

static void a_pin_belongs_to_who_started_it(void **state)
{
    (void)state;
    assert_success(start(a, 0, 1, 1));
    assert_failure(start(b, 0, 2, 2), ERR_RESERVE);
    assert_failure(stop(b, 0), ERR_RESERVE);
    assert_int_equal(s0.hz, 1);
    assert_success(start(b, 1, 2, 2));
    assert_success(stop(a, 0));
    assert_success(start(b, 0, 2, 2));
}

static void a_start_that_fails_takes_no_pin(void **state)
{
    (void)state;
    s0.refuses = ERR_BUSY;
    assert_failure(start(a, 0, 1, 1), ERR_BUSY);
    s0.refuses = OK;
    assert_success(start(b, 0, 1, 1));
}

static void the_pins_of_the_dead_stop(void **state)
{
    (void)state;
    assert_success(start(a, 0, 1, 1));
    assert_success(start(b, 1, 1, 1));
    fake_die(a);
    assert_int_equal(s0.hz, 0);
    assert_int_equal(s1.hz, 1);
    a = fake_process("a");
    assert_failure(stop(a, 0), ERR_OFF);
    assert_success(start(b, 0, 1, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_pin_runs_as_wanted_until_it_is_stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_pin_belongs_to_who_started_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_start_that_fails_takes_no_pin, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_pins_of_the_dead_stop, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
