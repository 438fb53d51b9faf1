/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's FE310 devices but for SPI, held against the sheet.
 * SOURCES: tests/sim/devices/aon.c tests/sim/devices/clint.c
 * SOURCES: tests/sim/devices/gpio.c tests/sim/devices/itim.c
 * SOURCES: tests/sim/devices/line.c tests/sim/devices/plic.c
 * SOURCES: tests/sim/devices/prci.c tests/sim/devices/sifive_uart.c
 * SOURCES: tests/sim/devices/absent.c tests/fake/sim.c */
#include <tests/fake/sim.h>

#include <stdlib.h>
#include <string.h>

#include <tests/sim/devices/absent.h>
#include <tests/sim/devices/aon.h>
#include <tests/sim/devices/clint.h>
#include <tests/sim/devices/gpio.h>
#include <tests/sim/devices/itim.h>
#include <tests/sim/devices/line.h>
#include <tests/sim/devices/plic.h>
#include <tests/sim/devices/prci.h>
#include <tests/sim/devices/sifive_uart.h>

static struct plic plic;
static struct clint clint;
static struct aon aon;
static struct prci prci;
static struct gpio gpio;
static struct sifive_uart uart;
static struct line line;
static struct line_listener listener;
static struct itim itim;
static struct absent pwm;
static char heard[64];
static size_t heard_count;

#define PLIC (&plic.device)
#define CLINT (&clint.device)
#define AON (&aon.device)
#define PRCI (&prci.device)
#define GPIO (&gpio.device)
#define UART (&uart.device)

static void hear(struct line_listener *l, uint8_t byte)
{
    (void)l;
    assert_true(heard_count < sizeof heard - 1);
    heard[heard_count++] = (char)byte;
    heard[heard_count] = '\0';
}

static int set_up(void **state)
{
    struct machine *machine = &fake_sim.machine;
    (void)state;
    fake_sim_init();
    memset(&plic, 0, sizeof plic);
    memset(&clint, 0, sizeof clint);
    memset(&aon, 0, sizeof aon);
    memset(&prci, 0, sizeof prci);
    memset(&itim, 0, sizeof itim);
    line = (struct line){ .baud = 115200 };
    listener.heard = hear;
    line_listen(&line, &listener);
    heard_count = 0;
    heard[0] = '\0';
    plic_add(machine, &plic, 0x0C000000, 52);
    clint_add(machine, &clint, 0x02000000, 32768);
    aon_add(machine, &aon, 0x10000000, &plic);
    prci_add(machine, &prci, 0x10008000, false);
    gpio_add(machine, &gpio, 0x10012000, &plic, 8, false);
    uart = (struct sifive_uart){ .line = &line,
                                 .plic = &plic,
                                 .source = 3,
                                 .prci = &prci,
                                 .gpio = &gpio,
                                 .tx_pin = 1u << 17,
                                 .rx_pin = 1u << 16 };
    sifive_uart_add(machine, &uart, "UART0", 0x10013000);
    itim_add(machine, &itim, 0x08000000, 8192);
    absent_add(machine, &pwm, "PWM0", 0x10015000, 0x1000, false);
    fake_sim_reset(RESET_POWER_ON);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_free(itim.memory.bytes);
    free(line.queue);
    return 0;
}

/* ---- clocks ------------------------------------------------------------------------- */

#define ENABLE (1u << 30)
#define READY (1u << 31)
#define SELECT (1u << 16)
#define CRYSTAL (1u << 17)
#define BYPASS (1u << 18)
#define PLL_64_MHZ (1u | 31u << 4 | 3u << 10)
enum { HFROSC = 0, HFXOSC = 4, PLL = 8, PLL_DIV = 0xC };

static void crystal_wait(void)
{
    set(PRCI, HFXOSC, ENABLE);
    assert_int_equal(get(PRCI, HFXOSC) & READY, 0);
    fake_sim_pass(1 * MS);
    assert_int_equal(get(PRCI, HFXOSC), ENABLE | READY);
}

static void the_core_goes_from_ring_to_crystal_to_pll(void **state)
{
    (void)state;
    assert_int_equal(prci_core_hz(&prci), 14400000);
    crystal_wait();
    set(PRCI, PLL, BYPASS | CRYSTAL | SELECT);
    assert_int_equal(prci_core_hz(&prci), 16000000);
    set(PRCI, HFROSC, 0); /* not needed any more */
    expect_no_violation();
    set(PRCI, HFROSC, ENABLE | 4);
    fake_sim_pass(1 * MS);
    set(PRCI, PLL, BYPASS | CRYSTAL | PLL_64_MHZ);
    set(PRCI, PLL, CRYSTAL | PLL_64_MHZ);
    assert_int_equal(get(PRCI, PLL) & READY, 0);
    fake_sim_pass(100 * US);
    assert_int_equal(get(PRCI, PLL) & READY, READY);
    set(PRCI, PLL, CRYSTAL | PLL_64_MHZ | SELECT);
    assert_int_equal(prci_core_hz(&prci), 64000000);
    expect_no_violation();
}

