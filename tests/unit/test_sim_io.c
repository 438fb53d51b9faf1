/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's PWM and I2C, held against the sheet: what a pin does when,
 * what a memory on the bus answers, and what is reported.
 * SOURCES: tests/sim/devices/pwm.c tests/sim/devices/i2c.c
 * SOURCES: tests/sim/devices/gpio.c tests/sim/devices/plic.c
 * SOURCES: tests/sim/devices/prci.c tests/fake/sim.c */
#include <tests/fake/sim.h>

#include <string.h>

#include <tests/sim/devices/i2c.h>
#include <tests/sim/devices/pwm.h>

static struct plic plic;
static struct prci prci;
static struct gpio gpio;
static struct pwm pwm;
static struct i2c i2c;

#define GPIO (&gpio.device)
#define PWM (&pwm.device)
#define I2C (&i2c.device)

enum {
    INPUT = 0x00,
    INPUT_ENABLE = 0x04,
    IOF_ENABLE = 0x38,
    IOF_SELECT = 0x3C
};

/* The core at 16 MHz; pin 11 is PWM's and wired to pin 0. */
static int set_up(void **state)
{
    struct machine *machine = &fake_sim.machine;
    (void)state;
    fake_sim_init();
    memset(&plic, 0, sizeof plic);
    memset(&prci, 0, sizeof prci);
    memset(&pwm, 0, sizeof pwm);
    memset(&i2c, 0, sizeof i2c);
    plic_add(machine, &plic, 0x0C000000, 52);
    prci_add(machine, &prci, 0x10008000, false);
    gpio_add(machine, &gpio, 0x10012000, &plic, 8, false);
    gpio_wire(&gpio, 11, 0);
    pwm = (struct pwm){ .plic = &plic,
                        .first_source = 48,
                        .prci = &prci,
                        .gpio = &gpio,
                        .pins = { 10, 11, 12, 13 },
                        .bits = 16 };
    pwm_add(machine, &pwm, "PWM2", 0x10035000);
    i2c = (struct i2c){ .plic = &plic,
                        .source = 52,
                        .prci = &prci,
                        .gpio = &gpio,
                        .pins = 0x3000,
                        .memory = { .address = 0x50 },
                        .holder = { .address = 0x52, .ns = 5 * MS } };
    i2c_add(machine, &i2c, "I2C0", 0x10016000);
    fake_sim_reset(RESET_POWER_ON);
    set(&prci.device, 0x04, 1u << 30);
    fake_sim_pass(1 * MS);
    set(&prci.device, 0x08, 1u << 18 | 1u << 17 | 1u << 16);
    set(GPIO, INPUT_ENABLE, 1);
    return 0;
}

/* ---- PWM ------------------------------------------------------------------------------ */

enum { CONFIG = 0x00, COUNT = 0x08, SCALED = 0x10, COMPARE = 0x20 };

static uint32_t wired_pin(void)
{
    return get(GPIO, INPUT) & 1;
}

static void a_pin_follows_its_comparator(void **state)
{
    (void)state;
    set(GPIO, IOF_SELECT, 1u << 11);
    set(GPIO, IOF_ENABLE, 1u << 11);
    set(PWM, COMPARE, 1599); /* a period of 1600 clocks, 100 us */
    set(PWM, COMPARE + 4, 1200);
    set(PWM, CONFIG, 1u << 9 | 1u << 12);
    for (uint32_t period = 0; period < 100; period++) {
        assert_int_equal(wired_pin(), 0);
        fake_sim_pass(74900);
        assert_int_equal(wired_pin(), 0);
        fake_sim_pass(200);
        assert_int_equal(wired_pin(), 1);
        fake_sim_pass(24800);
        assert_int_equal(wired_pin(), 1);
        fake_sim_pass(100);
    }
    expect_no_violation();
}

