/* SPDX-License-Identifier: Apache-2.0 */
/* PWM, SPI and I2C of the FE310: every register write of a sequence, in order.
 * SOURCES: chips/sifive-e/pwm.c chips/sifive-e/spi.c chips/sifive-e/i2c.c
 * SOURCES: tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <string.h>

#include <chips/sifive-e/i2c.h>
#include <chips/sifive-e/pwm.h>
#include <chips/sifive-e/spi.h>

#define MHZ 1000000u

/* ---- PWM ------------------------------------------------------------------------------ */

static const struct fake_device pwm_device = { 4, NULL, NULL };
static struct sifive_pwm timer;
static const struct sifive_pwm_pin one = { { &sifive_pwm_ops }, &timer, 1 };
static const struct sifive_pwm_pin two = { { &sifive_pwm_ops }, &timer, 2 };

static int setup_pwm(void **state)
{
    (void)state;
    fake_mmio(&pwm_device);
    timer =
        (struct sifive_pwm){ .base = 0x1000, .clock = 16 * MHZ, .bits = 16 };
    sifive_pwm_init(&timer);
    assert_writes("1000=0 1008=0 1020=ffff 1024=ffff 1028=ffff 102c=ffff");
    return 0;
}

/* 16 MHz / 1000 Hz = 16000 ticks; high from 12000 on. */
static void a_pin_is_high_at_the_end_of_each_period(void **state)
{
    (void)state;
    assert_int_equal(sifive_pwm_ops.start(&one.pin, 1000, 2500), OK);
    assert_writes("1024=2ee0 1020=3e80 1008=0 1000=1600");
    assert_int_equal(sifive_pwm_ops.start(&one.pin, 1000, 10000), OK);
    assert_writes("1024=0"); /* the counter runs on */
    assert_int_equal(sifive_pwm_ops.start(&one.pin, 1000, 0), OK);
    assert_writes("1024=ffff");
}

static void slow_rates_are_scaled_as_little_as_it_takes(void **state)
{
    (void)state;
    assert_int_equal(sifive_pwm_ops.start(&one.pin, 244, 5000), OK);
    assert_writes("1024=4009 1020=8012 1008=0 1000=1601");
    assert_int_equal(sifive_pwm_ops.start(&one.pin, 1, 5000), OK);
    assert_writes("1024=7a12 1020=f424 1008=0 1000=1608");
}

static void pins_of_a_timer_share_its_rate(void **state)
{
    (void)state;
    assert_int_equal(sifive_pwm_ops.start(&one.pin, 1000, 2500), OK);
    fake_mmio_forget();
    assert_int_equal(sifive_pwm_ops.start(&two.pin, 999, 5000), ERR_BUSY);
    assert_writes("");
    assert_int_equal(sifive_pwm_ops.start(&two.pin, 1000, 5000), OK);
    assert_writes("1028=1f40");
    sifive_pwm_ops.stop(&one.pin);
    assert_writes("1024=ffff");
    assert_int_equal(sifive_pwm_ops.start(&two.pin, 2000, 5000), OK);
    assert_writes("1028=fa0 1020=1f40 1008=0 1000=1600");
    sifive_pwm_ops.stop(&two.pin);
    assert_writes("1028=ffff 1000=0 1008=0 1020=ffff 1024=ffff 1028=ffff "
                  "102c=ffff");
}

static void a_rate_that_a_small_timer_can_not_have_is_refused(void **state)
{
    (void)state;
    timer.bits = 8;
    timer.clock = 320 * MHZ;
    assert_int_equal(sifive_pwm_ops.max_hz(&one.pin), 3200000);
    assert_int_equal(sifive_pwm_ops.start(&one.pin, 38, 5000), ERR_INVAL);
    assert_writes("");
    assert_int_equal(sifive_pwm_ops.start(&one.pin, 39, 5000), OK);
    assert_writes("1024=7d 1020=fa 1008=0 1000=160f");
}

/* ---- SPI: what goes out comes back one higher ------------------------------------------ */

