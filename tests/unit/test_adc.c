/* SPDX-License-Identifier: Apache-2.0 */
/* The ADC driver.
 * SOURCES: drivers/adc.c tests/fake/kernel.c */
#include <tests/fake/kernel.h>

#include <drivers/adc.h>
#include <tests/fake/adc.h>

enum { COUNT, SINGLE, REPEATED, BUFFER, BUFFERS, STOP, BITS = 101, REFERENCE };

static struct fake_adc chip;
static struct adc_driver driver;
static const struct driver table[] = {
    { DRIVER_ADC, &adc_driver_ops, &driver, &driver.grant },
};
static struct process *a, *b;

static struct sysret adc(struct process *p, uint32_t number, uint32_t arg)
{
    return fake_command(p, DRIVER_ADC, number, arg, 0);
}

static uint32_t buffer(struct process *p, uint32_t number, uint32_t len)
{
    uint32_t at = fake_space(p, 16);
    assert_int_equal(fake_allow_rw(p, DRIVER_ADC, number, at, len), OK);
    return at;
}

static int setup(void **state)
{
    (void)state;
    chip = (struct fake_adc){
        .adc = { .ops = &fake_adc_ops, .channels = 3, .bits = 12 },
    };
    driver = (struct adc_driver){ 0 };
    adc_driver_init(&driver, &chip.adc);
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

static void one_sample_is_taken_and_told(void **state)
{
    (void)state;
    assert_u32(adc(a, COUNT, 0), 3);
    assert_u32(adc(a, BITS, 0), 12);
    assert_failure(adc(a, REFERENCE, 0), ERR_NOSUPPORT);
    chip.adc.reference_mv = 3300;
    assert_u32(adc(a, REFERENCE, 0), 3300);
    assert_success(adc(a, SINGLE, 2));
    assert_int_equal(chip.channel, 2);
    assert_failure(adc(b, SINGLE, 0), ERR_BUSY);
    fake_adc_sampled(&chip, 0xABC0);
    assert_upcall(a, DRIVER_ADC, 0, 0, 2, 0xABC0);
    assert_success(adc(b, SINGLE, 0));
    fake_adc_sampled(&chip, 1);
    assert_upcall(b, DRIVER_ADC, 0, 0, 0, 1);
    assert_no_upcall(a);
}

static void samples_come_until_stopped(void **state)
{
    (void)state;
    assert_success(adc(a, REPEATED, 100 << 8 | 1));
    assert_int_equal(chip.hz, 100);
    for (uint16_t i = 0; i < 3; i++) {
        fake_adc_sampled(&chip, i);
        assert_upcall(a, DRIVER_ADC, 0, 1, 1, i);
    }
    assert_success(adc(b, STOP, 0));
    assert_true(chip.is_sampling); /* that was another app's */
    assert_success(adc(a, STOP, 0));
    assert_false(chip.is_sampling);
    assert_success(adc(a, STOP, 0));
    assert_success(adc(b, REPEATED, 1 << 8));
}

static void a_buffer_is_filled_once(void **state)
{
    (void)state;
    uint32_t at = buffer(a, 0, 5); /* the odd byte stays free */
    assert_success(adc(a, BUFFER, 10 << 8 | 2));
    fake_adc_sampled(&chip, 0x1122);
    assert_no_upcall(a);
    fake_adc_sampled(&chip, 0x3344);
    assert_upcall(a, DRIVER_ADC, 0, 2, 2 << 8 | 2, at);
    assert_int_equal(fake_word(a, at), 0x33441122);
    assert_int_equal(fake_bytes(a, at)[4], 0);
    assert_false(chip.is_sampling);
    assert_success(adc(b, SINGLE, 0));
}

static void buffers_are_filled_in_turn(void **state)
{
    (void)state;
    uint32_t first = buffer(a, 0, 4), second = buffer(a, 1, 2);
    assert_success(adc(a, BUFFERS, 10 << 8));
    for (uint32_t i = 0; i < 2; i++) {
        fake_adc_sampled(&chip, 1);
        fake_adc_sampled(&chip, 2);
        assert_upcall(a, DRIVER_ADC, 0, 3, 2 << 8, first);
        fake_adc_sampled(&chip, 3);
        assert_upcall(a, DRIVER_ADC, 0, 3, 1 << 8, second);
    }
    assert_true(chip.is_sampling);
    assert_int_equal(fake_word(a, first), 0x00020001);
}

static void buffers_may_shrink_and_vanish_meanwhile(void **state)
{
    (void)state;
    uint32_t at = buffer(a, 0, 8);
    assert_success(adc(a, BUFFER, 10 << 8));
    fake_adc_sampled(&chip, 1);
    fake_adc_sampled(&chip, 2);
    fake_allow_rw(a, DRIVER_ADC, 0, at, 2);
    fake_adc_sampled(&chip, 3);
    assert_upcall(a, DRIVER_ADC, 0, 2, 1 << 8, at);
    assert_false(chip.is_sampling);
    fake_allow_rw(a, DRIVER_ADC, 0, at, 4);
    assert_success(adc(a, BUFFER, 10 << 8));
    fake_allow_rw(a, DRIVER_ADC, 0, 0, 0);
    fake_adc_sampled(&chip, 1);
    assert_upcall(a, DRIVER_ADC, 0, 2, 0, 0);
    assert_false(chip.is_sampling);
    fake_allow_rw(a, DRIVER_ADC, 0, at, 2);
    buffer(a, 1, 2);
    assert_success(adc(a, BUFFERS, 10 << 8));
    fake_allow_rw(a, DRIVER_ADC, 1, 0, 0);
    fake_adc_sampled(&chip, 1);
    assert_upcall(a, DRIVER_ADC, 0, 3, 1 << 8, at);
    fake_adc_sampled(&chip, 1); /* into nothing: that is the end */
    assert_upcall(a, DRIVER_ADC, 0, 3, 0, 0);
    assert_false(chip.is_sampling);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    assert_failure(adc(a, SINGLE, 3), ERR_INVAL);
    assert_failure(adc(a, SINGLE, 256), ERR_INVAL);
    assert_failure(adc(a, BUFFER, 10 << 8), ERR_NOMEM);
    buffer(a, 0, 2);
    assert_failure(adc(a, BUFFERS, 10 << 8), ERR_NOMEM);
    for (uint32_t number = REPEATED; number <= BUFFERS; number++) {
        assert_failure(adc(a, number, 10 << 8 | 3), ERR_INVAL);
        assert_failure(adc(a, number, 0), ERR_INVAL);
    }
    buffer(a, 1, 2);
    assert_failure(adc(a, REPEATED, (FAKE_ADC_MAX_HZ + 1) << 8), ERR_INVAL);
    assert_failure(adc(a, STOP + 1, 0), ERR_NOSUPPORT);
    assert_failure(adc(a, 100, 0), ERR_NOSUPPORT);
    assert_failure(adc(a, 103, 0), ERR_NOSUPPORT);
    chip.refuses = ERR_FAIL;
    assert_failure(adc(a, SINGLE, 0), ERR_FAIL);
    chip.refuses = OK;
    b->no_room = true;
    assert_failure(adc(b, SINGLE, 0), ERR_NOMEM);
    assert_success(adc(a, SINGLE, 0));
}

static void the_death_of_who_samples_ends_it(void **state)
{
    (void)state;
    assert_success(adc(a, REPEATED, 10 << 8));
    fake_die(a);
    assert_false(chip.is_sampling);
    a = fake_process("a");
    assert_success(adc(b, SINGLE, 0));
    fake_adc_sampled(&chip, 1);
    assert_no_upcall(a);
    assert_upcall(b, DRIVER_ADC, 0, 0, 0, 1);
    assert_success(adc(b, REPEATED, 10 << 8));
    fake_die(a); /* not who samples */
    assert_true(chip.is_sampling);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_sample_is_taken_and_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(samples_come_until_stopped, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_buffer_is_filled_once, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(buffers_are_filled_in_turn, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(buffers_may_shrink_and_vanish_meanwhile,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_death_of_who_samples_ends_it, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
