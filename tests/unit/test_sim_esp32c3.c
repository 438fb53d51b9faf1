/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's ESP32-C3 devices, held against the sheet; what they report
 * is provoked by guests in tests/tool/test_sim_c3.py.
 * SOURCES: tests/sim/devices/absent.c tests/sim/devices/c3_cache.c
 * SOURCES: tests/sim/devices/c3_dog.c tests/sim/devices/c3_gpio.c
 * SOURCES: tests/sim/devices/c3_matrix.c tests/sim/devices/c3_rtc.c
 * SOURCES: tests/sim/devices/c3_spi.c tests/sim/devices/c3_system.c
 * SOURCES: tests/sim/devices/c3_systimer.c tests/sim/devices/c3_timg.c
 * SOURCES: tests/sim/devices/c3_uart.c tests/sim/devices/c3_usb.c
 * SOURCES: tests/sim/devices/clint.c
 * SOURCES: tests/sim/devices/flash.c tests/sim/devices/line.c
 * SOURCES: tests/sim/devices/nor.c tests/fake/sim.c */
#include <tests/fake/sim.h>

#include <stdlib.h>
#include <string.h>

#include <tests/sim/devices/c3_cache.h>
#include <tests/sim/devices/c3_gpio.h>
#include <tests/sim/devices/c3_matrix.h>
#include <tests/sim/devices/c3_rtc.h>
#include <tests/sim/devices/c3_spi.h>
#include <tests/sim/devices/c3_system.h>
#include <tests/sim/devices/c3_systimer.h>
#include <tests/sim/devices/c3_timg.h>
#include <tests/sim/devices/c3_uart.h>
#include <tests/sim/devices/c3_usb.h>
#include <tests/sim/devices/line.h>

static struct c3_matrix matrix;
static struct c3_system chip;
static struct c3_gpio gpio;
static struct c3_rtc rtc;
static struct c3_systimer systimer;
static struct c3_timg timg;
static struct c3_uart uart;
static struct c3_usb usb;
static struct c3_cache cache;
static struct c3_spi spi;
static struct nor nor;
static struct power power;
static struct line line;
static struct line_listener listener;
static uint8_t flash[4 << 20];
static char heard[64];
static size_t heard_count;

#define MATRIX (&matrix.device)
#define CHIP (&chip.device)
#define GPIO (&gpio.device)
#define MUX (&gpio.mux)
#define RTC (&rtc.device)
#define SYSTIMER (&systimer.device)
#define TIMG (&timg.device)
#define UART (&uart.device)
#define USB (&usb.device)
#define EXTMEM (&cache.device)
#define TABLE (&cache.table)
#define SPI (&spi.device)

static void hear(struct line_listener *l, uint8_t byte)
{
    (void)l;
    assert_true(heard_count < sizeof heard - 1);
    heard[heard_count++] = (char)byte;
    heard[heard_count] = '\0';
}

static void chip_build(struct machine *machine)
{
    c3_matrix_add(machine, &matrix, 0x600C2000);
    c3_system_add(machine, &chip, 0x600C0000, &matrix);
    c3_gpio_add(machine, &gpio, 0x60004000, 0x60009000, &matrix, false);
    rtc = (struct c3_rtc){ .matrix = &matrix, .system = &chip, .gpio = &gpio };
    c3_rtc_add(machine, &rtc, 0x60008000);
    c3_systimer_add(machine, &systimer, 0x60023000, &matrix);
    timg = (struct c3_timg){ .matrix = &matrix,
                             .system = &chip,
                             .rtc = &rtc,
                             .source = C3_TIMG1_T0,
                             .core_cause = C3_RESET_TIMG1_CORE,
                             .cpu_cause = C3_RESET_TIMG1_CPU };
    c3_timg_add(machine, &timg, "TIMG1", 0x60020000);
    uart = (struct c3_uart){ .line = &line,
                             .matrix = &matrix,
                             .source = C3_UART0,
                             .system = &chip,
                             .gpio = &gpio };
    c3_uart_add(machine, &uart, "UART0", 0x60000000);
    cache = (struct c3_cache){ .nor = &nor };
    c3_cache_add(machine, &cache, 0x600C4000, 0x600C5000, 0x4037C000);
    spi = (struct c3_spi){ .nor = &nor, .cache = &cache, .system = &chip };
    c3_spi_add(machine, &spi, 0x60002000);
    c3_system_gate(&chip, SYSTIMER, C3_GATE_SYSTIMER);
}