#define TXDATA 0x2048u
#define RXDATA 0x204Cu
#define FIFO 8u

static uint8_t wire[FIFO];
static uint32_t under_way, arrived; /* in the FIFO: the first `arrived` */
static uint32_t csdef, most_under_way;

static uint32_t spi_read(uint32_t address)
{
    if (address == 0x2014)
        return csdef;
    if (address == 0x2040)
        return 0x80000;
    assert_int_equal(address, RXDATA);
    if (arrived == 0)
        return 0x80000000u;
    uint32_t byte = wire[0] + 1u;
    memmove(wire, wire + 1, --under_way);
    arrived--;
    return byte & 0xFF;
}

static void spi_write(uint32_t address, uint32_t value)
{
    if (address != TXDATA)
        return;
    assert_true(under_way < FIFO); /* or a byte is lost */
    wire[under_way++] = (uint8_t)value;
    if (under_way > most_under_way)
        most_under_way = under_way;
}

static const struct fake_device spi_device = { 4, spi_read, spi_write };
static uint32_t told;

static void spi_done(struct spi_client *client)
{
    (void)client;
    told++;
}

static struct spi_client spi_client = { spi_done };
static struct sifive_spi spi;

static int setup_spi(void **state)
{
    (void)state;
    fake_mmio(&spi_device);
    under_way = arrived = most_under_way = told = 0;
    csdef = 1;
    spi = (struct sifive_spi){ .spi = { &sifive_spi_ops, &spi_client },
                               .base = 0x2000,
                               .clock = 320 * MHZ,
                               .chip_select = 2 };
    sifive_spi_init(&spi);
    assert_writes("2070=0 2018=0 2014=5 2040=80000");
    return 0;
}

static void the_rate_is_the_highest_that_is_not_above(void **state)
{
    (void)state;
    for (uint32_t hz = 39100; hz < 200 * MHZ; hz += 77777) {
        uint32_t rate = sifive_spi_ops.rate(&spi.spi, hz);
        assert_true(rate <= hz);
        assert_int_equal(sifive_spi_ops.rate(&spi.spi, rate), rate);
        if (rate != 160 * MHZ) /* one step faster */
            assert_true(160 * MHZ / ((160 * MHZ + rate) / (rate + 1) - 1) > hz);
    }
    assert_int_equal(sifive_spi_ops.rate(&spi.spi, 39061), 0);
    assert_int_equal(sifive_spi_ops.rate(&spi.spi, 0), 0);
    assert_int_equal(sifive_spi_ops.rate(&spi.spi, UINT32_MAX), 160 * MHZ);
}

static void selecting_sets_the_mode_before_the_chip_select(void **state)
{
    (void)state;
    const struct spi_mode mode = { 20 * MHZ, true, true };
    sifive_spi_ops.select(&spi.spi, &mode);
    assert_writes("2000=7 2004=3 2010=2 2018=2");
    sifive_spi_ops.deselect(&spi.spi);
    assert_writes("2018=0");
}

/* However late or often the interrupt is served. */
static void each_byte_comes_back_once_and_none_is_lost(void **state)
{
    (void)state;
    uint8_t bytes[40];
    for (uint32_t len = 1; len <= sizeof bytes; len++) {
        for (uint32_t step = 1; step <= FIFO; step++) {
            for (uint32_t i = 0; i < len; i++)
                bytes[i] = (uint8_t)(i * 3);
            told = 0;
            sifive_spi_ops.transfer(&spi.spi, bytes, bytes, len);
            for (uint32_t turns = 0; told == 0 && turns < 100; turns++) {
                arrived =
                    arrived + step < under_way ? arrived + step : under_way;
                sifive_spi_serve(&spi);
                fake_mmio_forget();
            }
            assert_int_equal(told, 1);
            assert_int_equal(under_way, 0);
            for (uint32_t i = 0; i < len; i++)
                assert_int_equal(bytes[i], (uint8_t)(i * 3 + 1));
            sifive_spi_serve(&spi); /* once too often */
            assert_int_equal(told, 1);
        }
    }
    assert_int_equal(most_under_way, FIFO);
}