static void the_counter_is_scaled_and_comes_to_zero_after_the_match(
    void **state)
{
    (void)state;
    set(PWM, COMPARE, 10);
    set(PWM, CONFIG, 4 | 1u << 9 | 1u << 12);
    fake_sim_pass(1000); /* 16 clocks */
    assert_int_equal(get(PWM, COUNT), 16);
    assert_int_equal(get(PWM, SCALED), 1);
    fake_sim_pass(9000);
    assert_int_equal(get(PWM, SCALED), 10);
    assert_int_equal(get(PWM, CONFIG) >> 28 & 1, 1);
    fake_sim_pass(70); /* a cycle more */
    assert_int_equal(get(PWM, COUNT), 0);
    set(PWM, CONFIG, 0);
    fake_sim_pass(1000);
    assert_int_equal(get(PWM, COUNT), 0);
}

static void a_pin_that_is_not_switched_stays_as_it_is(void **state)
{
    (void)state;
    set(PWM, COMPARE + 4, 0);
    set(PWM, CONFIG, 1u << 12);
    assert_int_equal(wired_pin(), 0);
    set(GPIO, IOF_ENABLE, 1u << 11); /* of the first peripheral on it */
    assert_int_equal(wired_pin(), 0);
    set(GPIO, IOF_SELECT, 1u << 11);
    assert_int_equal(wired_pin(), 1);
}

static void deglitch_holds_a_pulse_until_the_period_ends(void **state)
{
    (void)state;
    for (uint32_t deglitch = 0; deglitch < 2; deglitch++) {
        set(GPIO, IOF_SELECT, 1u << 11);
        set(GPIO, IOF_ENABLE, 1u << 11);
        set(PWM, CONFIG, 0);
        set(PWM, COUNT, 0);
        set(PWM, COMPARE, 1599);
        set(PWM, COMPARE + 4, 100);
        set(PWM, CONFIG, deglitch << 10 | 1u << 9 | 1u << 12);
        fake_sim_pass(50 * US);
        assert_int_equal(wired_pin(), 1);
        set(PWM, COMPARE + 4, 1500);
        assert_int_equal(wired_pin(), deglitch);
        fake_sim_pass(51 * US);
        assert_int_equal(wired_pin(), 0);
    }
}

static void comparators_interrupt(void **state)
{
    (void)state;
    set(&plic.device, 4 * 49, 1);
    set(&plic.device, 0x2004, 1u << 17);
    set(PWM, COMPARE + 4, 160);
    set(PWM, CONFIG, 1u << 12);
    fake_sim_pass(9 * US);
    assert_false(fake_sim.meip);
    fake_sim_pass(2 * US);
    assert_true(fake_sim.meip);
}

static void what_is_not_modelled_is_reported(void **state)
{
    (void)state;
    set(PWM, CONFIG, 1u << 13);
    expect_violation("PWM2: pwmcfg 0x00002000: one-shot");
}

/* ---- I2C ------------------------------------------------------------------------------- */

enum { PRESCALE = 0x00, CONTROL = 0x08, DATA = 0x0C, COMMAND = 0x10 };
enum { START = 0x80, STOP = 0x40, READ = 0x20, WRITE = 0x10, NO_ACK = 0x08 };
enum { REFUSED = 0x80, BUSY = 0x40, UNDER_WAY = 2, ENDED = 1 };

static void bus_begin(uint32_t prescale)
{
    set(GPIO, IOF_ENABLE, 0x3000);
    set(I2C, PRESCALE, prescale);
    set(I2C, PRESCALE + 4, 0);
    set(I2C, CONTROL, 0xC0);
}

/* The status once it has ended. */
static uint32_t order(uint32_t command, uint32_t byte)
{
    set(I2C, DATA, byte);
    set(I2C, COMMAND, command | 1);
    assert_int_equal(get(I2C, COMMAND) & (UNDER_WAY | ENDED), UNDER_WAY);
    fake_sim_pass(1 * MS);
    return get(I2C, COMMAND);
}

