/* SPDX-License-Identifier: Apache-2.0 */
/* The app library's calls for I2C, SPI, sensors, analog inputs and PWM: for drivers
 * that no board of the tests has.
 * SOURCES: apps/lib/adc.c apps/lib/i2c.c apps/lib/spi.c apps/lib/pwm.c apps/lib/sensor.c
 * SOURCES: apps/lib/operation.c apps/lib/operation_timeout.c
 * SOURCES: tests/fake/app.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tests/fake/app.h>

#include <berth/adc.h>
#include <berth/i2c.h>
#include <berth/pwm.h>
#include <berth/sensor.h>
#include <berth/spi.h>

static uint8_t bytes[80];
static uint32_t told;
static uint32_t told_value;

/* ---- I2C ------------------------------------------------------------------------- */

static void i2c_told(err_t status, void *userdata)
{
    assert_ptr_equal(userdata, bytes);
    told++;
    told_value = status;
}

static void a_transfer_is_the_right_command(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_I2C_MASTER);
    told = 0;
    assert_int_equal(
        berth_i2c_transfer_async(0x50, bytes, 2, 0, i2c_told, bytes), OK);
    assert_int_equal(fake_app.number, 1);
    assert_int_equal(fake_app.arg0, 0x50);
    assert_int_equal(fake_app.arg1, 2);
    assert_int_equal(fake_app.rw[1].length, 2);
    fake_app_event(0, ERR_NOACK, 0, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told, 1);
    assert_int_equal(told_value, ERR_NOACK);
    assert_false(fake_app_lends());
    assert_int_equal(
        berth_i2c_transfer_async(0x51, bytes, 0, 7, i2c_told, bytes), OK);
    assert_int_equal(fake_app.number, 2);
    assert_int_equal(fake_app.arg1, 7);
    fake_app_event(0, OK, 0, 0);
    assert_true(fake_app_wait());
    assert_int_equal(
        berth_i2c_transfer_async(0x52, bytes, 3, 9, i2c_told, bytes), OK);
    assert_int_equal(fake_app.number, 3);
    assert_int_equal(fake_app.arg0, 0x52 | 3 << 8);
    assert_int_equal(fake_app.arg1, 9);
    assert_int_equal(fake_app.rw[1].length, 9);
    fake_app_event(0, OK, 0, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told, 3);
}

static void a_transfer_under_way_is_left_alone(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_I2C_MASTER);
    told = 0;
    assert_int_equal(
        berth_i2c_transfer_async(0x50, bytes, 2, 0, i2c_told, bytes), OK);
    assert_int_equal(berth_i2c_transfer(0x51, bytes, 1, 1), ERR_BUSY);
    assert_int_equal(berth_i2c_transfer_timeout(0x51, bytes, 1, 1, 5),
                     ERR_BUSY);
    assert_int_equal(berth_i2c_transfer_async(1, bytes, 1, 1, i2c_told, bytes),
                     ERR_BUSY);
    assert_int_equal(fake_app.commands, 1);
    assert_int_equal(fake_app.rw[1].length, 2);
    fake_app_event(0, OK, 0, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told, 1);
}

static void a_transfer_is_given_up_and_its_end_is_no_others(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_I2C_MASTER);
    told = 0;
    assert_int_equal(berth_i2c_transfer_timeout(0x50, bytes, 2, 0, 5),
                     ERR_CANCEL);
    assert_false(fake_app_lends());
    assert_int_equal(berth_i2c_transfer_async(1, bytes, 1, 1, i2c_told, bytes),
                     ERR_BUSY);
    fake_app_event(0, ERR_NOACK, 0, 0); /* of the first */
    assert_true(fake_app_wait());
    assert_int_equal(told, 0);
    assert_int_equal(berth_i2c_transfer_async(1, bytes, 1, 1, i2c_told, bytes),
                     OK);
    fake_app_event(0, OK, 0, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told, 1);
    assert_int_equal(told_value, OK);
}