static void a_pll_in_the_wrong_order_is_reported(void **state)
{
    (void)state;
    set(PRCI, PLL, CRYSTAL | PLL_64_MHZ);
    expect_violation("begins to lock while hfxosc, its reference, is off");
    crystal_wait();
    set(PRCI, PLL, BYPASS | CRYSTAL | PLL_64_MHZ);
    set(PRCI, PLL, CRYSTAL | PLL_64_MHZ);
    fake_sim_pass(90 * US);
    assert_int_equal(get(PRCI, PLL) & READY, READY);
    set(PRCI, PLL, CRYSTAL | PLL_64_MHZ | SELECT);
    expect_violation("90 us after it was set up: within 100 us its lock bit");
    fake_sim_pass(1 * MS);
    set(PRCI, PLL, CRYSTAL | PLL_64_MHZ | SELECT);
    expect_no_violation();
    set(PRCI, PLL, CRYSTAL | (PLL_64_MHZ ^ 1u << 4) | SELECT);
    expect_violation("before it has locked");
}

static void a_core_without_a_clock_is_reported(void **state)
{
    (void)state;
    set(PRCI, PLL, BYPASS | CRYSTAL | SELECT);
    expect_violation("hfxosc, the reference it runs from, is off or not ready");
    set(PRCI, PLL, 0);
    set(PRCI, HFROSC, 0);
    expect_violation("hfrosc, which it runs from, is off");
}

static void a_pll_beyond_its_limits_is_reported(void **state)
{
    (void)state;
    crystal_wait();
    set(PRCI, PLL, CRYSTAL | PLL_64_MHZ | SELECT);
    expect_violation("before it has locked");
    fake_sim_pass(1 * MS);
    set(PRCI, PLL, CRYSTAL | SELECT | 0u | 31u << 4 | 3u << 10);
    expect_violation("divides its reference to 16000000 Hz");
    set(PRCI, PLL, CRYSTAL | SELECT | 1u | 60u << 4 | 3u << 10);
    expect_violation("VCO at 976000000 Hz");
}

static void registers_are_words_only(void **state)
{
    struct device *const devices[] = { PRCI, GPIO, UART, AON, CLINT, PLIC };
    (void)state;
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        assert_false(can_get(devices[i], 0, 1));
        assert_false(can_get(devices[i], 0, 2));
        assert_false(can_set(devices[i], 0, 1));
    }
    get(&pwm.device, 4);
    expect_violation("PWM0 (+0x4) is not modelled");
}

/* ---- timers ---------------------------------------------------------------------------- */

static void mtime_counts_32768_hz(void **state)
{
    (void)state;
    assert_true(fake_sim.mtip); /* compare is 0 */
    fake_sim_pass(SECOND);
    assert_int_equal(get(CLINT, 0xBFF8), 32768);
    set(CLINT, 0x4004, 0xFFFFFFFF);
    set(CLINT, 0x4000, 32768 + 327);
    set(CLINT, 0x4004, 0);
    assert_false(fake_sim.mtip);
    fake_sim_pass(9979 * US);
    assert_false(fake_sim.mtip);
    fake_sim_pass(1 * US); /* 327 ticks are 9979.2 us */
    assert_true(fake_sim.mtip);
    set(CLINT, 0, 1);
    assert_true(fake_sim.msip);
}

static void mtime_can_be_written_and_wraps(void **state)
{
    (void)state;
    set(CLINT, 0x4000, 5);
    set(CLINT, 0x4004, 1);
    set(CLINT, 0xBFFC, 0);
    set(CLINT, 0xBFF8, 0xFFFFFFFF);
    assert_false(fake_sim.mtip);
    fake_sim_pass(SECOND * 2 / 32768);
    assert_int_equal(get(CLINT, 0xBFFC), 1);
    fake_sim_pass(SECOND * 5 / 32768);
    assert_true(fake_sim.mtip);
}

enum { DOG_CONFIG = 0, DOG_COUNT = 8, FEED = 0x18, KEY = 0x1C, DOG_CMP = 0x20 };
enum { RTC_CONFIG = 0x40, RTC_LOW = 0x48, RTC_CMP = 0x60 };

