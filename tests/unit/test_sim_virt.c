/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's devices of QEMU's virt board: serial port, parallel
 * flash, clock, random numbers, finisher.
 * SOURCES: tests/sim/devices/uart16550.c tests/sim/devices/line.c
 * SOURCES: tests/sim/devices/plic.c tests/sim/devices/pflash.c
 * SOURCES: tests/sim/devices/pflash_bank.c tests/sim/devices/flash.c
 * SOURCES: tests/sim/devices/goldfish_rtc.c tests/sim/devices/virtio_rng.c
 * SOURCES: tests/sim/devices/finisher.c tests/fake/sim.c */
#include <tests/fake/sim.h>

#include <stdlib.h>
#include <string.h>

#include <tests/sim/devices/finisher.h>
#include <tests/sim/devices/goldfish_rtc.h>
#include <tests/sim/devices/line.h>
#include <tests/sim/devices/pflash_bank.h>
#include <tests/sim/devices/plic.h>
#include <tests/sim/devices/uart16550.h>
#include <tests/sim/devices/virtio_rng.h>

#define RAM 0x80000000u

static struct plic plic;
static struct uart16550 uart;
static struct line line;
static struct line_listener listener;
static char heard[64];
static size_t heard_count;
static struct pflash_bank bank;
static struct power power;
static uint8_t *bytes;
static struct goldfish_rtc rtc;
static struct virtio_rng rng;
static struct device finisher;
static uint8_t ram_bytes[65536];
static struct memory ram = {
    .name = "RAM", .base = RAM, .size = sizeof ram_bytes, .bytes = ram_bytes
};

#define UART (&uart.device)
#define PLIC (&plic.device)
#define RTC (&rtc.device)
#define RNG (&rng.device)

static void hear(struct line_listener *l, uint8_t byte)
{
    (void)l;
    assert_true(heard_count < sizeof heard - 1);
    heard[heard_count++] = (char)byte;
}

static int set_up(void **state)
{
    struct machine *machine = &fake_sim.machine;
    (void)state;
    fake_sim_init();
    memset(&plic, 0, sizeof plic);
    memset(ram_bytes, 0, sizeof ram_bytes);
    memset(heard, 0, sizeof heard);
    heard_count = 0;
    line = (struct line){ 0 };
    listener.heard = hear;
    line_listen(&line, &listener);
    power = (struct power){ 0 };
    bytes = memory_bytes(PFLASH_SIZE);
    machine_add_memory(machine, &ram);
    plic_add(machine, &plic, 0x0C000000, 95);
    uart16550_add(machine, &uart, 0x10000000, &line, &plic, 10);
    pflash_bank_add(machine, &bank, "flash bank 1", 0x22000000, bytes, &power);
    goldfish_rtc_add(machine, &rtc, 0x00101000, &plic, 11);
    virtio_rng_add(machine, &rng, 0x10008000, &plic, 8, true, 42);
    finisher_add(machine, &finisher, 0x00100000);
    fake_sim_reset(RESET_POWER_ON);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_free(bytes);
    free(line.queue);
    return 0;
}

static void interrupt_enable(uint32_t source)
{
    set(PLIC, 4 * source, 1);
    set(PLIC, 0x2000, 1u << source);
}

/* ---- the serial port ------------------------------------------------------------------- */

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR };
enum { FCR = IIR };

static void the_serial_port_resets_to_what_qemu_has(void **state)
{
    static const uint8_t expected[] = { 0, 0, 1, 0, 8, 0x60, 0xB0, 0 };
    (void)state;
    for (uint32_t r = 1; r < 8; r++)
        assert_int_equal(get(UART, r), expected[r]);
}

static void what_is_sent_is_heard_at_once(void **state)
{
    (void)state;
    for (const char *c = "hello"; *c != '\0'; c++)
        set(UART, DATA, (uint8_t)*c);
    assert_string_equal(heard, "hello");
    set(UART, LCR, 0x80); /* the divisor is no text */
    set(UART, DATA, 2);
    assert_int_equal(get(UART, DATA), 2);
    set(UART, LCR, 3);
    assert_string_equal(heard, "hello");
}