/* An app that only ever waits with a time-out takes the late event that way. */
static void what_was_given_up_does_not_keep_the_next_one_out(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_I2C_MASTER);
    assert_int_equal(berth_i2c_transfer_timeout(1, bytes, 2, 0, 5), ERR_CANCEL);
    assert_int_equal(berth_i2c_transfer_timeout(1, bytes, 2, 0, 5), ERR_BUSY);
    fake_app_event(0, ERR_NOACK, 0, 0); /* of the first */
    assert_int_equal(berth_i2c_transfer_timeout(1, bytes, 3, 0, 5), ERR_CANCEL);
    assert_int_equal(fake_app.commands, 2);
    fake_app_event(0, OK, 0, 0);
    assert_true(fake_app_wait());
}

static void what_cannot_be_is_not_asked_for(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_I2C_MASTER);
    assert_int_equal(berth_i2c_transfer(0x80, bytes, 1, 1), ERR_INVAL);
    assert_int_equal(berth_i2c_transfer(1, bytes, BERTH_I2C_MAX + 1, 1),
                     ERR_SIZE);
    assert_int_equal(berth_i2c_transfer(1, bytes, 1, BERTH_I2C_MAX + 1),
                     ERR_SIZE);
    assert_int_equal(fake_app.commands, 0);
    fake_app_fails(ERR_NODEVICE);
    assert_int_equal(berth_i2c_transfer(1, bytes, 1, 1), ERR_NODEVICE);
    assert_false(fake_app_lends());
}

/* ---- SPI ------------------------------------------------------------------------- */

static void spi_told(size_t length, void *userdata)
{
    assert_ptr_equal(userdata, bytes);
    told++;
    told_value = (uint32_t)length;
}

static void an_exchange_lends_both_and_takes_them_back(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_SPI_CONTROLLER);
    told = 0;
    assert_int_equal(
        berth_spi_exchange_async(bytes, bytes + 8, 8, spi_told, bytes), OK);
    assert_int_equal(fake_app.number, 2);
    assert_int_equal(fake_app.arg0, 8);
    assert_ptr_equal(fake_app.ro[0].bytes, bytes);
    assert_ptr_equal(fake_app.rw[0].bytes, bytes + 8);
    assert_int_equal(berth_spi_exchange(bytes, NULL, 4), ERR_BUSY);
    assert_int_equal(fake_app.ro[0].length, 8);
    fake_app_event(0, 8, 0, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told, 1);
    assert_int_equal(told_value, 8);
    assert_false(fake_app_lends());
    assert_int_equal(berth_spi_exchange_timeout(bytes, NULL, 4, 5), ERR_CANCEL);
    assert_false(fake_app_lends());
    fake_app_event(0, 4, 0, 0);
    assert_int_equal(berth_spi_exchange_async(bytes, NULL, 8, spi_told, bytes),
                     ERR_BUSY);
    assert_true(fake_app_wait());
    assert_int_equal(told, 1);
}

static void rate_and_mode_are_set(void **state)
{
    (void)state;
    fake_app_begin(DRIVER_SPI_CONTROLLER);
    assert_int_equal(berth_spi_rate(400000), OK);
    assert_int_equal(fake_app.number, 5);
    assert_int_equal(fake_app.arg0, 400000);
    assert_int_equal(berth_spi_mode(true, true), OK);
    assert_int_equal(fake_app.commands, 3);
    fake_app_fails(ERR_INVAL);
    assert_int_equal(berth_spi_mode(true, true), ERR_INVAL);
    assert_int_equal(fake_app.commands, 4);
}

/* ---- sensors, PWM ---------------------------------------------------------------- */

static void sensor_told(err_t status, int32_t value, void *userdata)
{
    assert_ptr_equal(userdata, bytes);
    told++;
    told_value = status == OK ? (uint32_t)value : 0xE0 + status;
}

