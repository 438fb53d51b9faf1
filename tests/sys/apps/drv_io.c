/* SPDX-License-Identifier: Apache-2.0 */
/* PWM, SPI, I2C and low-level debug, clause by clause, on the board hifive1-io as
 * the machine model has it: PWM pin 1 is wired to pin 0 of the GPIO driver, SPI1
 * has a flash, the I2C bus a memory at 0x50 and at 0x52 one that holds the clock for
 * a second, and someone hears UART1. */
#include "check.h"

#include <berth/alarm.h>
#include <berth/debug.h>
#include <berth/gpio.h>
#include <berth/i2c.h>
#include <berth/pwm.h>
#include <berth/spi.h>
#include <string.h>

/* ---- PWM: how long the wire is high and low, in ticks of 32768 Hz ------------------ */

static uint32_t edges, last_edge, spans[2];

static void note_edge(uint32_t pin, bool is_high, void *userdata)
{
    (void)pin, (void)userdata;
    uint32_t now = berth_alarm_now();
    spans[!is_high] = now - last_edge; /* 1: it was high so long */
    last_edge = now;
    edges++;
}

static void edges_wait(uint32_t count)
{
    for (edges = 0; edges < count;) {
        syscall_yield_wait();
    }
}

static bool is_about(uint32_t got, uint32_t want)
{
    return got + 3 >= want && got <= want + 3;
}

static void pwm(void)
{
    uint32_t hz = 0;
    bool is_high = true;
    check("pwm pins are counted", berth_pwm_count() == 3);
    check("pwm tells its highest rate",
          berth_pwm_max_hz(1, &hz) == OK && hz == 3200000);
    (void)berth_gpio_input(0, BERTH_GPIO_NO_PULL);
    (void)berth_gpio_listen(note_edge, NULL);
    (void)berth_gpio_watch(0, BERTH_GPIO_BOTH);
    check("pwm starts", berth_pwm_start(1, 64, 2500) == OK);
    edges_wait(5);
    check("pwm is high for its duty", is_about(spans[1], 128));
    check("pwm is low for the rest", is_about(spans[0], 384));
    check("another duty takes its place", berth_pwm_start(1, 64, 7500) == OK);
    edges_wait(5);
    check("and lasts as long as it should",
          is_about(spans[1], 384) && is_about(spans[0], 128));
    check("so does another rate", berth_pwm_start(1, 256, 5000) == OK);
    edges_wait(5);
    check("of the pin that runs alone",
          is_about(spans[1], 64) && is_about(spans[0], 64));
    check("two pins of a timer run at one rate",
          berth_pwm_start(0, 256, 1) == OK &&
              berth_pwm_start(0, 100, 1) == ERR_BUSY);
    check("a pin of another timer at its own",
          berth_pwm_start(2, 1000, 5000) == OK && berth_pwm_stop(2) == OK);
    check("which can not be as slow", berth_pwm_start(2, 5, 5000) == ERR_INVAL);
    (void)berth_gpio_unwatch(0);
    (void)berth_gpio_input(0, BERTH_GPIO_NO_PULL);
    check("all of the time is high",
          berth_pwm_start(1, 256, 10000) == OK && berth_sleep_ms(10) == OK &&
              berth_gpio_read(0, &is_high) == OK && is_high);
    check("none of it is low",
          berth_pwm_start(1, 256, 0) == OK && berth_sleep_ms(10) == OK &&
              berth_gpio_read(0, &is_high) == OK && !is_high);
    (void)berth_pwm_start(1, 256, 10000);
    check("a pin that stopped is low",
          berth_pwm_stop(1) == OK && berth_sleep_ms(10) == OK &&
              berth_gpio_read(0, &is_high) == OK && !is_high);
    (void)berth_pwm_stop(0);
}

/* ---- SPI: a flash chip ----------------------------------------------------------------- */

static uint8_t out[68], in[68];

static err_t flash(uint8_t command, uint32_t address, size_t length)
{
    memset(in, 0, sizeof in);
    out[0] = command;
    out[1] = (uint8_t)(address >> 16);
    out[2] = (uint8_t)(address >> 8);
    out[3] = (uint8_t)address;
    return berth_spi_exchange(out, in, length);
}