static void input_fills_the_fifo_and_the_rest_waits(void **state)
{
    (void)state;
    interrupt_enable(10);
    set(UART, FCR, 1);
    set(UART, IER, 1);
    line_feed(&line, "0123456789abcdefXYZ", 19);
    assert_true(fake_sim.meip);
    assert_int_equal(get(UART, IIR), 0xC4);
    assert_int_equal(get(UART, LSR), 0x61);
    assert_int_equal(line_waiting(&line), 3);
    for (const char *c = "0123456789abcdefXYZ"; *c != '\0'; c++)
        assert_int_equal(get(UART, DATA), *c);
    assert_int_equal(get(UART, LSR), 0x60);
    assert_int_equal(get(UART, IIR), 0xC1);
}

static void too_few_for_the_trigger_are_told_after_a_while(void **state)
{
    (void)state;
    set(UART, FCR, 0x41); /* four */
    set(UART, IER, 1);
    line_feed(&line, "ab", 2);
    assert_int_equal(get(UART, IIR), 0xC1);
    fake_sim_pass(10 * MS);
    assert_int_equal(get(UART, IIR), 0xCC);
    assert_int_equal(get(UART, DATA), 'a');
    line_feed(&line, "cde", 3);
    assert_int_equal(get(UART, IIR), 0xC4);
}

static void room_to_send_is_told_once(void **state)
{
    (void)state;
    set(UART, IER, 2);
    assert_int_equal(get(UART, IIR), 2);
    assert_int_equal(get(UART, IIR), 1);
    set(UART, DATA, 'x');
    assert_int_equal(get(UART, IIR), 2);
}

/* ---- flash --------------------------------------------------------------------------------- */

#define WORD 0x10008u

static void flash_set(uint32_t offset, uint32_t value)
{
    assert_true(bank.memory.ops->store(&bank.memory, offset, 4, value));
}

static uint32_t flash_get(uint32_t offset)
{
    uint32_t value;
    if ((bank.memory.direct & MEMORY_READ) != 0)
        memcpy(&value, bytes + offset, sizeof value);
    else
        assert_true(bank.memory.ops->load(&bank.memory, offset, 4, &value));
    return value;
}

static void erase(uint32_t block)
{
    flash_set(block, 0x00200020);
    flash_set(block, 0x00D000D0);
}

static void program(uint32_t offset, uint32_t value)
{
    flash_set(offset, 0x00400040);
    flash_set(offset, value);
}

static void array(void)
{
    flash_set(0, 0x00FF00FF);
}

static void blocks_are_erased_and_words_only_lose_bits(void **state)
{
    (void)state;
    erase(0);
    assert_int_equal(flash_get(0), 0x00800080);
    program(WORD, 0x12345678);
    assert_int_equal(flash_get(0), 0x00800080);
    array();
    assert_int_equal(flash_get(WORD), 0x12345678);
    assert_int_equal(flash_get(PFLASH_BLOCK - 4), UINT32_MAX);
    assert_int_equal(flash_get(PFLASH_BLOCK), 0); /* the next block */
    program(WORD, 0xFFFF0F0F);
    array();
    assert_int_equal(flash_get(WORD), 0x12340608);
    expect_no_violation();
}

static void an_erase_happens_when_it_is_confirmed(void **state)
{
    (void)state;
    flash_set(0, 0x00200020);
    assert_int_equal(bytes[0], 0);
    flash_set(0, 0x00FF00FF);
    assert_int_equal(flash_get(0), 0);
    expect_no_violation();
}

static void a_buffer_is_programmed_in_one_operation(void **state)
{
    (void)state;
    erase(0);
    flash_set(0, 0x00E800E8);
    flash_set(0, 3 | 3u << 16);
    for (uint32_t i = 0; i < 4; i++)
        flash_set(0x1000 + 4 * i, 0x01010101u * (i + 1));
    assert_int_equal(bytes[0x1000], 0xFF);
    flash_set(0, 0x00D000D0);
    assert_int_equal(flash_get(0), 0x00800080);
    array();
    assert_int_equal(flash_get(0x100C), 0x04040404);
    assert_int_equal(power.operations, 2);
    expect_no_violation();
}

static void ids_query_and_status_are_what_the_chips_answer(void **state)
{
    (void)state;
    flash_set(0, 0x00900090);
    assert_int_equal(flash_get(0), 0x00890089);
    assert_int_equal(flash_get(4), 0x00180018);
    flash_set(0, 0x00980098);
    assert_int_equal(flash_get(0x40), 0x00510051);
    assert_int_equal(flash_get(0x44), 0x00520052);
    assert_int_equal(flash_get(0x48), 0x00590059);
    assert_int_equal(flash_get(0x27 * 4), 0x00180018);
    assert_int_equal(flash_get(0x2D * 4), 0x007F007F);
    flash_set(0, 0x00500050);
    assert_int_equal(flash_get(0), 0);
    flash_set(0, 0x00600060);
    flash_set(0, 0x00D000D0);
    assert_int_equal(flash_get(0), 0x00800080);
}