static int set_up(void **state)
{
    (void)state;
    fake_sim_init();
    memset(&matrix, 0, sizeof matrix);
    memset(&chip, 0, sizeof chip);
    memset(&systimer, 0, sizeof systimer);
    memset(flash, 0xFF, sizeof flash);
    power = (struct power){ 0 };
    nor_init(&nor, &nor_w25q32, flash, &power);
    line = (struct line){ .baud = 115200 };
    listener.heard = hear;
    line_listen(&line, &listener);
    heard_count = 0;
    heard[0] = '\0';
    chip_build(&fake_sim.machine);
    fake_sim_reset(RESET_POWER_ON);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_free(cache.code.bytes);
    test_free(cache.stale);
    test_free(cache.taken.bytes);
    free(line.queue);
    return 0;
}

/* ---- the matrix ------------------------------------------------------------------ */

enum { ENABLE = 0x104, EDGE = 0x108, ACK = 0x10C, PENDING = 0x110 };
enum { PRIORITY = 0x114, THRESHOLD = 0x194 };

static void route(uint32_t source, uint32_t to, uint32_t priority)
{
    set(MATRIX, 4 * source, to);
    set(MATRIX, PRIORITY + 4 * to, priority);
    set(MATRIX, ENABLE, get(MATRIX, ENABLE) | 1u << to);
}

static void the_highest_priority_is_offered_then_the_lowest_number(void **state)
{
    (void)state;
    route(C3_UART0, 9, 2);
    route(C3_SYSTIMER0, 4, 1);
    route(C3_GPIO, 6, 2);
    c3_matrix_wire(&matrix, C3_SYSTIMER0, true);
    assert_int_equal(fake_sim.interrupts, 1u << 4);
    c3_matrix_wire(&matrix, C3_UART0, true);
    assert_int_equal(fake_sim.interrupts, 1u << 9);
    c3_matrix_wire(&matrix, C3_GPIO, true);
    assert_int_equal(fake_sim.interrupts, 1u << 6);
    assert_int_equal(get(MATRIX, PENDING), 1u << 4 | 1u << 6 | 1u << 9);
    assert_int_equal(get(MATRIX, 0xF8), 1u << C3_GPIO | 1u << C3_UART0);
    assert_int_equal(get(MATRIX, 0xFC), 1u << (C3_SYSTIMER0 - 32));
    c3_matrix_wire(&matrix, C3_GPIO, false);
    c3_matrix_wire(&matrix, C3_UART0, false);
    assert_int_equal(fake_sim.interrupts, 1u << 4);
}

static void what_is_off_is_not_offered(void **state)
{
    (void)state;
    c3_matrix_wire(&matrix, C3_UART0, true);
    assert_int_equal(fake_sim.interrupts, 0); /* line 0 */
    route(C3_UART0, 5, 0);
    assert_int_equal(fake_sim.interrupts, 0); /* priority 0, threshold 0 */
    set(MATRIX, PRIORITY + 4 * 5, 3);
    assert_int_equal(fake_sim.interrupts, 1u << 5);
    set(MATRIX, THRESHOLD, 4);
    assert_int_equal(fake_sim.interrupts, 0);
    set(MATRIX, THRESHOLD, 3);
    set(MATRIX, ENABLE, 0);
    assert_int_equal(fake_sim.interrupts, 0);
    assert_int_equal(get(MATRIX, PENDING), 1u << 5);
}

static void an_edge_stays_until_it_is_cleared(void **state)
{
    (void)state;
    set(MATRIX, EDGE, 1u << 7);
    route(C3_UART0, 7, 1);
    c3_matrix_wire(&matrix, C3_UART0, true);
    c3_matrix_wire(&matrix, C3_UART0, false);
    assert_int_equal(fake_sim.interrupts, 1u << 7);
    set(MATRIX, ACK, 1u << 7);
    assert_int_equal(fake_sim.interrupts, 0);
    c3_matrix_wire(&matrix, C3_UART0, true);
    assert_int_equal(fake_sim.interrupts, 0); /* still held down */
    c3_matrix_wire(&matrix, C3_UART0, false);
    set(MATRIX, ACK, 0);
    c3_matrix_wire(&matrix, C3_UART0, true);
    assert_int_equal(fake_sim.interrupts, 1u << 7);
}

static void software_raises_its_own(void **state)
{
    (void)state;
    route(C3_SOFTWARE0 + 2, 3, 1);
    set(CHIP, 0x30, 1);
    assert_int_equal(fake_sim.interrupts, 1u << 3);
    assert_int_equal(get(CHIP, 0x30), 1);
    set(CHIP, 0x30, 0);
    assert_int_equal(fake_sim.interrupts, 0);
}

/* ---- SYSTIMER -------------------------------------------------------------------- */

static uint64_t ticks(uint32_t unit)
{
    set(SYSTIMER, 0x04 + 4 * unit, 1u << 30);
    assert_int_equal(get(SYSTIMER, 0x04 + 4 * unit), 0);
    fake_sim_pass(200);
    assert_int_equal(get(SYSTIMER, 0x04 + 4 * unit), 1u << 29);
    return (uint64_t)get(SYSTIMER, 0x40 + 8 * unit) << 32 |
           get(SYSTIMER, 0x44 + 8 * unit);
}

