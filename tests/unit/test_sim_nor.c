/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's serial NOR chip, held against the data sheet's rules.
 * SOURCES: tests/sim/devices/nor.c tests/sim/devices/flash.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tests/sim/devices/nor.h>

#define PAGE 0x123400u
#define LONG_MS 100000u

static struct nor nor;
static struct power power;
static uint8_t *bytes;
static uint64_t now;

static int set_up(void **state)
{
    (void)state;
    power = (struct power){ .random = 1 };
    now = 1000;
    bytes = malloc(nor_is25lp032d.size);
    assert_non_null(bytes);
    memset(bytes, 0xFF, nor_is25lp032d.size);
    nor_init(&nor, &nor_is25lp032d, bytes, &power);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(bytes);
    return 0;
}

/* One transaction; the bytes that came back replace those that went. */
static void transact(uint8_t *data, size_t len)
{
    nor_select(&nor, now, true);
    for (size_t i = 0; i < len; i++)
        data[i] = nor_exchange(&nor, now, data[i]);
    nor_select(&nor, now, false);
}

static void command(uint8_t code)
{
    transact((uint8_t[]){ code }, 1);
}

static void addressed(uint8_t code, uint32_t at, const uint8_t *data,
                      size_t len)
{
    uint8_t all[4 + 600] = { code, (uint8_t)(at >> 16), (uint8_t)(at >> 8),
                             (uint8_t)at };
    assert_true(len <= 600);
    if (len > 0)
        memcpy(all + 4, data, len);
    transact(all, 4 + len);
}

static void wait_ms(uint64_t ms)
{
    now += ms * 1000000u;
}

static uint8_t status(void)
{
    uint8_t data[2] = { 0x05, 0 };
    transact(data, sizeof data);
    return data[1];
}

static void enable(void)
{
    command(0x06);
}

static void program(uint32_t at, const void *data, size_t len)
{
    enable();
    addressed(0x02, at, data, len);
    wait_ms(1);
}

static void nothing_wrong(void)
{
    assert_string_equal(nor.complaint, "");
}

static void is_reported(const char *part)
{
    if (!strstr(nor.complaint, part))
        fail_msg("\"%s\" is not in \"%s\"", part, nor.complaint);
}

static void the_id_is_that_of_the_sheet(void **state)
{
    (void)state;
    uint8_t data[4] = { 0x9F };
    transact(data, sizeof data);
    assert_memory_equal(data + 1, ((uint8_t[]){ 0x9D, 0x60, 0x16 }), 3);
    nothing_wrong();
}

static void reads_run_on_and_wrap_at_the_end_of_the_chip(void **state)
{
    (void)state;
    bytes[nor_is25lp032d.size - 1] = 0x11;
    bytes[0] = 0x22;
    uint8_t data[6] = { 0x03, 0x3F, 0xFF, 0xFF };
    transact(data, sizeof data);
    assert_int_equal(data[4], 0x11);
    assert_int_equal(data[5], 0x22);
    uint8_t fast[6] = { 0x0B, 0x3F, 0xFF, 0xFF };
    transact(fast, sizeof fast);
    assert_int_equal(fast[5], 0x11); /* one dummy byte first */
    nothing_wrong();
}

static void programs_only_clear_bits(void **state)
{
    (void)state;
    program(PAGE + 4, "\xF0\x33", 2);
    program(PAGE + 4, "\x3F\xFF", 2);
    assert_int_equal(bytes[PAGE + 4], 0x30);
    assert_int_equal(bytes[PAGE + 5], 0x33);
    assert_int_equal(bytes[PAGE + 3], 0xFF);
    assert_int_equal(bytes[PAGE + 6], 0xFF);
    nothing_wrong();
}

static void programs_wrap_inside_their_page(void **state)
{
    (void)state;
    program(PAGE + 254, "\1\2\3\4", 4);
    assert_memory_equal(bytes + PAGE + 254, "\1\2", 2);
    assert_memory_equal(bytes + PAGE, "\3\4", 2);
    assert_int_equal(bytes[PAGE + 256], 0xFF);
    nothing_wrong();
}

