/* SPDX-License-Identifier: Apache-2.0 */
/* Watchdogs, clocks, SYSTIMER, the interrupt matrix, pins and random numbers of
 * the ESP32-C3, write by write where the order matters, against the chip's
 * manual.
 * SOURCES: chips/esp32c3/watchdog.c chips/esp32c3/clock.c
 * SOURCES: chips/esp32c3/systimer.c chips/esp32c3/intc.c chips/esp32c3/gpio.c
 * SOURCES: chips/esp32c3/rng.c tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <berth/hil/chip.h>
#include <chips/esp32c3/clock.h>
#include <chips/esp32c3/gpio.h>
#include <chips/esp32c3/intc.h>
#include <chips/esp32c3/rng.h>
#include <chips/esp32c3/systimer.h>
#include <chips/esp32c3/watchdog.h>

/* ---- registers that keep what is written ------------------------------------------- */

enum { WORDS = 1024 };

static struct {
    uint32_t address, value;
} words[WORDS];
static uint32_t word_count;

static uint32_t *word_at(uint32_t address)
{
    for (uint32_t i = 0; i < word_count; i++)
        if (words[i].address == address)
            return &words[i].value;
    assert_true(word_count < WORDS);
    words[word_count].address = address;
    words[word_count].value = 0;
    return &words[word_count++].value;
}

static uint32_t word_read(uint32_t address)
{
    if (address == 0x60023004)
        return 1u << 29; /* SYSTIMER has its value ready */
    return *word_at(address);
}

static void word_write(uint32_t address, uint32_t value)
{
    *word_at(address) = value;
}

static const struct fake_device plain = { 4, word_read, word_write };

static int setup(void **state)
{
    (void)state;
    word_count = 0;
    fake_mmio(&plain);
    return 0;
}

/* ---- watchdogs, clocks ------------------------------------------------------------- */

/* As the ROM leaves them: each one on. */
static void each_watchdog_is_unlocked_stopped_and_locked(void **state)
{
    (void)state;
    *word_at(0x60008090) = 0x80001234 | 1u << 12;
    *word_at(0x600080AC) = 0x00000300;
    watchdogs_off();
    assert_writes("6001f064=50d83aa1 6001f048=0 6001f064=0 "
                  "60020064=50d83aa1 60020048=0 60020064=0 "
                  "600080a8=50d83aa1 60008090=234 600080a8=0 "
                  "600080b0=8f1d312a 600080ac=80000300 600080b0=0");
}

/* First how the PLL is divided, then the switch to it. */
static void the_core_runs_at_160_mhz_of_the_pll(void **state)
{
    (void)state;
    *word_at(0x600C0008) = 0x4 | 0xF0; /* 480, 80 MHz, and other fields */
    *word_at(0x600C0058) = 0x28001;    /* crystal by 2; its MHz are 40 */
    *word_at(0x600C0010) = 0x40;
    *word_at(0x600C0018) = 0x21800046;
    clock_init();
    assert_writes("600c0008=f9 600c0058=28400 600c0010=21800046 600c0018=40");
}

/* ---- SYSTIMER ---------------------------------------------------------------------- */

enum { TIMER = 0x60023000 };

static uint64_t counter, target;
static uint32_t asked, latched, conf, step;
static bool is_armed, is_lost; /* a target that has passed does not fire */

static void count_on(uint32_t ticks)
{
    bool was_before = counter < target;
    counter += ticks;
    if (is_armed && counter >= target && (was_before || !is_lost)) {
        latched = 1;
        is_armed = false;
    }
}

static uint32_t timer_read(uint32_t address)
{
    switch (address - TIMER) {
    case 0x04:
        count_on(step);
        return asked++ % 3 == 2 ? 1u << 29 : 0; /* it takes a while */
    case 0x40:
        return (uint32_t)(counter >> 32);
    case 0x44:
        return (uint32_t)counter;
    case 0x68:
        return latched;
    default:
        assert_int_equal(address, 0x600C0018);
        return 0x5;
    }
}

static void timer_write(uint32_t address, uint32_t value)
{
    static uint32_t high, low;
    count_on(step);
    switch (address - TIMER) {
    case 0x00:
        conf = value;
        is_armed = (value & 1u << 24) != 0;
        if (is_armed && target <= counter && !is_lost)
            latched = 1;
        break;
    case 0x04:
        assert_int_equal(value, 1u << 30);
        asked = 0;
        break;
    case 0x1C:
        assert_false(is_armed);
        high = value;
        break;
    case 0x20:
        assert_false(is_armed);
        low = value;
        break;
    case 0x50:
        assert_int_equal(value, 1);
        target = (uint64_t)high << 32 | low;
        break;
    case 0x6C:
        latched &= ~value;
        break;
    default:
        break;
    }
}

static const struct fake_device timer = { 4, timer_read, timer_write };