static void dog_set(uint32_t offset, uint32_t value)
{
    set(AON, KEY, 0x51F15E);
    set(AON, offset, value);
}

static void the_watchdog_bites_unless_it_is_fed(void **state)
{
    (void)state;
    dog_set(DOG_CMP, 3277); /* a tenth of a second */
    dog_set(DOG_CONFIG, 1u << 12 | 1u << 8);
    for (int i = 0; i < 20; i++) {
        fake_sim_pass(90 * MS);
        dog_set(FEED, 0x0D09F00D);
    }
    assert_false(fake_sim.is_reset_wanted);
    fake_sim_pass(101 * MS);
    assert_true(fake_sim.is_reset_wanted);
    fake_sim_reset(RESET_WARM);
    fake_sim.is_reset_wanted = false;
    fake_sim_pass(2 * SECOND);
    assert_false(fake_sim.is_reset_wanted); /* it is off */
    assert_int_equal(get(AON, 0x144), 2u << 8);
    expect_no_violation();
}

static void the_watchdog_wants_its_key_each_time(void **state)
{
    (void)state;
    dog_set(DOG_CMP, 100);
    expect_no_violation();
    set(AON, DOG_CONFIG, 1u << 12);
    expect_violation("watchdog: 0x1000 written at +0x00 without 0x51F15E");
    assert_int_equal(get(AON, DOG_CONFIG), 0);
    dog_set(FEED, 1);
    expect_violation("it eats 0x0D09F00D");
}

static void the_watchdog_can_interrupt_instead(void **state)
{
    (void)state;
    set(PLIC, 4 * 1, 1);
    set(PLIC, 0x2000, 1u << 1);
    dog_set(DOG_CMP, 328);
    dog_set(DOG_CONFIG, 1u << 12 | 1u << 9 | 0);
    fake_sim_pass(11 * MS);
    assert_true(fake_sim.meip);
    assert_false(fake_sim.is_reset_wanted);
    assert_in_range(get(AON, DOG_COUNT), 0, 40); /* zero on match */
}

static void the_rtc_interrupts_while_it_is_over_its_compare(void **state)
{
    (void)state;
    set(PLIC, 4 * 2, 1);
    set(PLIC, 0x2000, 1u << 2);
    set(AON, RTC_CMP, 1000);
    set(AON, RTC_CONFIG, 1u << 12);
    fake_sim_pass(30 * MS);
    assert_false(fake_sim.meip);
    fake_sim_pass(1 * MS);
    assert_true(fake_sim.meip);
    set(AON, RTC_CMP, 2000);
    assert_int_equal(get(PLIC, 0x200004), 2);
    set(PLIC, 0x200004, 2);
    assert_false(fake_sim.meip);
}

static void backup_registers_outlive_a_reset(void **state)
{
    (void)state;
    set(AON, 0x80, 0x12345678);
    set(AON, 0xBC, 0x9ABCDEF0);
    fake_sim_reset(RESET_WARM);
    assert_int_equal(get(AON, 0x80), 0x12345678);
    assert_int_equal(get(AON, 0xBC), 0x9ABCDEF0);
    fake_sim_reset(RESET_POWER_ON);
    assert_int_not_equal(get(AON, 0x80), 0x12345678);
}

/* ---- serial ---------------------------------------------------------------------------- */

enum { TXDATA = 0, RXDATA = 4, TXCTRL = 8, RXCTRL = 0xC, IE = 0x10, IP = 0x14 };
enum { DIV = 0x18 };
#define FULL_OR_EMPTY 0x80000000u

/* 14.4 MHz / 125 = 115200: a frame takes 86.8 us. */
static void uart_start(void)
{
    set(GPIO, 0x38, 3u << 16);
    set(UART, DIV, 124);
    set(UART, TXCTRL, 1u | 4u << 16);
    set(UART, RXCTRL, 1u);
}

static void bytes_take_their_time_on_the_line(void **state)
{
    (void)state;
    uart_start();
    for (const char *c = "123456789"; *c != '\0'; c++)
        set(UART, TXDATA, (uint8_t)*c);
    assert_int_equal(get(UART, TXDATA), FULL_OR_EMPTY); /* 8, one on its way */
    fake_sim_pass(86 * US);
    assert_string_equal(heard, "");
    fake_sim_pass(1 * US);
    assert_string_equal(heard, "1");
    assert_int_equal(get(UART, TXDATA), 0);
    assert_int_equal(get(UART, IP) & 1, 0); /* 7 are not below 4 */
    fake_sim_pass(348 * US);
    assert_int_equal(get(UART, IP) & 1, 1);
    fake_sim_pass(400 * US);
    assert_string_equal(heard, "123456789");
    expect_no_violation();
}