static void a_measurement_is_told_with_its_status(void **state)
{
    (void)state;
    struct berth_measurement measurement;
    int32_t value = 7;
    fake_app_begin(DRIVER_TEMPERATURE);
    told = 0;
    assert_int_equal(berth_sensor_measure_async(&measurement, BERTH_TEMPERATURE,
                                                sensor_told, bytes),
                     OK);
    assert_int_equal(berth_sensor_measure(BERTH_TEMPERATURE, &value), ERR_BUSY);
    assert_int_equal(berth_sensor_measure_timeout(BERTH_TEMPERATURE, 5, &value),
                     ERR_BUSY);
    fake_app_event(0, (uint32_t)-250, OK, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told, 1);
    assert_int_equal((int32_t)told_value, -250);
    assert_int_equal(berth_sensor_measure_timeout(BERTH_TEMPERATURE, 5, &value),
                     ERR_CANCEL);
    fake_app_event(0, 99, OK, 0); /* too late */
    assert_false(fake_app_wait());
    assert_int_equal(value, 7);
    fake_app_fails(ERR_NODEVICE);
    assert_int_equal(berth_sensor_measure(BERTH_TEMPERATURE, &value),
                     ERR_NODEVICE);
    assert_int_equal(value, 7);
}

/* One of two events of a measurement that was given up comes after the next one
 * has ended. */
static void a_late_event_of_a_measurement_ends_no_other(void **state)
{
    (void)state;
    struct berth_measurement measurement;
    int32_t value = 7;
    fake_app_begin(DRIVER_HUMIDITY);
    told = 0;
    assert_int_equal(berth_sensor_measure_async(&measurement, BERTH_HUMIDITY,
                                                sensor_told, bytes),
                     OK);
    fake_app_event(0, 1, OK, 0);
    assert_true(fake_app_wait());
    fake_app_event(0, 2, OK, 0);
    (void)fake_app_wait();
    assert_int_equal(told, 1);
    assert_int_equal(told_value, 1);
    assert_int_equal(berth_sensor_measure_timeout(BERTH_HUMIDITY, 5, &value),
                     ERR_CANCEL);
    assert_int_equal(berth_sensor_measure_async(&measurement, BERTH_HUMIDITY,
                                                sensor_told, bytes),
                     OK);
    fake_app_event(0, 3, ERR_FAIL, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told, 2);
    assert_int_equal(told_value, 0xE0 + ERR_FAIL);
    assert_int_equal(value, 7);
}

static void humidity_at_once(void)
{
    fake_app_event(0, 4200, OK, 0);
}

static void a_measurement_is_waited_for(void **state)
{
    (void)state;
    int32_t value = 7;
    fake_app_begin(DRIVER_HUMIDITY);
    fake_app.commanded = humidity_at_once;
    assert_int_equal(berth_sensor_measure(BERTH_HUMIDITY, &value), OK);
    assert_int_equal(value, 4200);
    value = 7;
    assert_int_equal(berth_sensor_measure_timeout(BERTH_HUMIDITY, 5, &value),
                     OK);
    assert_int_equal(value, 4200);
}

/* ---- analog inputs ------------------------------------------------------------------ */

static void adc_told(uint32_t channel, uint16_t sample, void *userdata)
{
    assert_ptr_equal(userdata, bytes);
    told++;
    told_value = channel << 16 | sample;
}

static void samples_come_one_by_one_until_they_are_stopped(void **state)
{
    (void)state;
    uint16_t sample = 7;
    fake_app_begin(DRIVER_ADC);
    told = 0;
    assert_int_equal(berth_adc_start(2, 100, adc_told, bytes), OK);
    assert_int_equal(fake_app.number, 2);
    assert_int_equal(fake_app.arg0, 100 << 8 | 2);
    for (uint32_t i = 0; i < 3; i++) {
        fake_app_event(0, 1, 2, 0x1230 + i);
        assert_true(fake_app_wait());
        assert_int_equal(told_value, 2 << 16 | (0x1230 + i));
    }
    assert_int_equal(told, 3);
    assert_int_equal(berth_adc_stop(), OK);
    assert_int_equal(fake_app.number, 5);
    assert_int_equal(berth_adc_sample_timeout(1, 5, &sample), ERR_CANCEL);
    assert_int_equal(sample, 7);
    assert_int_equal(fake_app.number, 5); /* and it is stopped */
    fake_app_answers(6);
    assert_int_equal(berth_adc_count(), 6);
}

