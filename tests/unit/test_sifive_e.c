/* SPDX-License-Identifier: Apache-2.0 */
/* Pins, LEDs and clocks of the FE310.
 * SOURCES: chips/sifive-e/gpio.c chips/sifive-e/prci.c chips/sifive-e/clock.c
 * SOURCES: chips/sifive-e/watchdog.c chips/sifive-e/pll.c
 * SOURCES: tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <string.h>

#include <berth/hil/chip.h>
#include <chips/sifive-e/clock.h>
#include <chips/sifive-e/gpio.h>
#include <chips/sifive-e/pll.h>
#include <chips/sifive-e/prci.h>
#include <chips/sifive-e/watchdog.h>

/* ---- pins: registers that keep what is written ------------------------------------------ */

#define GPIO 0x10012000u
enum {
    INPUT = 0,
    INPUT_ENABLE = 1,
    OUTPUT_ENABLE = 2,
    OUTPUT = 3,
    PULL_UP = 4,
    RISE_ENABLE = 6,
    RISE_PENDING = 7,
    FALL_ENABLE = 8,
    FALL_PENDING = 9,
    IOF_ENABLE = 14,
    IOF_SELECT = 15,
};

static uint32_t gpio[16];
static bool is_for_drivers; /* pins that start low, for whoever wants one */

static uint32_t gpio_read(uint32_t address)
{
    assert_in_range(address, GPIO, GPIO + 0x3C);
    return gpio[(address - GPIO) / 4];
}

static void gpio_write(uint32_t address, uint32_t value)
{
    assert_in_range(address, GPIO, GPIO + 0x3C);
    /* No pin is ever an output before its level is right. */
    if (address == GPIO + 4 * OUTPUT_ENABLE && !is_for_drivers)
        assert_int_equal(gpio[OUTPUT] & value, value);
    if (address == GPIO + 4 * RISE_PENDING ||
        address == GPIO + 4 * FALL_PENDING)
        gpio[(address - GPIO) / 4] &= ~value; /* a one clears */
    else
        gpio[(address - GPIO) / 4] = value;
}

static const struct fake_device pins = { 4, gpio_read, gpio_write };
static const struct gpio_led red = { { &gpio_led_ops }, 22 };
static const struct gpio_led green = { { &gpio_led_ops }, 19 };

static int setup_pins(void **state)
{
    (void)state;
    fake_mmio(&pins);
    memset(gpio, 0, sizeof gpio);
    is_for_drivers = false;
    return 0;
}

static void an_led_is_dark_at_first_and_its_pin_nobody_elses(void **state)
{
    (void)state;
    gpio[IOF_ENABLE] = 0xFFFFFFFF;
    gpio_led_init(&red);
    assert_int_equal(gpio[IOF_ENABLE], ~(1u << 22));
    assert_int_equal(gpio[OUTPUT_ENABLE], 1u << 22);
    assert_false(red.led.ops->get(&red.led));
}

static void an_led_is_lit_by_a_low_pin_and_others_stay(void **state)
{
    (void)state;
    gpio_led_init(&red);
    gpio_led_init(&green);
    red.led.ops->set(&red.led, true);
    assert_int_equal(gpio[OUTPUT], 1u << 19);
    assert_true(red.led.ops->get(&red.led));
    assert_false(green.led.ops->get(&green.led));
    red.led.ops->set(&red.led, true);
    assert_true(red.led.ops->get(&red.led));
    red.led.ops->set(&red.led, false);
    assert_int_equal(gpio[OUTPUT], 1u << 19 | 1u << 22);
    assert_false(red.led.ops->get(&red.led));
}

static void pins_are_given_to_the_first_peripheral_on_them(void **state)
{
    (void)state;
    gpio[IOF_SELECT] = 0xFFFFFFFF;
    gpio[IOF_ENABLE] = 1;
    gpio_function0(3u << 16);
    assert_int_equal(gpio[IOF_SELECT], ~(3u << 16));
    assert_int_equal(gpio[IOF_ENABLE], 3u << 16 | 1u);
}