static void nothing_is_sent_before_it_is_enabled(void **state)
{
    (void)state;
    set(GPIO, 0x38, 3u << 16);
    set(UART, DIV, 124);
    set(UART, TXDATA, 'x');
    fake_sim_pass(1 * MS);
    assert_string_equal(heard, "");
    set(UART, TXCTRL, 1);
    fake_sim_pass(1 * MS);
    assert_string_equal(heard, "x");
}

static void input_comes_at_the_speed_of_the_line_and_interrupts(void **state)
{
    (void)state;
    uart_start();
    set(PLIC, 4 * 3, 1);
    set(PLIC, 0x2000, 1u << 3);
    set(UART, IE, 2);
    line_feed(&line, "ab", 2);
    assert_int_equal(get(UART, RXDATA), FULL_OR_EMPTY);
    fake_sim_pass(90 * US);
    assert_true(fake_sim.meip);
    assert_int_equal(get(UART, RXDATA), 'a');
    assert_int_equal(get(UART, RXDATA), FULL_OR_EMPTY);
    fake_sim_pass(90 * US);
    set(UART, RXCTRL, 1u | 1u << 16);
    assert_int_equal(get(UART, IP) & 2, 0); /* one is not above one */
    assert_int_equal(get(UART, RXDATA), 'b');
}

static void what_comes_while_the_fifo_is_full_is_lost(void **state)
{
    (void)state;
    uart_start();
    line_feed(&line, "0123456789", 10);
    fake_sim_pass(10 * MS);
    for (char c = '0'; c < '8'; c++)
        assert_int_equal(get(UART, RXDATA), c);
    assert_int_equal(get(UART, RXDATA), FULL_OR_EMPTY);
    assert_int_equal(line.lost, 2);
}

static void who_types_waits_until_the_receiver_is_on(void **state)
{
    (void)state;
    line_feed(&line, "early", 5);
    fake_sim_pass(10 * MS);
    assert_int_equal(line.lost, 0);
    uart_start();
    fake_sim_pass(10 * MS);
    assert_int_equal(get(UART, RXDATA), 'e');
}

static void another_speed_than_the_lines_is_reported(void **state)
{
    (void)state;
    uart_start();
    set(UART, DIV, 138); /* right for 16 MHz */
    set(UART, TXDATA, 'x');
    expect_violation("UART0 sends at 103597 baud (14400000 Hz / 139), the line "
                     "runs at 115200");
}

static void a_pin_that_is_not_the_uarts_is_reported(void **state)
{
    (void)state;
    uart_start();
    set(GPIO, 0x38, 0);
    set(UART, TXDATA, 'x');
    expect_violation("its pin GPIO17 is not switched to it");
}

static void as_qemu_has_it_nothing_waits_and_nothing_is_lost(void **state)
{
    (void)state;
    uart.is_instant = true;
    set(UART, TXCTRL, 1);
    set(UART, RXCTRL, 1);
    for (const char *c = "more than the FIFO holds"; *c != '\0'; c++)
        set(UART, TXDATA, (uint8_t)*c);
    assert_string_equal(heard, "more than the FIFO holds");
    line_feed(&line, "0123456789", 10);
    for (char c = '0'; c <= '9'; c++)
        assert_int_equal(get(UART, RXDATA), c);
    expect_no_violation();
}

/* ---- pins, interrupts, memory ---------------------------------------------------------- */

static void pins_interrupt_by_edge_and_by_level(void **state)
{
    (void)state;
    set(PLIC, 4 * (8 + 12), 1);
    set(PLIC, 0x2000, 1u << (8 + 12));
    set(GPIO, 0x04, 1u << 12);
    set(GPIO, 0x18, 1u << 12); /* rise */
    set(GPIO, 0x1C, UINT32_MAX);
    gpio_drive(&gpio, 12, true);
    assert_true(fake_sim.meip);
    assert_int_equal(get(GPIO, 0), 1u << 12);
    set(GPIO, 0x1C, 1u << 12);
    assert_int_equal(get(PLIC, 0x200004), 20);
    set(PLIC, 0x200004, 20);
    assert_false(fake_sim.meip);
    set(GPIO, 0x28, 1u << 12); /* high, which it still is */
    assert_true(fake_sim.meip);
    set(GPIO, 0x2C, 1u << 12);
    assert_int_equal(get(GPIO, 0x2C) & 1u << 12, 1u << 12);
}