/* The command ends at once, in its event. */
static void sampled_at_once(void)
{
    fake_app_event(0, 0, 4, 0x5678);
}

static void one_sample_is_waited_for_or_told(void **state)
{
    (void)state;
    uint16_t sample = 7;
    fake_app_begin(DRIVER_ADC);
    told = 0;
    fake_app.commanded = sampled_at_once;
    assert_int_equal(berth_adc_sample(4, &sample), OK);
    assert_int_equal(sample, 0x5678);
    assert_int_equal(fake_app.number, 1);
    assert_int_equal(fake_app.arg0, 4);
    sample = 7;
    assert_int_equal(berth_adc_sample_timeout(4, 5, &sample), OK);
    assert_int_equal(sample, 0x5678);
    fake_app.commanded = NULL;
    assert_int_equal(berth_adc_sample_async(4, adc_told, bytes), OK);
    fake_app_event(0, 0, 4, 0x1111);
    assert_true(fake_app_wait());
    fake_app_event(0, 0, 4, 0x2222); /* nobody asked for it */
    (void)fake_app_wait();
    assert_int_equal(told, 1);
    assert_int_equal(told_value, 4 << 16 | 0x1111);
    assert_int_equal(berth_adc_sample(256, &sample), ERR_INVAL);
    assert_int_equal(berth_adc_start(1, 1 << 24, adc_told, bytes), ERR_INVAL);
}

/* A call that is refused takes nobody's callback away. */
static void sampling_under_way_is_left_alone(void **state)
{
    (void)state;
    uint16_t samples[4];
    size_t got;
    fake_app_begin(DRIVER_ADC);
    told = 0;
    assert_int_equal(berth_adc_start(2, 100, adc_told, bytes), OK);
    assert_int_equal(berth_adc_sample(1, samples), ERR_BUSY);
    assert_int_equal(berth_adc_sample_timeout(1, 5, samples), ERR_BUSY);
    assert_int_equal(berth_adc_sample_async(1, adc_told, NULL), ERR_BUSY);
    assert_int_equal(berth_adc_fill(1, 5, samples, 4, &got), ERR_BUSY);
    assert_int_equal(berth_adc_fill_timeout(1, 5, samples, 4, 5, &got),
                     ERR_BUSY);
    assert_int_equal(berth_adc_start(1, 5, adc_told, NULL), ERR_BUSY);
    assert_int_equal(fake_app.commands, 1);
    assert_false(fake_app_lends());
    fake_app_event(0, 1, 2, 3);
    assert_true(fake_app_wait());
    assert_int_equal(told, 1);
    assert_int_equal(berth_adc_stop(), OK);
    fake_app_event(0, 1, 2, 3); /* was queued before that */
    (void)fake_app_wait();
    assert_int_equal(told, 1);
}

static void filled_told(size_t got, void *userdata)
{
    assert_ptr_equal(userdata, bytes);
    told++;
    told_value = (uint32_t)got;
}

static void filled_at_once(void)
{
    fake_app_event(0, 2, 10 << 8 | 3, 0);
}