static void of_too_many_bytes_the_last_page_counts(void **state)
{
    (void)state;
    uint8_t data[260];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i / 256 + 1);
    program(PAGE, data, sizeof data);
    assert_memory_equal(bytes + PAGE, "\2\2\2\2\1\1", 6);
    assert_int_equal(bytes[PAGE + 255], 1);
    assert_int_equal(bytes[PAGE + 256], 0xFF);
}

static void erases_set_exactly_their_sector(void **state)
{
    (void)state;
    static const struct {
        uint8_t code;
        uint32_t size;
    } erases[] = { { 0x20, 4096 },  { 0xD7, 4096 },    { 0x52, 32768 },
                   { 0xD8, 65536 }, { 0xC7, 4194304 }, { 0x60, 4194304 } };
    for (size_t i = 0; i < sizeof erases / sizeof erases[0]; i++) {
        memset(bytes, 0, nor_is25lp032d.size);
        enable();
        if (erases[i].size == nor_is25lp032d.size)
            command(erases[i].code);
        else
            addressed(erases[i].code, PAGE + 77, NULL, 0);
        wait_ms(LONG_MS);
        uint32_t first = PAGE / erases[i].size * erases[i].size;
        for (uint32_t at = 0; at < nor_is25lp032d.size; at++)
            assert_int_equal(bytes[at], at - first < erases[i].size ? 0xFF : 0);
        nothing_wrong();
    }
}

static void operations_take_the_time_of_the_sheet(void **state)
{
    (void)state;
    enable();
    assert_int_equal(status(), 0x02);
    addressed(0x20, PAGE, NULL, 0);
    assert_int_equal(status(), 0x01);
    wait_ms(69);
    assert_int_equal(status(), 0x01);
    wait_ms(2);
    assert_int_equal(status(), 0x00); /* and the enable is used up */
    enable();
    addressed(0x02, PAGE, (const uint8_t *)"x", 1);
    now += 190000;
    assert_int_equal(status(), 0x01);
    now += 20000;
    assert_int_equal(status(), 0x00);
    nothing_wrong();
}

static void a_faster_chip_is_busy_for_less(void **state)
{
    (void)state;
    nor.speed = 70;
    enable();
    addressed(0x20, PAGE, NULL, 0);
    assert_true(nor_is_busy(&nor, now + 999999));
    assert_false(nor_is_busy(&nor, now + 1000001));
}

static void a_second_program_wants_a_second_enable(void **state)
{
    (void)state;
    program(PAGE, "\0", 1);
    addressed(0x02, PAGE + 1, (const uint8_t *)"\0", 1);
    assert_int_equal(bytes[PAGE + 1], 0xFF);
    is_reported("page program without a write enable");
}

static void write_disable_takes_the_enable_back(void **state)
{
    (void)state;
    enable();
    command(0x04);
    assert_int_equal(status(), 0);
    addressed(0x20, PAGE, NULL, 0);
    is_reported("4 KiB erase without a write enable");
}

static void nothing_but_the_status_is_had_from_a_busy_chip(void **state)
{
    (void)state;
    bytes[PAGE] = 0x55;
    enable();
    addressed(0xD8, 0, NULL, 0);
    uint8_t data[5] = { 0x03, PAGE >> 16, PAGE >> 8 & 0xFF, PAGE & 0xFF };
    transact(data, sizeof data);
    assert_int_equal(data[4], 0xFF);
    is_reported("read while the chip is busy");
}

static void a_program_command_alone_is_reported(void **state)
{
    (void)state;
    enable();
    command(0x02); /* the controller let go of the chip select */
    is_reported("page program cut off after 1 of 4 bytes");
}

static void a_program_without_data_is_reported(void **state)
{
    (void)state;
    enable();
    addressed(0x02, PAGE, NULL, 0);
    is_reported("without data");
}

static void an_enable_with_more_bytes_is_no_enable(void **state)
{
    (void)state;
    transact((uint8_t[]){ 0x06, 0x02 }, 2);
    assert_int_equal(status(), 0);
    is_reported("write enable with 1 bytes too many");
}

static void unknown_commands_are_reported(void **state)
{
    (void)state;
    command(0x77);
    is_reported("command 0x77");
    assert_int_equal(nor_exchange(&nor, now, 0x06), 0xFF);
    assert_int_equal(status(), 0); /* not selected: heard nothing */
}