static void an_output_can_be_read_back_as_input(void **state)
{
    (void)state;
    set(GPIO, 0x04, 1u << 19);
    set(GPIO, 0x08, 1u << 19);
    set(GPIO, 0x0C, 1u << 19);
    assert_int_equal(get(GPIO, 0), 1u << 19);
    set(GPIO, 0x40, 1u << 19); /* inverted */
    assert_int_equal(get(GPIO, 0), 0);
}

static void a_source_enabled_late_is_seen_at_once(void **state)
{
    (void)state;
    set(PLIC, 4 * 7, 1);
    plic_wire(&plic, 7, true);
    assert_false(fake_sim.meip);
    set(PLIC, 0x2000, 1u << 7);
    assert_true(fake_sim.meip);
    set(PLIC, 0x200000, 1);
    assert_false(fake_sim.meip); /* not above the threshold */
}

static void claims_go_by_priority_then_by_number(void **state)
{
    (void)state;
    for (uint32_t s = 4; s <= 6; s++) {
        set(PLIC, 4 * s, s == 6 ? 2 : 1);
        plic_wire(&plic, s, true);
    }
    set(PLIC, 0x2000, 7u << 4);
    assert_int_equal(get(PLIC, 0x200004), 6);
    assert_int_equal(get(PLIC, 0x200004), 4);
    assert_int_equal(get(PLIC, 0x200004), 5);
    assert_int_equal(get(PLIC, 0x200004), 0);
    assert_false(fake_sim.meip);
    set(PLIC, 0x200004, 5); /* the level is still there */
    assert_true(fake_sim.meip);
}

static void completing_what_is_not_enabled_is_ignored(void **state)
{
    (void)state;
    set(PLIC, 4 * 5, 1);
    set(PLIC, 0x2000, 1u << 5);
    plic_wire(&plic, 5, true);
    assert_int_equal(get(PLIC, 0x200004), 5);
    set(PLIC, 0x2000, 0);
    set(PLIC, 0x200004, 5);
    set(PLIC, 0x2000, 1u << 5);
    assert_int_equal(get(PLIC, 0x200004), 0); /* its gate is still closed */
}

static void itim_is_allocated_up_to_the_end_of_a_line(void **state)
{
    (void)state;
    const struct memory_ops *ops = itim.memory.ops;
    uint32_t value;
    assert_false(ops->load(&itim.memory, 0, 4, &value));
    assert_true(ops->store(&itim.memory, 70, 2, 0x1234));
    assert_true(ops->load(&itim.memory, 0, 4, &value));
    assert_true(ops->load(&itim.memory, 124, 4, &value));
    assert_false(ops->load(&itim.memory, 128, 4, &value));
    assert_true(ops->fetch(&itim.memory, 70, &value));
    assert_int_equal(value, 0x1234);
    assert_true(can_set(&itim.release, 0, 1));
    assert_false(ops->load(&itim.memory, 0, 4, &value));
    assert_true(ops->store(&itim.memory, 8191, 1, 0));
    assert_int_equal(itim.memory.direct,
                     MEMORY_READ | MEMORY_WRITE | MEMORY_FETCH);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_core_goes_from_ring_to_crystal_to_pll),
        TEST(a_pll_in_the_wrong_order_is_reported),
        TEST(a_core_without_a_clock_is_reported),
        TEST(a_pll_beyond_its_limits_is_reported),
        TEST(registers_are_words_only),
        TEST(mtime_counts_32768_hz),
        TEST(mtime_can_be_written_and_wraps),
        TEST(the_watchdog_bites_unless_it_is_fed),
        TEST(the_watchdog_wants_its_key_each_time),
        TEST(the_watchdog_can_interrupt_instead),
        TEST(the_rtc_interrupts_while_it_is_over_its_compare),
        TEST(backup_registers_outlive_a_reset),
        TEST(bytes_take_their_time_on_the_line),
        TEST(nothing_is_sent_before_it_is_enabled),
        TEST(input_comes_at_the_speed_of_the_line_and_interrupts),
        TEST(what_comes_while_the_fifo_is_full_is_lost),
        TEST(who_types_waits_until_the_receiver_is_on),
        TEST(another_speed_than_the_lines_is_reported),
        TEST(a_pin_that_is_not_the_uarts_is_reported),
        TEST(as_qemu_has_it_nothing_waits_and_nothing_is_lost),
        TEST(pins_interrupt_by_edge_and_by_level),
        TEST(an_output_can_be_read_back_as_input),
        TEST(a_source_enabled_late_is_seen_at_once),
        TEST(claims_go_by_priority_then_by_number),
        TEST(completing_what_is_not_enabled_is_ignored),
        TEST(itim_is_allocated_up_to_the_end_of_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