static void a_protected_bank_says_so(void **state)
{
    (void)state;
    bank.pflash.is_read_only = true;
    erase(0);
    assert_int_equal(flash_get(0), 0x00A000A0);
    program(WORD, 0);
    assert_int_equal(flash_get(0), 0x00B000B0);
    array();
    assert_int_equal(power.operations, 0);
}

static void fetching_from_a_bank_that_answers_is_reported(void **state)
{
    uint32_t halfword;
    (void)state;
    assert_int_equal(bank.memory.direct, MEMORY_READ | MEMORY_FETCH);
    flash_set(0, 0x00700070);
    assert_int_equal(bank.memory.direct, 0);
    assert_true(bank.memory.ops->fetch(&bank.memory, 0x100, &halfword));
    expect_violation("instruction fetch at 0x22000100 while flash bank 1 is in "
                     "mode 0x70");
}

static void wrong_sequences_are_reported(void **state)
{
    (void)state;
    flash_set(0, 0x00330033);
    expect_violation("flash bank 1: command 0x33, which the chips do not know");
    bank.pflash.complaint[0] = '\0';
    flash_set(0, 0x00200020);
    flash_set(0, 0x00700070);
    expect_violation("command 0x20 followed by 0x70");
    bank.pflash.complaint[0] = '\0';
    flash_set(0, 0x00E800E8);
    flash_set(0, 1 | 1u << 16);
    flash_set(0x1FFC, 0);
    flash_set(0x2000, 0);
    expect_violation("outside the 4 KiB window");
}

static void a_slow_bank_is_polled_and_minds_not_being_waited_for(void **state)
{
    (void)state;
    bank.pflash.erase_ns = 500 * MS;
    erase(0);
    assert_int_equal(flash_get(0), 0);
    fake_sim_pass(499 * MS);
    assert_int_equal(flash_get(0), 0);
    fake_sim_pass(2 * MS);
    assert_int_equal(flash_get(0), 0x00800080);
    array();
    erase(0);
    array();
    expect_violation("0xff00ff written at 0x0 while the bank is busy");
}

static void the_power_goes_in_the_middle_of_an_erase(void **state)
{
    (void)state;
    power = (struct power){ .cut_at = 2, .is_torn = true, .random = 3 };
    erase(0);
    array();
    memset(bytes, 0x5A, PFLASH_BLOCK);
    assert_false(fake_sim.is_cut);
    erase(0);
    assert_true(fake_sim.is_cut);
    uint32_t set_bytes = 0, kept = 0;
    for (uint32_t i = 0; i < PFLASH_BLOCK; i++) {
        set_bytes += bytes[i] == 0xFF;
        kept += bytes[i] == 0x5A;
    }
    assert_true(set_bytes < PFLASH_BLOCK && kept < PFLASH_BLOCK);
    assert_int_equal(bytes[PFLASH_BLOCK], 0);
    array();
    program(PFLASH_BLOCK, 0);
    assert_int_equal(power.operations, 2); /* nothing more has any effect */
}

/* ---- clock, random numbers, end ------------------------------------------------------------ */

static void the_clock_starts_in_2020_and_rings(void **state)
{
    (void)state;
    fake_sim_pass(3 * SECOND);
    uint64_t time = get(RTC, 0);
    time |= (uint64_t)get(RTC, 4) << 32;
    assert_int_equal(time / SECOND, 1577836803);
    interrupt_enable(11);
    time += SECOND;
    set(RTC, 0x0C, (uint32_t)(time >> 32));
    set(RTC, 0x08, (uint32_t)time);
    set(RTC, 0x10, 1);
    assert_int_equal(get(RTC, 0x18), 1);
    fake_sim_pass(SECOND - 1);
    assert_false(fake_sim.meip);
    fake_sim_pass(1);
    assert_true(fake_sim.meip);
    assert_int_equal(get(RTC, 0x18), 0);
    assert_int_equal(get(PLIC, 0x200004), 11);
    set(RTC, 0x1C, 1);
    set(PLIC, 0x200004, 11);
    assert_false(fake_sim.meip);
}