/* ---- pins for drivers -------------------------------------------------------------- */

static struct sifive_pin pin5 = { { .ops = &sifive_pin_ops }, 5 };
#define BIT5 (1u << 5)

static uint32_t changes;
static bool last_level;

static void note_change(struct gpio_client *client, struct gpio_pin *pin,
                        bool high)
{
    (void)client;
    assert_ptr_equal(pin, &pin5.pin);
    changes++;
    last_level = high;
}

static int setup_pin(void **state)
{
    static struct gpio_client client = { note_change };
    setup_pins(state);
    is_for_drivers = true;
    changes = 0;
    pin5.pin.client = &client;
    return 0;
}

static void a_pin_is_output_input_or_off_and_others_stay(void **state)
{
    (void)state;
    const struct gpio_ops *ops = pin5.pin.ops;
    gpio[IOF_ENABLE] = UINT32_MAX;
    gpio[OUTPUT] = 1;
    ops->output(&pin5.pin);
    assert_int_equal(gpio[IOF_ENABLE], ~BIT5);
    assert_int_equal(gpio[OUTPUT_ENABLE], BIT5);
    ops->set(&pin5.pin, true);
    assert_int_equal(gpio[OUTPUT], BIT5 | 1);
    assert_true(ops->get(&pin5.pin));
    ops->set(&pin5.pin, false);
    assert_int_equal(gpio[OUTPUT], 1);
    assert_false(ops->get(&pin5.pin));
    assert_int_equal(ops->input(&pin5.pin, GPIO_PULL_DOWN), ERR_NOSUPPORT);
    assert_int_equal(gpio[OUTPUT_ENABLE], BIT5);
    assert_int_equal(ops->input(&pin5.pin, GPIO_PULL_UP), OK);
    assert_int_equal(gpio[OUTPUT_ENABLE], 0);
    assert_int_equal(gpio[PULL_UP], BIT5);
    assert_int_equal(gpio[INPUT_ENABLE], BIT5);
    gpio[INPUT] = BIT5;
    assert_true(ops->get(&pin5.pin));
    assert_int_equal(ops->input(&pin5.pin, GPIO_PULL_NONE), OK);
    assert_int_equal(gpio[PULL_UP], 0);
    ops->watch(&pin5.pin, GPIO_EDGE_BOTH);
    ops->off(&pin5.pin);
    assert_int_equal(gpio[INPUT_ENABLE] | gpio[OUTPUT_ENABLE] | gpio[PULL_UP] |
                         gpio[RISE_ENABLE] | gpio[FALL_ENABLE],
                     0);
}

static void edges_are_told_as_watched_and_once(void **state)
{
    (void)state;
    static const uint32_t rise[] = { BIT5, BIT5, 0 };
    static const uint32_t fall[] = { BIT5, 0, BIT5 };
    const struct gpio_ops *ops = pin5.pin.ops;
    for (uint32_t edge = 0; edge < 3; edge++) {
        gpio[RISE_PENDING] = gpio[FALL_PENDING] = UINT32_MAX; /* of before */
        ops->watch(&pin5.pin, (enum gpio_edge)edge);
        assert_int_equal(gpio[RISE_ENABLE], rise[edge]);
        assert_int_equal(gpio[FALL_ENABLE], fall[edge]);
        assert_int_equal(gpio[RISE_PENDING] & BIT5, 0);
        assert_int_equal(gpio[FALL_PENDING] & BIT5, 0);
        sifive_pin_serve(&pin5); /* an interrupt for nothing */
        assert_int_equal(changes, 0);
        gpio[INPUT] = rise[edge];
        gpio[RISE_PENDING] = rise[edge];
        gpio[FALL_PENDING] = fall[edge];
        sifive_pin_serve(&pin5);
        sifive_pin_serve(&pin5);
        assert_int_equal(changes, 1);
        assert_int_equal(last_level, rise[edge] != 0);
        changes = 0;
    }
    gpio[RISE_PENDING] = BIT5; /* not watched */
    sifive_pin_serve(&pin5);
    ops->unwatch(&pin5.pin);
    gpio[FALL_PENDING] = BIT5;
    sifive_pin_serve(&pin5);
    assert_int_equal(changes, 0);
}