static void a_transfer_takes_these_writes(void **state)
{
    (void)state;
    sifive_spi_ops.transfer(&spi.spi, (const uint8_t *)"ab", NULL, 2);
    assert_writes("2048=61 2048=62 2054=1 2070=2");
    arrived = 2;
    sifive_spi_serve(&spi);
    assert_writes("2070=0");
}

/* ---- I2C: the answers are the test's ------------------------------------------------- */

enum { OK_ACK = 0x01, NO_ACK = 0x81, LOST = 0x21, NOTHING = 0 };

static uint32_t i2c_status, i2c_data;

static uint32_t i2c_read(uint32_t address)
{
    assert_true(address == 0x3010 || address == 0x300C);
    return address == 0x3010 ? i2c_status : i2c_data;
}

static const struct fake_device i2c_device = { 4, i2c_read, NULL };
static err_t i2c_told;

static void i2c_done(struct i2c_client *client, err_t status)
{
    (void)client;
    told++;
    i2c_told = status;
}

static struct i2c_client i2c_client = { i2c_done };
static struct sifive_i2c i2c;

static int setup_i2c(void **state)
{
    (void)state;
    fake_mmio(&i2c_device);
    told = 0;
    i2c = (struct sifive_i2c){ .bus = { &sifive_i2c_ops, &i2c_client },
                               .base = 0x3000 };
    uint8_t byte = 0;
    assert_int_equal(sifive_i2c_ops.transfer(&i2c.bus, 1, &byte, 1, 0),
                     ERR_NODEVICE);
    assert_writes("");
    sifive_i2c_init(&i2c, 320 * MHZ, 400000);
    assert_writes("3008=0 3000=9f 3004=0 3008=c0 3010=1");
    return 0;
}

/* The command has ended so; what is done then. */
#define AFTER(status, writes)                                                  \
    do {                                                                       \
        i2c_status = (status);                                                 \
        sifive_i2c_serve(&i2c);                                                \
        assert_writes(writes);                                                 \
    } while (0)

static void begin(uint8_t *bytes, size_t write, size_t read, const char *writes)
{
    told = 0;
    assert_int_equal(
        sifive_i2c_ops.transfer(&i2c.bus, 0x50, bytes, write, read), OK);
    assert_int_equal(
        sifive_i2c_ops.transfer(&i2c.bus, 0x50, bytes, write, read), ERR_BUSY);
    assert_writes_at(writes, __FILE__, __LINE__);
}

static void ended(err_t status)
{
    assert_int_equal(told, 1);
    assert_int_equal(i2c_told, status);
    sifive_i2c_serve(&i2c); /* an interrupt for nothing */
    assert_writes("");
    assert_int_equal(told, 1);
}

static void writing_stops_with_the_last_byte(void **state)
{
    (void)state;
    uint8_t bytes[] = { 0x11, 0x22 };
    begin(bytes, 2, 0, "300c=a0 3010=91");
    AFTER(NOTHING, ""); /* not yet */
    AFTER(OK_ACK, "300c=11 3010=11");
    AFTER(OK_ACK, "300c=22 3010=51");
    AFTER(OK_ACK, "3010=1");
    ended(OK);
}

static void reading_does_not_acknowledge_the_last_byte(void **state)
{
    (void)state;
    uint8_t bytes[2] = { 0 };
    begin(bytes, 0, 2, "300c=a1 3010=91");
    AFTER(OK_ACK, "3010=21");
    i2c_data = 0x33;
    AFTER(NO_ACK, "3010=69"); /* that bit is about what was sent */
    i2c_data = 0x44;
    AFTER(OK_ACK, "3010=1");
    ended(OK);
    assert_memory_equal(bytes, "\x33\x44", 2);
}