static void target_set(uint32_t target, uint64_t when, uint32_t conf)
{
    set(SYSTIMER, 0, get(SYSTIMER, 0) & ~(1u << (24 - target)));
    set(SYSTIMER, 0x34 + 4 * target, conf);
    set(SYSTIMER, 0x1C + 8 * target, (uint32_t)(when >> 32));
    set(SYSTIMER, 0x20 + 8 * target, (uint32_t)when);
    set(SYSTIMER, 0x50 + 4 * target, 1);
    set(SYSTIMER, 0, get(SYSTIMER, 0) | 1u << (24 - target));
}

static void it_counts_16_mhz_and_alarms_once(void **state)
{
    (void)state;
    fake_sim_pass(1 * SECOND);
    assert_int_equal(ticks(0), 16000000);
    route(C3_SYSTIMER0, 7, 1);
    set(SYSTIMER, 0x64, 1);
    target_set(0, 16000000 + 16000, 0);
    fake_sim_pass(1 * MS - 1 * US);
    assert_int_equal(fake_sim.interrupts, 0);
    fake_sim_pass(2 * US);
    assert_int_equal(fake_sim.interrupts, 1u << 7);
    assert_int_equal(get(SYSTIMER, 0x68), 1);
    assert_int_equal(get(SYSTIMER, 0x70), 1);
    set(SYSTIMER, 0x6C, 1);
    assert_int_equal(fake_sim.interrupts, 0);
    fake_sim_pass(1 * SECOND);
    assert_int_equal(fake_sim.interrupts, 0);
}

static void a_target_that_is_not_loaded_changes_nothing(void **state)
{
    (void)state;
    target_set(1, 32000, 0);
    set(SYSTIMER, 0x28, 16); /* written only */
    fake_sim_pass(1 * MS);
    assert_int_equal(get(SYSTIMER, 0x68), 0);
    fake_sim_pass(2 * MS);
    assert_int_equal(get(SYSTIMER, 0x68), 2);
}

static void a_period_comes_again_and_a_unit_can_be_loaded(void **state)
{
    (void)state;
    set(SYSTIMER, 0, get(SYSTIMER, 0) | 1u << 29);
    set(SYSTIMER, 0x14, 0xFFFFF);
    set(SYSTIMER, 0x18, 0xFFFFFFF0u);
    set(SYSTIMER, 0x60, 1);
    fake_sim_pass(2 * US);
    assert_int_equal(ticks(1), 16); /* it wraps at 52 bits */
    target_set(2, 0, 1u << 30 | 16000);
    for (int i = 0; i < 3; i++) {
        fake_sim_pass(1 * MS + 100);
        assert_int_equal(get(SYSTIMER, 0x68), 4);
        set(SYSTIMER, 0x6C, 4);
    }
}

static void a_gate_closes_and_a_reset_resets(void **state)
{
    struct machine *m = &fake_sim.machine;
    uint32_t index = 0, value;
    (void)state;
    while (m->devices[index] != SYSTIMER)
        index++;
    fake_sim_pass(1 * MS);
    set(CHIP, 0x10, get(CHIP, 0x10) & ~(1u << 29));
    assert_true(m->devices[index] != SYSTIMER);
    m->devices[index]->ops->load(m->devices[index], 0x70, 4, &value);
    expect_violation("SYSTIMER (+0x70) is accessed while its clock is off");
    set(CHIP, 0x18, 1u << 29);
    set(CHIP, 0x10, get(CHIP, 0x10) | 1u << 29);
    assert_true(m->devices[index] != SYSTIMER);
    set(CHIP, 0x18, 0);
    assert_true(m->devices[index] == SYSTIMER);
    assert_int_equal(ticks(0), 0);
    expect_no_violation();
}

/* ---- timer group ----------------------------------------------------------------- */

static void the_timer_counts_its_clock_up_and_down(void **state)
{
    (void)state;
    set(TIMG, 0x00, 1u << 31 | 1u << 30 | 40u << 13 | 1u << 9); /* 1 MHz */
    fake_sim_pass(5 * MS);
    set(TIMG, 0x0C, 0);
    assert_int_equal(get(TIMG, 0x04), 5000);
    set(TIMG, 0x00, 1u << 31 | 40u << 13 | 1u << 9);
    fake_sim_pass(1 * MS);
    assert_int_equal(get(TIMG, 0x04), 5000); /* the latched one */
    set(TIMG, 0x0C, 0);
    assert_int_equal(get(TIMG, 0x04), 4000);
}