/* ---- clocks: what runs the core must run ----------------------------------------------- */

#define PRCI 0x10008000u
enum { HFROSC = PRCI, HFXOSC = PRCI + 4, PLL = PRCI + 8, DIVIDER = PRCI + 12 };
#define ENABLED (1u << 30)
#define READY (1u << 31)
#define SELECT_PLL (1u << 16)
#define FROM_CRYSTAL (1u << 17)
#define BYPASS (1u << 18)

static uint32_t hfrosc, hfxosc, pll, divider;
static uint32_t hfrosc_delay, hfxosc_delay; /* reads until it is ready */
static bool pll_is_locked;

static bool oscillator_runs(uint32_t reg, uint32_t delay)
{
    return (reg & ENABLED) != 0 && delay == 0;
}

/* Does the core still have a clock? */
static bool core_runs(void)
{
    if ((pll & SELECT_PLL) == 0)
        return oscillator_runs(hfrosc, hfrosc_delay);
    bool source = (pll & FROM_CRYSTAL) != 0
                      ? oscillator_runs(hfxosc, hfxosc_delay)
                      : oscillator_runs(hfrosc, hfrosc_delay);
    return source && ((pll & BYPASS) != 0 || pll_is_locked);
}

static uint32_t prci_read(uint32_t address)
{
    switch (address) {
    case HFROSC:
        if (hfrosc_delay > 0)
            hfrosc_delay--;
        return hfrosc | (oscillator_runs(hfrosc, hfrosc_delay) ? READY : 0);
    case HFXOSC:
        if (hfxosc_delay > 0)
            hfxosc_delay--;
        return hfxosc | (oscillator_runs(hfxosc, hfxosc_delay) ? READY : 0);
    case PLL:
        return pll;
    default:
        fail_msg("0x%x is not to be read", address);
        return 0;
    }
}

static bool was_running;

static void prci_write(uint32_t address, uint32_t value)
{
    if (address == HFROSC)
        hfrosc = value;
    else if (address == HFXOSC)
        hfxosc = value;
    else if (address == PLL)
        pll = value;
    else
        divider = value;
    if (was_running)
        assert_true(core_runs());
    was_running = core_runs();
}

static const struct fake_device clocks = { 4, prci_read, prci_write };

/* As reset leaves it, and as the stock bootloader does: on the PLL. */
static void the_core_runs_from_the_crystal_and_never_stops_on_the_way(
    void **state)
{
    (void)state;
    for (uint32_t from_pll = 0; from_pll < 2; from_pll++) {
        fake_mmio(&clocks);
        hfrosc = ENABLED | 4u | 16u << 16;
        hfxosc = 0;
        pll = from_pll != 0 ? SELECT_PLL | BYPASS : 0;
        hfrosc_delay = 0;
        hfxosc_delay = 50;
        was_running = true;
        prci_use_crystal();
        assert_true(core_runs());
        assert_int_equal(pll & (SELECT_PLL | FROM_CRYSTAL | BYPASS),
                         SELECT_PLL | FROM_CRYSTAL | BYPASS);
        assert_int_equal(divider, 1u << 8);
        assert_int_equal(hfrosc & ENABLED, 0);
    }
}

static void a_slow_ring_oscillator_is_waited_for(void **state)
{
    (void)state;
    fake_mmio(&clocks);
    hfrosc = 0;
    hfxosc = ENABLED;
    pll = SELECT_PLL | FROM_CRYSTAL | BYPASS;
    hfrosc_delay = 300;
    hfxosc_delay = 0;
    was_running = true;
    prci_use_crystal();
    assert_true(core_runs());
}

/* ---- the PLL: in the order that the sheet wants ------------------------------------------ */

#define LOCKED (1u << 31)
#define MTIME 0x0200BFF8u
#define SCKDIV 0x10014000u
#define CRYSTAL_HZ 16000000u
#define TICK_READS 20u /* of the clock, until it is one further */