static void a_memory_keeps_what_is_written(void **state)
{
    (void)state;
    bus_begin(31); /* 16 MHz / 160 = 100 kHz */
    assert_int_equal(order(START | WRITE, 0xA0), BUSY | ENDED);
    assert_int_equal(order(WRITE, 0xFF), BUSY | ENDED);
    assert_int_equal(order(WRITE, 0x12), BUSY | ENDED);
    assert_int_equal(order(WRITE | STOP, 0x34), ENDED);
    assert_int_equal(i2c.memory.bytes[0xFF], 0x12);
    assert_int_equal(i2c.memory.bytes[0], 0x34); /* round and round */
    order(START | WRITE, 0xA0);
    order(WRITE, 0xFF);
    order(START | WRITE, 0xA1);
    order(READ, 0);
    assert_int_equal(get(I2C, DATA), 0x12);
    assert_int_equal(order(READ | NO_ACK | STOP, 0), ENDED);
    assert_int_equal(get(I2C, DATA), 0x34);
    assert_int_equal(order(START | WRITE | STOP, 0xA2), REFUSED | ENDED);
    expect_no_violation();
}

static void a_byte_takes_its_time_and_interrupts(void **state)
{
    (void)state;
    set(&plic.device, 4 * 52, 1);
    set(&plic.device, 0x2004, 1u << 20);
    bus_begin(31);
    set(I2C, DATA, 0xA0);
    set(I2C, COMMAND, START | WRITE);
    fake_sim_pass(99 * US); /* ten bits */
    assert_false(fake_sim.meip);
    fake_sim_pass(2 * US);
    assert_true(fake_sim.meip);
    set(I2C, COMMAND, 1);
    assert_int_equal(get(I2C, COMMAND), BUSY);
    expect_no_violation();
}

static void a_clock_can_be_held_until_it_is_let_go(void **state)
{
    (void)state;
    bus_begin(31);
    assert_int_equal(order(START | WRITE, 0xA4), BUSY | UNDER_WAY);
    fake_sim_pass(5 * MS);
    assert_int_equal(get(I2C, COMMAND), BUSY | ENDED); /* it was accepted */
    assert_int_equal(order(START | WRITE, 0xA4), BUSY | UNDER_WAY);
    set(I2C, CONTROL, 0);
    assert_int_equal(get(I2C, COMMAND), 0);
    set(I2C, CONTROL, 0xC0);
    assert_int_equal(order(START | WRITE, 0xA0), BUSY | UNDER_WAY); /* held */
    fake_sim_pass(5 * MS);
    assert_int_equal(get(I2C, COMMAND), BUSY | ENDED);
    expect_no_violation();
}

static void a_bus_that_nobody_could_follow_is_reported(void **state)
{
    (void)state;
    bus_begin(6);
    order(START | WRITE, 0xA0);
    expect_violation("the bus at 457142 Hz, devices follow to 400000");
}

static void orders_that_make_no_sense_are_reported(void **state)
{
    (void)state;
    bus_begin(31);
    order(WRITE, 0xA0);
    expect_violation("a command without a start before it");
    set(I2C, COMMAND, START | WRITE);
    set(I2C, COMMAND, START | WRITE);
    expect_violation("a command while one is under way");
    fake_sim_pass(1 * MS);
    set(I2C, PRESCALE, 5);
    expect_violation("the prescale is set while it is enabled");
}

static void an_acknowledged_last_byte_is_reported(void **state)
{
    (void)state;
    bus_begin(31);
    order(START | WRITE, 0xA1);
    order(READ | STOP, 0);
    expect_violation("the last byte was acknowledged");
}

static void pins_that_are_not_the_buses_are_reported(void **state)
{
    (void)state;
    bus_begin(31);
    set(GPIO, IOF_SELECT, 0x1000);
    order(START | WRITE, 0xA0);
    expect_violation("its pins (mask 0x00003000) are not switched to it");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_pin_follows_its_comparator),
        TEST(the_counter_is_scaled_and_comes_to_zero_after_the_match),
        TEST(a_pin_that_is_not_switched_stays_as_it_is),
        TEST(deglitch_holds_a_pulse_until_the_period_ends),
        TEST(comparators_interrupt),
        TEST(what_is_not_modelled_is_reported),
        TEST(a_memory_keeps_what_is_written),
        TEST(a_byte_takes_its_time_and_interrupts),
        TEST(a_clock_can_be_held_until_it_is_let_go),
        TEST(a_bus_that_nobody_could_follow_is_reported),
        TEST(orders_that_make_no_sense_are_reported),
        TEST(an_acknowledged_last_byte_is_reported),
        TEST(pins_that_are_not_the_buses_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