static void the_timer_follows_the_apb_clock(void **state)
{
    (void)state;
    chip.changed = (void (*)(void *))c3_timg_clock_changed;
    chip.context = &timg;
    set(TIMG, 0x00, 1u << 31 | 1u << 30 | 40u << 13);
    fake_sim_pass(1 * MS);
    set(CHIP, 0x58, 1u << 10); /* 40 MHz to 80 */
    fake_sim_pass(1 * MS);
    set(TIMG, 0x0C, 0);
    assert_in_range(get(TIMG, 0x04), 2999, 3001);
    assert_int_equal(c3_cpu_hz(&chip), 80000000);
    set(CHIP, 0x08, 5);
    assert_int_equal(c3_cpu_hz(&chip), 160000000);
    assert_int_equal(c3_apb_hz(&chip), 80000000);
    set(CHIP, 0x58, 3);
    assert_int_equal(c3_apb_hz(&chip), 10000000);
}

static void the_timers_alarm_reloads(void **state)
{
    (void)state;
    route(C3_TIMG1_T0, 8, 1);
    set(TIMG, 0x70, 1);
    set(TIMG, 0x10, 1000);
    set(TIMG, 0x18, 10);
    set(TIMG, 0x00, 1u << 31 | 1u << 30 | 1u << 29 | 40u << 13 | 3u << 9);
    fake_sim_pass(1 * MS);
    assert_int_equal(fake_sim.interrupts, 1u << 8);
    assert_int_equal(get(TIMG, 0x00) >> 10 & 1u, 0);
    set(TIMG, 0x7C, 1);
    assert_int_equal(fake_sim.interrupts, 0);
    fake_sim_pass(1 * MS);
    set(TIMG, 0x0C, 0);
    assert_int_equal(get(TIMG, 0x04), 1010);
}

static void a_watchdogs_settings_wait_until_they_are_applied(void **state)
{
    (void)state;
    set(TIMG, 0x4C, 40000u << 16); /* 1 ms at 40 MHz */
    set(TIMG, 0x50, 5);
    set(TIMG, 0x48, 1u << 31 | 3u << 29 | 1u << 22);
    set(TIMG, 0x50, 500);
    set(TIMG, 0x48, 1u << 31 | 1u << 29); /* not applied */
    fake_sim_pass(4 * MS);
    set(TIMG, 0x60, 1);
    fake_sim_pass(4 * MS);
    assert_false(fake_sim.is_reset_wanted);
    fake_sim_pass(2 * MS);
    assert_true(fake_sim.is_reset_wanted);
    fake_sim_reset(RESET_WARM);
    assert_int_equal(get(RTC, 0x38), C3_RESET_TIMG1_CORE);
}

static void stages_follow_each_other(void **state)
{
    (void)state;
    route(C3_TIMG1_WDT, 4, 1);
    set(TIMG, 0x70, 2);
    set(TIMG, 0x4C, 40000u << 16);
    set(TIMG, 0x50, 2);
    set(TIMG, 0x54, 3);
    set(TIMG, 0x48, 1u << 31 | 1u << 29 | 2u << 27 | 1u << 22);
    fake_sim_pass(3 * MS);
    assert_int_equal(fake_sim.interrupts, 1u << 4);
    assert_false(fake_sim.is_cpu_reset_wanted);
    fake_sim_pass(3 * MS);
    assert_true(fake_sim.is_cpu_reset_wanted);
    assert_false(fake_sim.is_reset_wanted);
    assert_int_equal(get(RTC, 0x38), C3_RESET_TIMG1_CPU);
}

/* ---- RTC ------------------------------------------------------------------------- */

static void the_button_forgets_what_a_reset_by_software_keeps(void **state)
{
    (void)state;
    set(RTC, 0x5C, 77);
    set(RTC, 0xC4, 88);
    set(RTC, 0x00, 1u << 31);
    assert_true(fake_sim.is_reset_wanted);
    fake_sim_reset(RESET_WARM);
    assert_int_equal(get(RTC, 0x38), C3_RESET_SOFTWARE_CORE);
    assert_int_equal(get(RTC, 0x5C), 77);
    assert_int_equal(get(RTC, 0xC4), 88);
    fake_sim_reset(RESET_WARM);
    assert_int_equal(get(RTC, 0x38), C3_RESET_POWER_ON);
    assert_int_equal(get(RTC, 0x5C), 0);
}