static uint32_t reads, set_up_at, flash_divider;
static bool never_locks;

static uint32_t ticks(void)
{
    return reads / TICK_READS;
}

static uint32_t pll_read(uint32_t address)
{
    reads++;
    if (address == MTIME)
        return ticks();
    if (address != PLL)
        return prci_read(address);
    /* Until it has settled the bit says this or that. */
    bool has_settled = ticks() - set_up_at >= 4;
    bool says = has_settled ? !never_locks : reads % 2 == 0;
    return pll | (says ? LOCKED : 0);
}

static uint32_t vco_of(uint32_t config)
{
    return CRYSTAL_HZ / ((config & 7) + 1) * 2 * ((config >> 4 & 0x3F) + 1);
}

static uint32_t hz_of(uint32_t config)
{
    return vco_of(config) >> (config >> 10 & 3);
}

static void pll_select_check(uint32_t value)
{
    assert_int_equal(value & ~SELECT_PLL, pll); /* nothing else changes */
    assert_true(oscillator_runs(hfxosc, hfxosc_delay));
    assert_in_range(CRYSTAL_HZ / ((value & 7) + 1), 6000000, 12000000);
    assert_in_range(vco_of(value), 384000000, 768000000);
    assert_in_range(hz_of(value), 48000000, 384000000);
    assert_true(ticks() - set_up_at >= 4); /* 100 us and more */
    assert_false(never_locks);
    assert_int_equal(divider, 1u << 8);
    assert_in_range(hz_of(value) / (2 * (flash_divider + 1)), 1, 50000000);
    pll_is_locked = true;
}

static void pll_write(uint32_t address, uint32_t value)
{
    bool was_selected = (pll & SELECT_PLL) != 0;
    if (address == SCKDIV) {
        flash_divider = value;
        return;
    }
    if (address == PLL) {
        bool is_from_pll = (value & SELECT_PLL) != 0 && (value & BYPASS) == 0;
        if (is_from_pll && !was_selected)
            pll_select_check(value);
        else if (!was_selected && value != pll)
            set_up_at = ticks();
        if ((value & BYPASS) == 0 && (pll & BYPASS) != 0)
            assert_int_equal(value, pll & ~BYPASS); /* set up while bypassed */
        pll = value;
        return;
    }
    if (address == HFROSC && (pll & SELECT_PLL) == 0)
        assert_true((value & ENABLED) != 0); /* what the core runs from */
    prci_write(address, value);
}

static const struct fake_device pll_clocks = { 4, pll_read, pll_write };

static void pll_begin(void)
{
    fake_mmio(&pll_clocks);
    hfrosc = ENABLED | 4u | 16u << 16;
    hfxosc = divider = 0;
    pll = BYPASS;
    reads = set_up_at = 0;
    flash_divider = 0;
    hfrosc_delay = 0;
    hfxosc_delay = 5;
    was_running = never_locks = pll_is_locked = false;
}

static void each_rate_of_the_pll_is_reached_in_the_sheets_order(void **state)
{
    (void)state;
    uint32_t count = 0;
    for (uint32_t mhz = 1; mhz <= 330; mhz++) {
        pll_begin();
        err_t e = prci_use_pll(mhz * 1000000);
        bool is_one = (mhz >= 48 && mhz <= 96 && mhz % 2 == 0) ||
                      (mhz >= 96 && mhz <= 192 && mhz % 4 == 0) ||
                      (mhz >= 192 && mhz <= 320 && mhz % 8 == 0);
        assert_int_equal(e, is_one ? OK : ERR_INVAL);
        if (!is_one) {
            assert_writes("");
            continue;
        }
        count++;
        assert_int_equal(hz_of(pll), mhz * 1000000);
        assert_int_equal(pll & (SELECT_PLL | FROM_CRYSTAL | BYPASS),
                         SELECT_PLL | FROM_CRYSTAL);
        assert_int_equal(hfrosc & ENABLED, 0);
    }
    assert_int_equal(count, 25 + 24 + 16);
}