static void reading_behind_writing_begins_with_another_start(void **state)
{
    (void)state;
    uint8_t bytes[] = { 0x11 };
    begin(bytes, 1, 1, "300c=a0 3010=91");
    AFTER(OK_ACK, "300c=11 3010=11");
    AFTER(OK_ACK, "300c=a1 3010=91");
    AFTER(OK_ACK, "3010=69");
    AFTER(OK_ACK, "3010=1");
    ended(OK);
}

static void asking_for_a_device_is_its_address_alone(void **state)
{
    (void)state;
    uint8_t bytes[1];
    begin(bytes, 0, 0, "300c=a0 3010=d1");
    AFTER(OK_ACK, "3010=1");
    ended(OK);
    begin(bytes, 0, 0, "300c=a0 3010=d1");
    AFTER(NO_ACK, "3010=1");
    ended(ERR_NOACK);
}

static void what_is_not_acknowledged_is_followed_by_a_stop(void **state)
{
    (void)state;
    uint8_t bytes[] = { 0x11, 0x22 };
    begin(bytes, 2, 0, "300c=a0 3010=91");
    AFTER(NO_ACK, "3010=41");
    AFTER(NO_ACK, "3010=1");
    ended(ERR_NOACK);
    begin(bytes, 2, 0, "300c=a0 3010=91");
    AFTER(OK_ACK, "300c=11 3010=11");
    AFTER(OK_ACK, "300c=22 3010=51");
    AFTER(NO_ACK, "3010=1"); /* it was sent with it */
    ended(ERR_NOACK);
    begin(bytes, 0, 1, "300c=a1 3010=91");
    AFTER(NO_ACK, "3010=41");
    AFTER(OK_ACK, "3010=1");
    ended(ERR_NOACK);
}

static void a_transfer_that_does_not_end_is_aborted(void **state)
{
    (void)state;
    uint8_t bytes[] = { 0x11, 0x22 };
    sifive_i2c_ops.abort(&i2c.bus); /* of what? */
    assert_writes("");
    begin(bytes, 2, 0, "300c=a0 3010=91");
    AFTER(OK_ACK, "300c=11 3010=11");
    sifive_i2c_ops.abort(&i2c.bus);
    assert_writes("3008=0 3008=c0 3010=1");
    AFTER(OK_ACK, ""); /* too late */
    assert_int_equal(told, 0);
    begin(bytes, 0, 1, "300c=a1 3010=91");
    AFTER(OK_ACK, "3010=69");
    AFTER(OK_ACK, "3010=1");
    ended(OK);
}

static void a_bus_that_is_held_is_an_error(void **state)
{
    (void)state;
    uint8_t bytes[] = { 0x11, 0x22 };
    begin(bytes, 2, 0, "300c=a0 3010=91");
    AFTER(LOST, "3010=1");
    ended(ERR_FAIL);
}

int main(void)
{
#define PWM(f) cmocka_unit_test_setup(f, setup_pwm)
#define SPI(f) cmocka_unit_test_setup(f, setup_spi)
#define I2C(f) cmocka_unit_test_setup(f, setup_i2c)
    const struct CMUnitTest tests[] = {
        PWM(a_pin_is_high_at_the_end_of_each_period),
        PWM(slow_rates_are_scaled_as_little_as_it_takes),
        PWM(pins_of_a_timer_share_its_rate),
        PWM(a_rate_that_a_small_timer_can_not_have_is_refused),
        SPI(the_rate_is_the_highest_that_is_not_above),
        SPI(selecting_sets_the_mode_before_the_chip_select),
        SPI(each_byte_comes_back_once_and_none_is_lost),
        SPI(a_transfer_takes_these_writes),
        I2C(writing_stops_with_the_last_byte),
        I2C(reading_does_not_acknowledge_the_last_byte),
        I2C(reading_behind_writing_begins_with_another_start),
        I2C(asking_for_a_device_is_its_address_alone),
        I2C(what_is_not_acknowledged_is_followed_by_a_stop),
        I2C(a_transfer_that_does_not_end_is_aborted),
        I2C(a_bus_that_is_held_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