static void the_status_protects_the_top_of_the_chip(void **state)
{
    (void)state;
    enable();
    transact((uint8_t[]){ 0x01, 1 << 2 }, 2);
    wait_ms(10);
    assert_int_equal(status(), 1 << 2);
    program(0x3EFF00, "\0", 1);
    nothing_wrong();
    assert_int_equal(bytes[0x3EFF00], 0);
    program(0x3F0000, "\0", 1);
    is_reported("protected");
    assert_int_equal(bytes[0x3F0000], 0xFF);
}

static void the_power_goes_at_the_operation_that_was_ordered(void **state)
{
    (void)state;
    power.cut_at = 3;
    program(PAGE, "\0", 1);
    program(PAGE + 1, "\0", 1);
    assert_false(power.is_cut);
    program(PAGE + 2, "\0", 1);
    assert_true(power.is_cut);
    program(PAGE + 3, "\0", 1);
    assert_memory_equal(bytes + PAGE, "\0\0\xFF\xFF", 4);
    assert_int_equal(power.operations, 3);
}

/* A torn program leaves old or new in each bit, a torn erase anything in its
 * sector and nothing elsewhere; over many seeds each kind is seen. */
static void torn_operations_stay_within_what_a_chip_can_do(void **state)
{
    (void)state;
    unsigned untouched = 0, whole = 0, between = 0;
    for (uint64_t seed = 0; seed < 500; seed++) {
        power = (struct power){ .cut_at = 1, .is_torn = true, .random = seed };
        memset(bytes + PAGE, 0xFF, 256);
        uint8_t old = bytes[PAGE] = 0xF5;
        program(PAGE, "\x0F\x12\x34\x56", 4);
        assert_int_equal(bytes[PAGE] & (old & 0x0F), old & 0x0F);
        assert_int_equal(bytes[PAGE] | old, old);
        assert_int_equal(bytes[PAGE + 4], 0xFF);
        bool is_new = memcmp(bytes + PAGE, "\x05\x12\x34\x56", 4) == 0;
        bool is_old = memcmp(bytes + PAGE, "\xF5\xFF\xFF\xFF", 4) == 0;
        untouched += is_old;
        whole += is_new;
        between += !is_old && !is_new;
    }
    assert_true(untouched > 0 && whole > 0 && between > 100);
    unsigned cleared = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        power = (struct power){ .cut_at = 1, .is_torn = true, .random = seed };
        memset(bytes + 0x1000, 0xA5, 0x3000);
        enable();
        addressed(0x20, 0x2000, NULL, 0);
        wait_ms(LONG_MS);
        assert_int_equal(bytes[0x1FFF], 0xA5);
        assert_int_equal(bytes[0x3000], 0xA5);
        cleared += bytes[0x2000] == 0;
    }
    assert_true(cleared > 0);
}

static void the_same_seed_tears_the_same(void **state)
{
    (void)state;
    uint8_t first[64];
    for (int i = 0; i < 2; i++) {
        power = (struct power){ .cut_at = 1, .is_torn = true, .random = 7 };
        memset(bytes + PAGE, 0xFF, 256);
        static const uint8_t zeros[64];
        program(PAGE, zeros, sizeof zeros);
        if (i == 0)
            memcpy(first, bytes + PAGE, sizeof first);
    }
    assert_memory_equal(first, bytes + PAGE, sizeof first);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_id_is_that_of_the_sheet),
        TEST(reads_run_on_and_wrap_at_the_end_of_the_chip),
        TEST(programs_only_clear_bits),
        TEST(programs_wrap_inside_their_page),
        TEST(of_too_many_bytes_the_last_page_counts),
        TEST(erases_set_exactly_their_sector),
        TEST(operations_take_the_time_of_the_sheet),
        TEST(a_faster_chip_is_busy_for_less),
        TEST(a_second_program_wants_a_second_enable),
        TEST(write_disable_takes_the_enable_back),
        TEST(nothing_but_the_status_is_had_from_a_busy_chip),
        TEST(a_program_command_alone_is_reported),
        TEST(a_program_without_data_is_reported),
        TEST(an_enable_with_more_bytes_is_no_enable),
        TEST(unknown_commands_are_reported),
        TEST(the_status_protects_the_top_of_the_chip),
        TEST(the_power_goes_at_the_operation_that_was_ordered),
        TEST(torn_operations_stay_within_what_a_chip_can_do),
        TEST(the_same_seed_tears_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