static void the_rtc_watchdog_can_interrupt_first(void **state)
{
    (void)state;
    route(C3_RTC, 2, 1);
    set(RTC, 0xB0, 0x8F1D312A);
    set(RTC, 0xAC, 1u << 30);
    set(RTC, 0xA8, 0x50D83AA1);
    set(RTC, 0x94, 136); /* twice 1 ms, as the fuses are */
    set(RTC, 0x98, 136);
    set(RTC, 0x40, 8);
    set(RTC, 0x90, 0); /* the ROM's setting goes */
    set(RTC, 0x90, 1u << 31 | 1u << 28 | 4u << 25);
    fake_sim_pass(1 * MS + 900 * US);
    assert_int_equal(fake_sim.interrupts, 0);
    fake_sim_pass(200 * US);
    assert_int_equal(fake_sim.interrupts, 1u << 2);
    set(RTC, 0x4C, 8);
    assert_int_equal(fake_sim.interrupts, 0);
    fake_sim_pass(1 * MS);
    assert_true(fake_sim.is_reset_wanted);
    fake_sim_reset(RESET_WARM);
    assert_int_equal(get(RTC, 0x38), C3_RESET_RWDT_SYSTEM);
}

/* ---- UART ------------------------------------------------------------------------ */

enum { RAW = 0x04, INT = 0x0C, CLEAR = 0x10, STATUS = 0x1C, CONF1 = 0x24 };
#define FRAME (87 * US)

static void text_goes_out_at_the_lines_speed(void **state)
{
    (void)state;
    set(UART, 0, 'h');
    set(UART, 0, 'i');
    assert_int_equal(get(UART, STATUS) >> 16, 1); /* one is on the wire */
    fake_sim_pass(FRAME);
    assert_string_equal(heard, "h");
    assert_int_equal(get(UART, RAW) & 1u << 14, 0);
    fake_sim_pass(FRAME);
    assert_string_equal(heard, "hi");
    assert_int_equal(get(UART, RAW) & 1u << 14, 1u << 14);
    expect_no_violation();
}

static void what_is_typed_waits_for_a_listener_then_for_its_threshold(
    void **state)
{
    (void)state;
    route(C3_UART0, 2, 1);
    line_feed(&line, "abc", 3);
    fake_sim_pass(10 * FRAME);
    assert_int_equal(get(UART, STATUS) & 0x3FF, 0);
    set(UART, CONF1, 2);
    set(UART, INT, 1);
    fake_sim_pass(FRAME);
    assert_int_equal(fake_sim.interrupts, 0);
    fake_sim_pass(FRAME);
    assert_int_equal(fake_sim.interrupts, 1u << 2);
    set(UART, CLEAR, 1); /* it is full still */
    assert_int_equal(fake_sim.interrupts, 1u << 2);
    assert_int_equal(get(UART, 0), 'a');
    set(UART, CLEAR, 1);
    assert_int_equal(fake_sim.interrupts, 0);
    fake_sim_pass(FRAME);
    assert_int_equal(get(UART, 0), 'b');
    assert_int_equal(get(UART, 0), 'c');
    expect_no_violation();
}

static void silence_is_told_after_its_time(void **state)
{
    (void)state;
    route(C3_UART0, 2, 1);
    set(UART, CONF1, 100 | 1u << 21);
    set(UART, INT, 1u << 8);
    line_feed(&line, "ab", 2);
    fake_sim_pass(2 * FRAME + 10 * US);
    assert_int_equal(fake_sim.interrupts, 0);
    fake_sim_pass(90 * US); /* ten bits */
    assert_int_equal(fake_sim.interrupts, 1u << 2);
    set(UART, CLEAR, 1u << 8);
    fake_sim_pass(1 * MS);
    assert_int_equal(fake_sim.interrupts, 0);
}

static void a_full_fifo_loses_what_comes(void **state)
{
    static const char text[140] = { 0 };
    (void)state;
    set(UART, CONF1, 100);
    line_feed(&line, text, sizeof text);
    fake_sim_pass(150 * FRAME);
    assert_int_equal(get(UART, STATUS) & 0x3FF, 128);
    assert_int_equal(line.lost, 12);
    assert_int_equal(get(UART, RAW) & 1u << 4, 1u << 4);
    set(UART, 0x20, 0x1C | 1u << 17);
    assert_int_equal(get(UART, STATUS) & 0x3FF, 0);
}

static void an_empty_transmitter_says_so(void **state)
{
    (void)state;
    route(C3_UART0, 2, 1);
    set(UART, CONF1, 1u << 9);
    set(UART, 0, 'a');
    set(UART, 0, 'b');
    set(UART, CLEAR, 2);
    set(UART, INT, 2);
    assert_int_equal(fake_sim.interrupts, 0);
    fake_sim_pass(FRAME);
    assert_int_equal(fake_sim.interrupts, 1u << 2);
    set(UART, CLEAR, 2);
    assert_int_equal(fake_sim.interrupts, 1u << 2);
    set(UART, INT, 0);
    assert_int_equal(fake_sim.interrupts, 0);
}

/* ---- USB ------------------------------------------------------------------------- */

static void usb_build(bool is_plugged_in)
{
    usb = (struct c3_usb){ .line = is_plugged_in ? &line : NULL };
    c3_usb_add(&fake_sim.machine, &usb, 0x60043000, &matrix);
    fake_sim_reset(RESET_WARM);
}