static err_t flash_ready(void)
{
    err_t e;
    do {
        e = flash(0x05, 0, 2);
    } while (e == OK && (in[1] & 1) != 0);
    return e;
}

static void spi(void)
{
    static const uint8_t id[] = { 0x9D, 0x60, 0x16 };
    check("spi takes a rate", berth_spi_rate(20000000) == OK);
    check("the chip tells what it is",
          flash(0x9F, 0, 4) == OK && memcmp(in + 1, id, sizeof id) == 0);
    for (uint32_t i = 4; i < sizeof out; i++) {
        out[i] = (uint8_t)(i * 7);
    }
    check("bytes are written", flash(0x06, 0, 1) == OK &&
                                   flash(0x02, 0x1200, sizeof out) == OK &&
                                   flash_ready() == OK);
    check("and read back, over pieces and FIFOs",
          flash(0x03, 0x1200, sizeof out) == OK &&
              memcmp(in + 4, out + 4, sizeof out - 4) == 0);
    check("slowly, too", berth_spi_rate(100000) == OK &&
                             flash(0x03, 0x1200, sizeof out) == OK &&
                             memcmp(in + 4, out + 4, sizeof out - 4) == 0);
    check("there is no rate so low", berth_spi_rate(1000) == ERR_INVAL);
    check("what comes back need not be kept",
          berth_spi_exchange(out, NULL, 1) == OK);
}

/* ---- I2C: a memory --------------------------------------------------------------------- */

static void i2c(void)
{
    uint8_t bytes[16] = { 0x20, 1, 2, 3, 4 };
    check("a device is written to",
          berth_i2c_transfer(0x50, bytes, 5, 0) == OK);
    bytes[0] = 0x21;
    check("and read, behind a repeated start",
          berth_i2c_transfer(0x50, bytes, 1, 3) == OK && bytes[0] == 2 &&
              bytes[1] == 3 && bytes[2] == 4);
    bytes[0] = 0x20;
    check("reading goes on where it was",
          berth_i2c_transfer(0x50, bytes, 1, 0) == OK &&
              berth_i2c_transfer(0x50, bytes, 0, 2) == OK && bytes[0] == 1 &&
              bytes[1] == 2);
    check("one byte can be read",
          berth_i2c_transfer(0x50, bytes, 0, 1) == OK && bytes[0] == 3);
    check("a device can be asked for",
          berth_i2c_transfer(0x50, bytes, 0, 0) == OK);
    check("nobody there is told",
          berth_i2c_transfer(0x51, bytes, 0, 0) == ERR_NOACK &&
              berth_i2c_transfer(0x51, bytes, 3, 0) == ERR_NOACK &&
              berth_i2c_transfer(0x51, bytes, 1, 2) == ERR_NOACK &&
              berth_i2c_transfer(0x51, bytes, 0, 2) == ERR_NOACK);
    check("and disturbs nobody",
          berth_i2c_transfer(0x50, bytes, 0, 1) == OK && bytes[0] == 4);
}

static bool is_about_ms(uint32_t ticks, uint32_t ms)
{
    return ticks / 33 + 2 >= ms && ticks / 33 <= ms + 10;
}

static void i2c_held(void)
{
    uint8_t bytes[4] = { 0x20 };
    uint32_t begun = berth_alarm_now();
    check("a device that holds the clock is told of",
          berth_i2c_transfer(0x52, bytes, 1, 1) == ERR_CANCEL);
    check("after 200 ms", is_about_ms(berth_alarm_now() - begun, 200));
    check("so it is while the bus is held",
          berth_i2c_transfer(0x50, bytes, 1, 1) == ERR_CANCEL);
    (void)berth_sleep_ms(1000);
    check("and then all is well",
          berth_i2c_transfer(0x50, bytes, 1, 1) == OK && bytes[0] == 1);
}

int main(void)
{
    berth_debug_print(0x1F0);
    pwm();
    spi();
    i2c();
    i2c_held();
    return check_end();
}
