/* SPDX-License-Identifier: Apache-2.0 */
/* The coloured LED: pulses on its pin, read back as colours.
 * SOURCES: chips/esp32c3/ws2812.c chips/esp32c3/gpio.c tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>

#include <chips/esp32c3/performance.h>
#include <chips/esp32c3/ws2812.h>

/* ---- the model: cycles pass with each look at the counter -------------------------------- */

static uint32_t cycles, rise, bits, signal_bits;
static bool is_high, is_counting;

void performance_start(void)
{
    is_counting = true;
    cycles = bits = signal_bits = 0;
}

uint32_t performance_cycles(void)
{
    assert_true(is_counting);
    cycles += 7;
    return cycles;
}

void performance_off(void)
{
    is_counting = false;
}

static uint64_t now;

uint64_t ktime_now(void)
{
    return now;
}

void ktimer_arm(struct ktimer *timer, uint64_t due)
{
    timer->armed = true;
    timer->due = due;
}

static void edge(bool high)
{
    if (high == is_high)
        return;
    is_high = high;
    if (high) {
        if (bits > 0)
            assert_in_range(cycles - rise, 190, 230); /* 1.25 us */
        rise = cycles;
        return;
    }
    uint32_t length = cycles - rise;
    bool is_short = length >= 32 && length <= 80; /* 0.35 us */
    bool is_long = length >= 88 && length <= 136; /* 0.7 us */
    assert_true(is_short || is_long);
    signal_bits = signal_bits << 1 | is_long;
    bits++;
}

static void pins_write(uint32_t address, uint32_t value)
{
    if (address == 0x60004008 && value == 1u << 8)
        edge(true);
    if (address == 0x6000400C && value == 1u << 8)
        edge(false);
}

static const struct fake_device pins = { 4, NULL, pins_write };

static struct esp_pin pin = { { .ops = &esp_pin_ops }, 8 };
static struct ws2812 lamp;
static const struct ws2812_led red = { { &ws2812_led_ops }, &lamp, WS2812_RED };
static const struct ws2812_led green = { { &ws2812_led_ops },
                                         &lamp,
                                         WS2812_GREEN };
static const struct ws2812_led blue = { { &ws2812_led_ops },
                                        &lamp,
                                        WS2812_BLUE };

static void set(const struct ws2812_led *led, bool on)
{
    led->led.ops->set(&led->led, on);
}

static int setup(void **state)
{
    (void)state;
    now = 100000;
    fake_mmio(&pins);
    lamp = (struct ws2812){ .pin = &pin };
    ws2812_init(&lamp);
    return 0;
}

static void it_begins_dark(void **state)
{
    (void)state;
    assert_int_equal(bits, 24);
    assert_int_equal(signal_bits, 0);
    assert_false(is_high);
    assert_false(is_counting);
    assert_false(red.led.ops->get(&red.led));
}

static void each_colour_has_its_byte(void **state)
{
    (void)state;
    static const struct {
        const struct ws2812_led *led;
        uint32_t bits;
    } each[] = { { &green, 0x180000 },
                 { &red, 0x001800 },
                 { &blue, 0x000018 } };
    for (uint32_t i = 0; i < ARRAY_COUNT(each); i++) {
        now += 10000;
        fake_mmio_forget();
        set(each[i].led, true);
        assert_int_equal(bits, 24);
        assert_int_equal(signal_bits, each[i].bits);
        assert_true(each[i].led->led.ops->get(&each[i].led->led));
        now += 10000;
        fake_mmio_forget();
        set(each[i].led, false);
        assert_int_equal(signal_bits, 0);
    }
}

static void what_follows_too_soon_is_sent_once_and_later(void **state)
{
    (void)state;
    fake_mmio_forget();
    set(&red, true);
    set(&green, true);
    set(&red, false);
    assert_writes("");
    assert_true(lamp.later.armed);
    assert_true(lamp.later.due - lamp.end >= 4800);
    now = lamp.later.due;
    lamp.later.armed = false;
    lamp.later.fire(&lamp.later);
    assert_int_equal(signal_bits, 0x180000);
}

static void nothing_new_is_not_sent(void **state)
{
    (void)state;
    now += 10000;
    fake_mmio_forget();
    set(&red, false);
    assert_writes("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_begins_dark, setup),
        cmocka_unit_test_setup(each_colour_has_its_byte, setup),
        cmocka_unit_test_setup(what_follows_too_soon_is_sent_once_and_later,
                               setup),
        cmocka_unit_test_setup(nothing_new_is_not_sent, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