static void full_speed_takes_these_writes(void **state)
{
    (void)state;
    pll_begin();
    assert_int_equal(prci_use_pll(PLL_HZ_MAX), OK);
    assert_writes("10008000=40100004 10008008=80040000 10008004=40000000 "
                  "1000800c=100 10014000=6 10008008=60671 10008008=20671 "
                  "10008008=30671 10008000=100004");
}

static void a_pll_that_does_not_lock_is_not_used(void **state)
{
    (void)state;
    pll_begin();
    never_locks = true;
    assert_int_equal(prci_use_pll(64000000), ERR_FAIL);
    assert_int_equal(pll & (SELECT_PLL | FROM_CRYSTAL | BYPASS),
                     SELECT_PLL | FROM_CRYSTAL | BYPASS);
}

/* ---- which clock mtime counts ------------------------------------------------------------ */

static uint32_t csdef;

static uint32_t spi_read(uint32_t address)
{
    assert_int_equal(address, 0x10014014);
    return csdef;
}

static const struct fake_device spi = { 4, spi_read, NULL };

static void the_rate_of_the_clock_tells_silicon_from_the_emulator(void **state)
{
    (void)state;
    fake_mmio(&spi);
    csdef = 1;
    clock_init();
    assert_int_equal(chip_timer_hz(), 32768);
    csdef = 0;
    clock_init();
    assert_int_equal(chip_timer_hz(), 10000000);
}

/* ---- the watchdog: a write counts only right after the key -------------------------------- */

static uint32_t dog[16];
static bool dog_open;
static uint32_t dog_reads;

static uint32_t dog_read(uint32_t address)
{
    assert_int_equal(address, 0x10000008);
    dog_reads++;
    return dog[2];
}

static void dog_write(uint32_t address, uint32_t value)
{
    assert_in_range(address, 0x10000000, 0x10000020);
    if (address == 0x1000001C) {
        dog_open = value == 0x51F15E;
        return;
    }
    assert_true(dog_open);
    dog_open = false;
    dog[(address - 0x10000000) / 4] = value;
}

static const struct fake_device watchdog = { 4, dog_read, dog_write };

static void the_watchdog_is_switched_off_with_its_key(void **state)
{
    (void)state;
    fake_mmio(&watchdog);
    memset(dog, 0xFF, sizeof dog);
    watchdog_off();
    assert_int_equal(dog[0], 0);
}

static void a_reset_arms_the_watchdog_and_comes_back_if_nothing_bites(
    void **state)
{
    (void)state;
    fake_mmio(&watchdog);
    memset(dog, 0xFF, sizeof dog);
    watchdog_reset();
    assert_int_equal(dog[0], 1u << 8 | 1u << 12); /* reset enable, always on */
    assert_int_equal(dog[2], 0);
    assert_int_equal(dog[8], 1);
    assert_true(dog_reads > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_led_is_dark_at_first_and_its_pin_nobody_elses,
                               setup_pins),
        cmocka_unit_test_setup(an_led_is_lit_by_a_low_pin_and_others_stay,
                               setup_pins),
        cmocka_unit_test_setup(pins_are_given_to_the_first_peripheral_on_them,
                               setup_pins),
        cmocka_unit_test_setup(a_pin_is_output_input_or_off_and_others_stay,
                               setup_pin),
        cmocka_unit_test_setup(edges_are_told_as_watched_and_once, setup_pin),
        cmocka_unit_test(
            the_core_runs_from_the_crystal_and_never_stops_on_the_way),
        cmocka_unit_test(a_slow_ring_oscillator_is_waited_for),
        cmocka_unit_test(each_rate_of_the_pll_is_reached_in_the_sheets_order),
        cmocka_unit_test(full_speed_takes_these_writes),
        cmocka_unit_test(a_pll_that_does_not_lock_is_not_used),
        cmocka_unit_test(the_rate_of_the_clock_tells_silicon_from_the_emulator),
        cmocka_unit_test(the_watchdog_is_switched_off_with_its_key),
        cmocka_unit_test(
            a_reset_arms_the_watchdog_and_comes_back_if_nothing_bites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