static void a_host_fetches_packets_that_are_done(void **state)
{
    (void)state;
    usb_build(true);
    route(C3_USB, 2, 1);
    set(USB, 0x14, 8);
    set(USB, 0x10, 8);
    set(USB, 0x00, 'h');
    set(USB, 0x00, 'i');
    fake_sim_pass(1 * MS);
    assert_string_equal(heard, ""); /* nobody said that it is all */
    set(USB, 0x04, 1);
    assert_int_equal(get(USB, 0x04), 0);
    fake_sim_pass(1 * MS);
    assert_string_equal(heard, "hi");
    assert_int_equal(get(USB, 0x04), 2);
    assert_int_equal(fake_sim.interrupts, 1u << 2);
    expect_no_violation();
}

static void a_host_sends_when_the_last_packet_was_read(void **state)
{
    char text[70];
    (void)state;
    memset(text, 'x', sizeof text);
    usb_build(true);
    route(C3_USB, 2, 1);
    set(USB, 0x10, 4);
    line_feed(&line, text, sizeof text);
    fake_sim_pass(1 * MS);
    assert_int_equal(fake_sim.interrupts, 1u << 2);
    set(USB, 0x14, 4);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(get(USB, 0x04), 6);
        assert_int_equal(get(USB, 0x00), 'x');
    }
    assert_int_equal(get(USB, 0x04), 2);
    fake_sim_pass(1 * MS);
    assert_int_equal(fake_sim.interrupts, 1u << 2);
    for (uint32_t i = 0; i < 6; i++)
        get(USB, 0x00);
    expect_no_violation();
    get(USB, 0x00);
    expect_violation("a byte is read where there is none");
}

static void without_a_host_the_fifo_fills_up(void **state)
{
    (void)state;
    usb_build(false);
    for (uint32_t i = 0; i < 64; i++)
        set(USB, 0x00, i);
    fake_sim_pass(1 * SECOND);
    assert_int_equal(get(USB, 0x04), 0);
    set(USB, 0x00, 0);
    expect_violation("a byte is lost");
}

/* ---- pins ------------------------------------------------------------------------ */

static uint32_t mux(uint32_t pin)
{
    return 4 + 4 * pin;
}

static void a_pin_is_heard_if_its_input_is_on(void **state)
{
    (void)state;
    route(C3_GPIO, 3, 1);
    c3_gpio_drive(&gpio, 4, true);
    assert_int_equal(get(GPIO, 0x3C) & 16, 0);
    set(MUX, mux(4), 1u << 9 | 1u << 12);
    assert_int_equal(get(GPIO, 0x3C) & 16, 16);
    set(GPIO, 0x74 + 16, 3u << 7 | 1u << 13);
    c3_gpio_drive(&gpio, 4, false);
    assert_int_equal(fake_sim.interrupts, 1u << 3);
    assert_int_equal(get(GPIO, 0x5C), 16);
    set(GPIO, 0x4C, 16);
    assert_int_equal(fake_sim.interrupts, 0);
    c3_gpio_drive(&gpio, 4, true);
    assert_int_equal(fake_sim.interrupts, 1u << 3);
    set(GPIO, 0x74 + 16, 4u << 7 | 1u << 13); /* low level */
    set(GPIO, 0x4C, 16);
    assert_int_equal(fake_sim.interrupts, 0);
    c3_gpio_drive(&gpio, 4, false);
    set(GPIO, 0x4C, 16); /* comes back while it is low */
    assert_int_equal(fake_sim.interrupts, 1u << 3);
}

static void pulls_hold_what_nobody_drives(void **state)
{
    (void)state;
    set(MUX, mux(5), 1u << 9 | 1u << 8);
    assert_int_equal(get(GPIO, 0x3C) & 32, 32);
    set(MUX, mux(5), 1u << 9 | 1u << 7);
    assert_int_equal(get(GPIO, 0x3C) & 32, 0);
    assert_int_equal(get(GPIO, 0x3C) & 1u << 9, 1u << 9); /* the button */
}

static void an_output_reads_back_unless_it_is_open(void **state)
{
    (void)state;
    set(MUX, mux(6), 1u << 9 | 1u << 12);
    set(GPIO, 0x24, 64);
    set(GPIO, 0x08, 64);
    assert_int_equal(get(GPIO, 0x3C) & 64, 64);
    set(GPIO, 0x0C, 64);
    assert_int_equal(get(GPIO, 0x3C) & 64, 0);
    set(GPIO, 0x74 + 24, 4);
    set(GPIO, 0x08, 64);
    assert_int_equal(get(GPIO, 0x3C) & 64, 0); /* nobody pulls it up */
    set(MUX, mux(6), 1u << 9 | 1u << 12 | 1u << 8);
    assert_int_equal(get(GPIO, 0x3C) & 64, 64);
}