static int setup_timer(void **state)
{
    (void)state;
    counter = target = 0;
    latched = conf = step = 0;
    is_armed = is_lost = false;
    fake_mmio(&timer);
    return 0;
}

static void the_timer_begins_anew_and_interrupts_for_target_0_alone(
    void **state)
{
    (void)state;
    systimer_init();
    assert_writes("600c0018=20000005 600c0018=5 60023000=c0000000 60023034=0 "
                  "6002306c=7 60023064=1");
    assert_int_equal(chip_timer_hz(), 16000000);
}

static void the_clock_is_one_moment_in_both_halves(void **state)
{
    (void)state;
    counter = 0x2FFFFFFFF;
    assert_true(chip_now() == 0x2FFFFFFFF);
    assert_writes("60023004=40000000");
    assert_int_equal(chip_now_low(), 0xFFFFFFFF);
}

static void a_target_is_set_while_none_is_in_force(void **state)
{
    (void)state;
    counter = 1000;
    latched = 1; /* of the one before */
    chip_timer_set(0x123456789);
    assert_writes("60023000=c0000000 6002306c=1 6002301c=1 60023020=23456789 "
                  "60023050=1 60023000=c1000000 60023004=40000000");
    assert_int_equal(latched, 0);
    assert_true(is_armed && target == 0x123456789);
}

static void never_is_no_target(void **state)
{
    (void)state;
    chip_timer_set(UINT64_MAX);
    assert_writes("60023000=c0000000 6002306c=1");
    assert_false(is_armed);
}

static void a_target_that_has_passed_fires_at_once(void **state)
{
    (void)state;
    counter = 1000;
    chip_timer_set(5);
    assert_int_equal(latched, 1);
}

/* Also where the hardware compares for the moment alone. */
static void a_target_that_passes_on_the_way_is_not_lost(void **state)
{
    (void)state;
    is_lost = true;
    step = 3;
    for (uint64_t ahead = 0; ahead < 40; ahead++) {
        counter = 1000;
        latched = 0;
        fake_mmio_forget();
        chip_timer_set(counter + ahead);
        if (latched == 0) {
            assert_true(is_armed && target > counter);
            count_on(64);
        }
        assert_int_equal(latched, 1);
    }
}

/* ---- the interrupt matrix ---------------------------------------------------------- */

enum { MATRIX = 0x600C2000 };

static char served[8];

static void serve(void *device)
{
    assert_true(strlen(served) < sizeof served - 1);
    strcat(served, device);
}

static char a[] = "a", b[] = "b";
static const struct irq irqs[] = { { 21, serve, a }, { 40, serve, b } };
static struct irq_table table;

const struct irq_table *irq_table(void)
{
    return &table;
}

static void matrix_init(uint32_t irq_count)
{
    table = (struct irq_table){ irqs, irq_count };
    intc_init();
}

static void only_the_sources_of_the_table_and_the_timer_are_led_on(void **state)
{
    (void)state;
    for (uint32_t source = 0; source < 62; source++)
        *word_at(MATRIX + 4 * source) = 9; /* what ran before left them */
    *word_at(MATRIX + 0x104) = 0xFFFFFFFE;
    *word_at(MATRIX + 0x108) = 0xFFFFFFFE;
    matrix_init(2);
    for (uint32_t source = 0; source < 62; source++) {
        uint32_t to = source == 37 ? 7 : source == 21 || source == 40 ? 2 : 0;
        assert_int_equal(*word_at(MATRIX + 4 * source), to);
    }
    assert_int_equal(*word_at(MATRIX + 0x108), 0); /* levels */
    assert_int_equal(*word_at(MATRIX + 0x114 + 4 * 2), 1);
    assert_int_equal(*word_at(MATRIX + 0x114 + 4 * 7), 1);
    assert_int_equal(*word_at(MATRIX + 0x194), 1); /* below is masked */
    assert_int_equal(*word_at(MATRIX + 0x104), 1u << 2 | 1u << 7);
}

/* All are masked first, and none is let through before it is complete. */
static void nothing_interrupts_half_way(void **state)
{
    (void)state;
    matrix_init(0);
    char expected[2048] = "600c2104=0 600c2100=1";
    for (uint32_t source = 0; source < 62; source++)
        snprintf(expected + strlen(expected),
                 sizeof expected - strlen(expected), " %x=0",
                 MATRIX + 4 * source);
    strcat(expected, " 600c2108=0 600c210c=0 600c2194=1 600c2094=7 "
                     "600c2130=1 600c2104=80 600c211c=1 600c2104=84");
    assert_writes(expected);
}

static void who_is_pending_is_served(void **state)
{
    (void)state;
    matrix_init(2);
    *word_at(MATRIX + 0xF8) = 1u << 21;
    served[0] = '\0';
    chip_service();
    assert_string_equal(served, "a");
    *word_at(MATRIX + 0xF8) = 1u << 20;
    *word_at(MATRIX + 0xFC) = 1u << 8;
    served[0] = '\0';
    chip_service();
    assert_string_equal(served, "b");
    chip_wait();
    assert_int_equal(fake_waits, 1);
}

