/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor driver.
 * SOURCES: drivers/sensor.c tests/fake/kernel.c */
#include <tests/fake/kernel.h>

#include <drivers/sensor.h>
#include <tests/fake/sensor.h>

enum { MEASURE = 1 };

static struct fake_sensor thermometer, barometer;
static struct sensor_driver temperature, pressure;
static const struct driver table[] = {
    { DRIVER_TEMPERATURE, &sensor_driver_ops, &temperature,
      &temperature.grant },
    { DRIVER_PRESSURE, &sensor_driver_ops, &pressure, &pressure.grant },
};
static struct process *a, *b;

static struct sysret measure(struct process *p)
{
    return fake_command(p, DRIVER_TEMPERATURE, MEASURE, 0, 0);
}

static int setup(void **state)
{
    (void)state;
    thermometer = barometer =
        (struct fake_sensor){ .sensor = { .ops = &fake_sensor_ops } };
    temperature = pressure = (struct sensor_driver){ 0 };
    sensor_driver_init(&temperature, &thermometer.sensor);
    sensor_driver_init(&pressure, &barometer.sensor);
    fake_boot(table, 2);
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

static void a_measurement_is_told_when_it_is_done(void **state)
{
    (void)state;
    assert_success(fake_command(a, DRIVER_TEMPERATURE, 0, 0, 0));
    assert_success(measure(a));
    assert_no_upcall(a);
    fake_sensor_done(&thermometer, OK, -1234);
    assert_upcall(a, DRIVER_TEMPERATURE, 0, (uint32_t)-1234, OK, 0);
    assert_success(fake_command(a, DRIVER_PRESSURE, MEASURE, 0, 0));
    fake_sensor_done(&barometer, OK, 1013);
    assert_upcall(a, DRIVER_PRESSURE, 0, 1013, OK, 0);
    assert_int_equal(thermometer.measures, 1);
}

static void two_apps_share_a_measurement(void **state)
{
    (void)state;
    struct process *c = fake_process("c");
    assert_success(measure(a));
    assert_success(measure(b));
    assert_success(measure(a));
    assert_int_equal(thermometer.measures, 1);
    assert_int_equal(measure(c).variant, SYSRET_SUCCESS);
    fake_sensor_done(&thermometer, OK, 5);
    assert_upcall(a, DRIVER_TEMPERATURE, 0, 5, OK, 0);
    assert_no_upcall(a);
    assert_upcall(b, DRIVER_TEMPERATURE, 0, 5, OK, 0);
    assert_success(measure(b));
    fake_sensor_done(&thermometer, OK, 6);
    assert_upcall(b, DRIVER_TEMPERATURE, 0, 6, OK, 0);
    assert_no_upcall(a);
}

/* Nobody waits for ever, and the next measurement is possible. */
static void a_sensor_that_fails_is_told(void **state)
{
    (void)state;
    thermometer.refuses = ERR_OFF;
    assert_failure(measure(a), ERR_OFF);
    thermometer.refuses = OK;
    assert_success(measure(b));
    fake_sensor_done(&thermometer, ERR_NOACK, 77);
    assert_upcall(b, DRIVER_TEMPERATURE, 0, 0, ERR_NOACK, 0);
    assert_no_upcall(a); /* it was refused */
    assert_success(measure(a));
    fake_sensor_done(&thermometer, OK, 1);
    assert_upcall(a, DRIVER_TEMPERATURE, 0, 1, OK, 0);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    assert_failure(fake_command(a, DRIVER_TEMPERATURE, 2, 0, 0), ERR_NOSUPPORT);
    a->no_room = true;
    assert_failure(measure(a), ERR_NOMEM);
    assert_int_equal(thermometer.measures, 0);
}

static void the_dead_and_the_newly_born_are_told_nothing(void **state)
{
    (void)state;
    assert_success(measure(a));
    fake_die(a);
    a = fake_process("a");
    fake_sensor_done(&thermometer, OK, 3);
    assert_no_upcall(a);
    assert_success(measure(a));
    fake_sensor_done(&thermometer, OK, 4);
    assert_upcall(a, DRIVER_TEMPERATURE, 0, 4, OK, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_measurement_is_told_when_it_is_done,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(two_apps_share_a_measurement, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_sensor_that_fails_is_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            the_dead_and_the_newly_born_are_told_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