/* ---- flash and its cache --------------------------------------------------------- */

enum { CMD = 0, ADDR = 4, CTRL = 8, USER = 0x18, USER1 = 0x1C, USER2 = 0x20 };
enum { OUT_BITS = 0x24, IN_BITS = 0x28, FLASH_STATUS = 0x2C, W0 = 0x58 };

static void command(uint32_t bits)
{
    set(SPI, CMD, bits);
    assert_int_equal(get(SPI, CMD), bits);
    fake_sim_pass(10 * US);
    assert_int_equal(get(SPI, CMD), 0);
}

static void ready_wait(void)
{
    uint32_t polls = 0;
    do {
        fake_sim_pass(1 * MS);
        command(1u << 27);
    } while ((get(SPI, FLASH_STATUS) & 1u) != 0 && ++polls < 1000);
}

static void page_program(uint32_t at, uint32_t word)
{
    set(SPI, CTRL, 0);
    command(1u << 30);
    set(SPI, ADDR, at | 4u << 24);
    set(SPI, W0, word);
    command(1u << 25);
    ready_wait();
}

static void page_map(uint32_t page, uint32_t value)
{
    set(TABLE, 4 * page, value);
    set(EXTMEM, 0x04, 0);
    set(EXTMEM, 0x00, 1);
}

/* What a load of this word gives, and whether it went straight. */
static uint32_t word_of(struct memory *window, uint32_t offset, bool *direct)
{
    uint32_t from = 0, to = window->size, value;
    *direct = window->ops->narrow(window, offset, &from, &to);
    if (*direct) {
        assert_true(from <= offset && offset + 4 <= to);
        memcpy(&value, window->bytes + offset, 4);
        return value;
    }
    assert_true(window->ops->load(window, offset, 4, &value));
    return value;
}

static void generic_transactions_say_what_they_are_told(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 64; i++)
        flash[0x1234 + i] = (uint8_t)(i + 1);
    set(SPI, CTRL, 0);
    set(SPI, USER, 1u << 31 | 1u << 30 | 1u << 29 | 1u << 28);
    set(SPI, USER1, 23u << 26 | 7); /* 24 bits of address, 8 dummies */
    set(SPI, USER2, 7u << 28 | 0x0B);
    set(SPI, ADDR, 0x1234);
    set(SPI, IN_BITS, 511);
    command(1u << 18);
    for (uint32_t i = 0; i < 64; i++)
        assert_int_equal(get(SPI, W0 + i / 4 * 4) >> 8 * (i % 4) & 0xFF, i + 1);
    command(1u << 28);
    assert_int_equal(get(SPI, W0) & 0xFFFFFF, 0x1640EF);
    expect_no_violation();
}

static void a_program_wraps_in_its_page_and_clears_bits(void **state)
{
    (void)state;
    flash[0x1000] = 0x0F;
    page_program(0x10FE, 0x44332211);
    assert_int_equal(flash[0x10FE], 0x11);
    assert_int_equal(flash[0x10FF], 0x22);
    assert_int_equal(flash[0x1000], 0x0F & 0x33);
    assert_int_equal(flash[0x1001], 0x44);
    assert_int_equal(power.operations, 1);
    expect_no_violation();
}

static void both_windows_show_the_page(void **state)
{
    bool direct;
    (void)state;
    memcpy(flash + 0x30010, "page", 4);
    page_map(5, 3);
    assert_int_equal(word_of(&cache.data, 0x50010, &direct), 0x65676170);
    assert_true(direct);
    assert_int_equal(word_of(&cache.code, 0x50010, &direct), 0x65676170);
    assert_true(direct);
    expect_no_violation();
}

static void a_stale_line_is_what_it_was_until_it_is_invalidated(void **state)
{
    bool direct;
    (void)state;
    page_map(0, 0);
    page_program(0x1000, 0x01020304);
    assert_int_equal(word_of(&cache.data, 0x1000, &direct), 0xFFFFFFFF);
    assert_false(direct);
    expect_violation("gives what the cache held before flash was changed");
    assert_int_equal(word_of(&cache.data, 0x1020, &direct), 0xFFFFFFFF);
    assert_true(direct); /* the next line is as it was */
    set(EXTMEM, 0x2C, 0x3C001020);
    set(EXTMEM, 0x30, 1);
    set(EXTMEM, 0x28, 1);
    word_of(&cache.data, 0x1000, &direct);
    expect_violation("gives what the cache held"); /* a line too late */
    set(EXTMEM, 0x2C, 0x42001000);
    set(EXTMEM, 0x28, 1);
    assert_int_equal(get(EXTMEM, 0x28), 1);
    fake_sim_pass(1 * US);
    assert_int_equal(get(EXTMEM, 0x28), 2);
    assert_int_equal(word_of(&cache.data, 0x1000, &direct), 0x01020304);
    assert_true(direct);
    expect_no_violation();
}