static void a_buffer_of_samples_is_taken_back(void **state)
{
    (void)state;
    uint16_t samples[10];
    size_t got = 9;
    fake_app_begin(DRIVER_ADC);
    assert_int_equal(berth_adc_fill_timeout(3, 50, samples, 10, 5, &got),
                     ERR_CANCEL);
    assert_int_equal(fake_app.number, 5); /* and it is stopped */
    assert_int_equal(got, 0);
    assert_false(fake_app_lends());
    fake_app.commanded = filled_at_once;
    assert_int_equal(berth_adc_fill(3, 50, samples, 10, &got), OK);
    assert_int_equal(fake_app.number, 3);
    assert_int_equal(got, 10);
    assert_int_equal(berth_adc_fill_timeout(3, 50, samples, 10, 5, &got), OK);
    assert_int_equal(got, 10);
    assert_false(fake_app_lends());
    fake_app.commanded = NULL;
    fake_app_fails(ERR_BUSY);
    assert_int_equal(berth_adc_fill(3, 50, samples, 10, &got), ERR_BUSY);
    assert_int_equal(fake_app.number, 3);
    assert_int_equal(got, 0);
    assert_false(fake_app_lends());
}

static void a_buffer_is_filled_while_the_app_does_something_else(void **state)
{
    (void)state;
    uint16_t samples[10];
    fake_app_begin(DRIVER_ADC);
    told = 0;
    assert_int_equal(
        berth_adc_fill_async(3, 50, samples, 10, filled_told, bytes), OK);
    assert_int_equal(fake_app.arg0, 50 << 8 | 3);
    assert_ptr_equal(fake_app.rw[0].bytes, samples);
    assert_int_equal(fake_app.rw[0].length, sizeof samples);
    fake_app_event(0, 2, 8 << 8 | 3, 0);
    assert_true(fake_app_wait());
    assert_int_equal(told, 1);
    assert_int_equal(told_value, 8);
    assert_false(fake_app_lends());
    assert_int_equal(
        berth_adc_fill_async(3, 50, samples, 10, filled_told, bytes), OK);
    assert_int_equal(berth_adc_stop(), OK);
    assert_false(fake_app_lends());
    fake_app_event(0, 2, 8 << 8 | 3, 0);
    (void)fake_app_wait();
    assert_int_equal(told, 1);
    fake_app_fails(ERR_NOMEM);
    assert_int_equal(
        berth_adc_fill_async(3, 50, samples, 10, filled_told, bytes),
        ERR_NOMEM);
    assert_false(fake_app_lends());
}

static void pwm_asks_the_driver(void **state)
{
    (void)state;
    uint32_t hz = 0;
    fake_app_begin(DRIVER_PWM);
    fake_app_answers(3);
    assert_int_equal(berth_pwm_count(), 3);
    fake_app_answers(8000000);
    assert_int_equal(berth_pwm_max_hz(1, &hz), OK);
    assert_int_equal(hz, 8000000);
    fake_app_begin(DRIVER_PWM);
    assert_int_equal(berth_pwm_start(2, 1000, 2500), OK);
    assert_int_equal(berth_pwm_stop(2), OK);
    fake_app_fails(ERR_RESERVE);
    assert_int_equal(berth_pwm_start(2, 1000, 2500), ERR_RESERVE);
    fake_app_fails(ERR_NODEVICE);
    assert_int_equal(berth_pwm_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transfer_is_the_right_command),
        cmocka_unit_test(a_transfer_under_way_is_left_alone),
        cmocka_unit_test(a_transfer_is_given_up_and_its_end_is_no_others),
        cmocka_unit_test(what_was_given_up_does_not_keep_the_next_one_out),
        cmocka_unit_test(what_cannot_be_is_not_asked_for),
        cmocka_unit_test(an_exchange_lends_both_and_takes_them_back),
        cmocka_unit_test(rate_and_mode_are_set),
        cmocka_unit_test(a_measurement_is_told_with_its_status),
        cmocka_unit_test(a_late_event_of_a_measurement_ends_no_other),
        cmocka_unit_test(a_measurement_is_waited_for),
        cmocka_unit_test(samples_come_one_by_one_until_they_are_stopped),
        cmocka_unit_test(one_sample_is_waited_for_or_told),
        cmocka_unit_test(sampling_under_way_is_left_alone),
        cmocka_unit_test(a_buffer_of_samples_is_taken_back),
        cmocka_unit_test(a_buffer_is_filled_while_the_app_does_something_else),
        cmocka_unit_test(pwm_asks_the_driver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