static void put16(uint32_t offset, uint32_t value)
{
    memcpy(ram_bytes + offset, &value, 2);
}

static void put32(uint32_t offset, uint32_t value)
{
    memcpy(ram_bytes + offset, &value, 4);
}

/* A legacy queue of 8 at RAM + 4096: one buffer of `length` bytes. */
static void rng_ask(uint32_t address, uint32_t length)
{
    set(RNG, 0x70, 0);
    set(RNG, 0x70, 7);
    set(RNG, 0x28, 4096);
    set(RNG, 0x30, 0);
    set(RNG, 0x38, 8);
    set(RNG, 0x3C, 4096);
    set(RNG, 0x40, RAM / 4096 + 1);
    put32(4096, address);
    put32(4096 + 8, length);
    put16(4096 + 12, 2);
    put16(4096 + 128 + 2, 1); /* avail.idx */
    set(RNG, 0x50, 0);
}

static void random_bytes_come_by_the_ring_and_the_same_each_time(void **state)
{
    uint8_t first[16];
    (void)state;
    interrupt_enable(8);
    assert_int_equal(get(RNG, 0), 0x74726976);
    assert_int_equal(get(RNG, 4), 1);
    assert_int_equal(get(RNG, 8), 4);
    rng_ask(RAM + 0x8000, 16);
    assert_true(fake_sim.meip);
    assert_int_equal(get(RNG, 0x60), 1);
    set(RNG, 0x64, 1);
    uint32_t used;
    memcpy(&used, ram_bytes + 8192, 4);
    assert_int_equal(used >> 16, 1);
    memcpy(&used, ram_bytes + 8192 + 8, 4);
    assert_int_equal(used, 16);
    memcpy(first, ram_bytes + 0x8000, 16);
    memset(ram_bytes, 0, sizeof ram_bytes);
    fake_sim_reset(RESET_POWER_ON);
    rng_ask(RAM + 0x8000, 16);
    assert_memory_equal(first, ram_bytes + 0x8000, 16);
    assert_int_equal(ram_bytes[0x8010], 0);
    expect_no_violation();
}

static void a_buffer_outside_memory_is_reported(void **state)
{
    (void)state;
    rng_ask(0x70000000, 4);
    expect_violation("reaches 0x70000000, which is no memory");
}

static void a_chain_in_circles_is_reported(void **state)
{
    (void)state;
    rng_ask(RAM + 0x8000, 4);
    put16(4096 + 12, 3); /* its next is itself */
    put16(4096 + 128 + 2, 2);
    set(RNG, 0x50, 0);
    expect_violation("goes in circles");
}

static void the_finisher_ends_and_resets(void **state)
{
    (void)state;
    set(&finisher, 0, 0x7777);
    assert_true(fake_sim.is_reset_wanted);
    set(&finisher, 0, 300u << 16 | 0x3333);
    assert_int_equal(fake_sim.machine.exit_status, 44);
    set(&finisher, 0, 0x5555);
    assert_int_equal(fake_sim.machine.exit_status, 0);
    assert_int_equal(fake_sim.machine.end, END_EXIT);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_serial_port_resets_to_what_qemu_has),
        TEST(what_is_sent_is_heard_at_once),
        TEST(input_fills_the_fifo_and_the_rest_waits),
        TEST(too_few_for_the_trigger_are_told_after_a_while),
        TEST(room_to_send_is_told_once),
        TEST(blocks_are_erased_and_words_only_lose_bits),
        TEST(an_erase_happens_when_it_is_confirmed),
        TEST(a_buffer_is_programmed_in_one_operation),
        TEST(ids_query_and_status_are_what_the_chips_answer),
        TEST(a_protected_bank_says_so),
        TEST(fetching_from_a_bank_that_answers_is_reported),
        TEST(wrong_sequences_are_reported),
        TEST(a_slow_bank_is_polled_and_minds_not_being_waited_for),
        TEST(the_power_goes_in_the_middle_of_an_erase),
        TEST(the_clock_starts_in_2020_and_rings),
        TEST(random_bytes_come_by_the_ring_and_the_same_each_time),
        TEST(a_buffer_outside_memory_is_reported),
        TEST(a_chain_in_circles_is_reported),
        TEST(the_finisher_ends_and_resets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