/* ---- pins -------------------------------------------------------------------------- */

static struct esp_pin p5 = { { .ops = &esp_pin_ops }, 5 };
static struct esp_pin p9 = { { .ops = &esp_pin_ops }, 9 };
static struct esp_pin *const both[] = { &p5, &p9 };
static struct esp_gpio gpio = { both, 2 };

static void an_output_is_driven_by_the_gpio_block(void **state)
{
    (void)state;
    p5.pin.ops->output(&p5.pin);
    assert_writes("60004568=80 60004024=20 60009018=1800");
    p5.pin.ops->set(&p5.pin, true);
    p5.pin.ops->set(&p5.pin, false);
    assert_writes("60004008=20 6000400c=20");
    *word_at(0x60004020) = 1u << 5; /* reads what it was set to */
    *word_at(0x60004004) = 1u << 5;
    assert_true(p5.pin.ops->get(&p5.pin));
    *word_at(0x60004004) = 0;
    *word_at(0x6000403C) = 1u << 5;
    assert_false(p5.pin.ops->get(&p5.pin));
}

static void an_input_has_either_resistor_or_none(void **state)
{
    (void)state;
    assert_int_equal(p9.pin.ops->input(&p9.pin, GPIO_PULL_UP), OK);
    assert_writes("60004028=200 60009028=1b00");
    assert_int_equal(p9.pin.ops->input(&p9.pin, GPIO_PULL_DOWN), OK);
    assert_writes("60004028=200 60009028=1a80");
    assert_int_equal(p9.pin.ops->input(&p9.pin, GPIO_PULL_NONE), OK);
    assert_writes("60004028=200 60009028=1a00");
    *word_at(0x6000403C) = 1u << 9;
    assert_true(p9.pin.ops->get(&p9.pin));
}

static uint32_t changes;
static bool level;

static void changed(struct gpio_client *client, struct gpio_pin *pin, bool high)
{
    (void)client;
    assert_ptr_equal(pin, &p9.pin);
    level = high;
    changes++;
}

static struct gpio_client watcher = { changed };

static void edges_are_told_to_who_watches(void **state)
{
    (void)state;
    p9.pin.client = &watcher;
    *word_at(0x60009028) = 0x1A00;
    p9.pin.ops->watch(&p9.pin, GPIO_EDGE_FALLING);
    assert_writes("60004098=0 6000404c=200 60009028=1a00 60004098=2100");
    p9.pin.ops->watch(&p9.pin, GPIO_EDGE_RISING);
    assert_int_equal(*word_at(0x60004098), 0x2080);
    p9.pin.ops->watch(&p9.pin, GPIO_EDGE_BOTH);
    assert_int_equal(*word_at(0x60004098), 0x2180);
    *word_at(0x6000405C) = 1u << 9;
    *word_at(0x6000403C) = 1u << 9;
    changes = 0;
    fake_mmio_forget();
    esp_gpio_serve(&gpio);
    assert_writes("6000404c=200");
    assert_int_equal(changes, 1);
    assert_true(level);
    p9.pin.ops->off(&p9.pin);
    assert_writes("60004098=0 6000404c=200 60004028=200 60009028=1800");
}

/* ---- random numbers ---------------------------------------------------------------- */

static void every_bit_of_a_word_of_noise_counts(void **state)
{
    (void)state;
    uint8_t byte;
    *word_at(0x600260B0) = 0x01020408;
    assert_true(esp_rng.ops->sample(&esp_rng, &byte));
    assert_int_equal(byte, 0x0F);
    assert_writes("60023004=40000000"); /* what takes the time between two */
}

#define TEST(f) cmocka_unit_test_setup(f, setup)
#define TIMER_TEST(f) cmocka_unit_test_setup(f, setup_timer)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_watchdog_is_unlocked_stopped_and_locked),
        TEST(the_core_runs_at_160_mhz_of_the_pll),
        TIMER_TEST(the_timer_begins_anew_and_interrupts_for_target_0_alone),
        TIMER_TEST(the_clock_is_one_moment_in_both_halves),
        TIMER_TEST(a_target_is_set_while_none_is_in_force),
        TIMER_TEST(never_is_no_target),
        TIMER_TEST(a_target_that_has_passed_fires_at_once),
        TIMER_TEST(a_target_that_passes_on_the_way_is_not_lost),
        TEST(only_the_sources_of_the_table_and_the_timer_are_led_on),
        TEST(nothing_interrupts_half_way),
        TEST(who_is_pending_is_served),
        TEST(an_output_is_driven_by_the_gpio_block),
        TEST(an_input_has_either_resistor_or_none),
        TEST(edges_are_told_to_who_watches),
        TEST(every_bit_of_a_word_of_noise_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