static void what_was_never_readable_is_not_stale(void **state)
{
    bool direct;
    (void)state;
    set(TABLE, 0, 0);
    page_program(0x1000, 0x01020304);
    page_map(0, 0);
    assert_int_equal(word_of(&cache.data, 0x1000, &direct), 0x01020304);
    page_program(0x20000, 5);
    page_map(1, 2);
    assert_int_equal(word_of(&cache.data, 0x10000, &direct), 5);
    expect_no_violation();
}

static void a_page_that_was_mapped_elsewhere_is_stale(void **state)
{
    bool direct;
    (void)state;
    flash[0x10000] = 1;
    flash[0x20000] = 2;
    page_map(0, 1);
    set(TABLE, 0, 0x100);
    set(TABLE, 0, 2);
    assert_int_equal(word_of(&cache.data, 0, &direct) & 0xFF, 1);
    expect_violation("gives what the cache held");
    assert_int_equal(word_of(&cache.data, 0x40, &direct), 0xFFFFFFFF);
    assert_true(direct); /* both pages have that */
    set(TABLE, 0, 1);    /* and back */
    assert_int_equal(word_of(&cache.data, 0, &direct) & 0xFF, 1);
    assert_true(direct);
    set(TABLE, 0, 2);
    set(EXTMEM, 0x30, 0);
    set(EXTMEM, 0x28, 1); /* everything */
    assert_int_equal(word_of(&cache.data, 0, &direct) & 0xFF, 2);
    expect_no_violation();
}

static void a_page_that_was_invalidated_may_be_mapped_anew(void **state)
{
    bool direct;
    (void)state;
    flash[0x10000] = 1;
    flash[0x20000] = 2;
    page_map(0, 1);
    set(TABLE, 0, 0x100);
    set(EXTMEM, 0x2C, 0x42000000);
    set(EXTMEM, 0x30, C3_PAGE / 32);
    set(EXTMEM, 0x28, 1);
    set(TABLE, 0, 2);
    assert_int_equal(word_of(&cache.data, 0, &direct) & 0xFF, 2);
    assert_true(direct);
    expect_no_violation();
}

static void the_caches_ram_is_ram_while_the_cache_is_off(void **state)
{
    uint32_t from = 0, to = cache.taken.size;
    (void)state;
    assert_true(cache.taken.ops->narrow(&cache.taken, 0, &from, &to));
    page_map(0, 0);
    assert_false(cache.taken.ops->narrow(&cache.taken, 0, &from, &to));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_highest_priority_is_offered_then_the_lowest_number),
        TEST(what_is_off_is_not_offered),
        TEST(an_edge_stays_until_it_is_cleared),
        TEST(software_raises_its_own),
        TEST(it_counts_16_mhz_and_alarms_once),
        TEST(a_target_that_is_not_loaded_changes_nothing),
        TEST(a_period_comes_again_and_a_unit_can_be_loaded),
        TEST(a_gate_closes_and_a_reset_resets),
        TEST(the_timer_counts_its_clock_up_and_down),
        TEST(the_timer_follows_the_apb_clock),
        TEST(the_timers_alarm_reloads),
        TEST(a_watchdogs_settings_wait_until_they_are_applied),
        TEST(stages_follow_each_other),
        TEST(the_button_forgets_what_a_reset_by_software_keeps),
        TEST(the_rtc_watchdog_can_interrupt_first),
        TEST(text_goes_out_at_the_lines_speed),
        TEST(what_is_typed_waits_for_a_listener_then_for_its_threshold),
        TEST(silence_is_told_after_its_time),
        TEST(a_full_fifo_loses_what_comes),
        TEST(an_empty_transmitter_says_so),
        TEST(a_host_fetches_packets_that_are_done),
        TEST(a_host_sends_when_the_last_packet_was_read),
        TEST(without_a_host_the_fifo_fills_up),
        TEST(a_pin_is_heard_if_its_input_is_on),
        TEST(pulls_hold_what_nobody_drives),
        TEST(an_output_reads_back_unless_it_is_open),
        TEST(generic_transactions_say_what_they_are_told),
        TEST(a_program_wraps_in_its_page_and_clears_bits),
        TEST(both_windows_show_the_page),
        TEST(a_stale_line_is_what_it_was_until_it_is_invalidated),
        TEST(what_was_never_readable_is_not_stale),
        TEST(a_page_that_was_mapped_elsewhere_is_stale),
        TEST(a_page_that_was_invalidated_may_be_mapped_anew),
        TEST(the_caches_ram_is_ram_while_the_cache_is_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
