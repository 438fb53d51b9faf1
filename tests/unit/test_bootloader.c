/* SPDX-License-Identifier: Apache-2.0 */
/* Bootloader mode, byte for byte: every command, good and bad lengths, escapes,
 * addresses out of range.
 * SOURCES: loader/bootloader.c loader/proto.c pic/crc32.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <berth/crc32.h>
#include <berth/proto.h>
#include <loader/bootloader.h>

#define START 0x20040000u
#define SIZE 0x8000u
#define END (START + SIZE)
#define BELOW (START - BOOTLOADER_BELOW)

static uint8_t memory[BOOTLOADER_BELOW + SIZE], stored[16][64];
static struct bootloader b;
static bool takes_longer, close_takes_longer;
static err_t write_error;
static uint32_t writes, closes, leaves;

static void on_read(struct bootloader *of, uint8_t *to, uint32_t address,
                    uint32_t len)
{
    (void)of;
    assert_true(address >= BELOW && address + len <= END);
    memcpy(to, memory + (address - BELOW), len);
}

static err_t on_write(struct bootloader *of, uint32_t address,
                      const uint8_t *page)
{
    (void)of;
    assert_true(address >= START && address + 512 <= END);
    writes++;
    if (write_error == OK)
        memcpy(memory + (address - BELOW), page, 512);
    return write_error;
}

static err_t on_close(struct bootloader *of)
{
    (void)of;
    closes++;
    return close_takes_longer ? OK : ERR_ALREADY;
}

static void on_leave(struct bootloader *of)
{
    (void)of;
    leaves++;
}

static bool on_baud(struct bootloader *of, uint32_t baud)
{
    (void)of;
    return baud <= 1000000;
}

static void on_attribute_read(struct bootloader *of, uint32_t index,
                              uint8_t to[64])
{
    (void)of;
    memcpy(to, stored[index], 64);
}

static err_t on_attribute_write(struct bootloader *of, uint32_t index,
                                const uint8_t from[64])
{
    (void)of;
    memcpy(stored[index], from, 64);
    return OK;
}

static struct bootloader_ops ops;

const struct bootloader_ops *bootloader_ops(const struct bootloader *of)
{
    (void)of;
    return &ops;
}

static const struct bootloader_attribute attributes[] = {
    { "board", "hifive1" },
    { "arch", "rv32imc" },
    { "appaddr", "0x20040000" },
    { "pagesize", "512" },
};
static const char json[] = "{\"version\":\"1.1.3\", \"start_address\":"
                           "\"0x20010000\", \"name\":\"Berth\"}";
static const struct bootloader_board board = {
    .apps_start = START,
    .apps_end = END,
    .info = json,
    .attributes = attributes,
    .attribute_count = 4,
};

static int setup(void **state)
{
    (void)state;
    memset(&b, 0, sizeof b);
    b.board = &board;
    ops =
        (struct bootloader_ops){ on_read,           on_write, on_close,
                                 on_leave,          on_baud,  on_attribute_read,
                                 on_attribute_write };
    memset(memory, 0xFF, sizeof memory);
    memset(stored, 0, sizeof stored);
    takes_longer = close_takes_longer = false;
    write_error = OK;
    writes = closes = leaves = 0;
    return 0;
}

/* ---- a tool ------------------------------------------------------------------ */

static uint8_t answer[20000];
static size_t answer_len;

static void receive(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++)
        bootloader_receive(&b, p[i]);
}

/* All there is to send, in pieces of a few bytes. */
static void collect(void)
{
    answer_len = 0;
    while (bootloader_is_sending(&b)) {
        size_t n = bootloader_send(&b, answer + answer_len, 7);
        assert_true(n <= 7);
        answer_len += n;
        assert_true(answer_len < sizeof answer - 8);
    }
    assert_int_equal(bootloader_send(&b, answer, 7), 0);
}

static void payload_send(const void *payload, size_t len)
{
    const uint8_t *p = payload;
    for (size_t i = 0; i < len; i++) {
        bootloader_receive(&b, p[i]);
        if (p[i] == 0xFC)
            bootloader_receive(&b, 0xFC);
    }
}

/* A command as tockloader sends it: the sync first. */
static void command(uint8_t code, const void *payload, size_t len)
{
    receive("\x00\xFC\x05", 3);
    payload_send(payload, len);
    receive((uint8_t[]){ 0xFC, code }, 2);
    if (b.is_busy && !takes_longer)
        bootloader_done(&b, OK);
    collect();
}

#define assert_answer(...)                                                     \
    do {                                                                       \
        const uint8_t bytes_[] = { __VA_ARGS__ };                              \
        assert_int_equal(answer_len, sizeof bytes_);                           \
        assert_memory_equal(answer, bytes_, sizeof bytes_);                    \
    } while (0)

static const uint8_t *address(uint32_t value)
{
    static uint8_t bytes[4 + 512];
    for (uint32_t i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    return bytes;
}

static void write_page(uint32_t at, uint8_t value)
{
    uint8_t payload[516];
    memcpy(payload, address(at), 4);
    memset(payload + 4, value, 512);
    command(0x07, payload, sizeof payload);
}

static void read_range(uint32_t at, uint16_t len)
{
    uint8_t payload[6];
    memcpy(payload, address(at), 4);
    payload[4] = (uint8_t)len;
    payload[5] = (uint8_t)(len >> 8);
    command(0x11, payload, 6);
}

/* ---- commands ------------------------------------------------------------------ */

static void ping_is_answered_whatever_came_before(void **state)
{
    (void)state;
    receive("\xFC\x01", 2);
    collect();
    assert_answer(0xFC, 0x11);
    for (uint32_t i = 0; i < 2000; i++)
        bootloader_receive(&b, (uint8_t)(i % 0xFC));
    receive("\xFC\x01", 2);
    collect();
    assert_answer(0xFC, 0x11);
    receive("\xFC\x01", 2);
    collect();
    assert_answer(0xFC, 0x11);
}

/* Whatever was to be sent: flash, or a checksum over it that is computed for a
 * part. */
static void ping_is_answered_in_the_middle_of_an_answer(void **state)
{
    (void)state;
    uint8_t payload[8], some[7];
    memcpy(payload, address(START), 4);
    memcpy(payload + 4, "\xC8\0\0\0", 4);
    for (uint32_t pieces = 0; pieces < 4; pieces++)
        for (uint32_t is_crc = 0; is_crc < 2; is_crc++) {
            payload_send(payload, is_crc ? 8 : 6);
            receive((uint8_t[]){ 0xFC, is_crc ? 0x15 : 0x11 }, 2);
            for (uint32_t i = 0; i < pieces; i++)
                (void)bootloader_send(&b, some, sizeof some);
            receive("\xFC\x01", 2);
            collect();
            assert_answer(0xFC, 0x11);
        }
}

static void info_is_193_bytes(void **state)
{
    (void)state;
    command(0x03, NULL, 0);
    assert_int_equal(answer_len, 2 + 193);
    assert_int_equal(answer[0], 0xFC);
    assert_int_equal(answer[1], 0x25);
    assert_int_equal(answer[2], strlen(json));
    assert_memory_equal(answer + 3, json, strlen(json));
    for (size_t i = 3 + strlen(json); i < answer_len; i++)
        assert_int_equal(answer[i], 0);
}

static void reset_empties_the_buffer_and_says_nothing(void **state)
{
    (void)state;
    receive("garbage\xFC\x05", 9);
    collect();
    assert_int_equal(answer_len, 0);
    payload_send("\x02", 1);
    receive("\xFC\x14", 2);
    collect();
    assert_int_equal(answer_len, 2 + 64);
}

static void a_page_is_written_and_read_back(void **state)
{
    (void)state;
    write_page(START + 512, 0xA5);
    assert_answer(0xFC, 0x15);
    read_range(START + 511, 3);
    assert_answer(0xFC, 0x20, 0xFF, 0xA5, 0xA5);
    assert_int_equal(writes, 1);
}

static void a_page_of_escapes_is_written_and_read_back(void **state)
{
    (void)state;
    write_page(START, 0xFC);
    assert_answer(0xFC, 0x15);
    for (uint32_t i = 0; i < 512; i++)
        assert_int_equal(memory[BOOTLOADER_BELOW + i], 0xFC);
    read_range(START, 512);
    assert_int_equal(answer_len, 2 + 1024);
    for (size_t i = 2; i < answer_len; i++)
        assert_int_equal(answer[i], 0xFC);
}

static void an_unaligned_page_leaves_its_neighbours_alone(void **state)
{
    (void)state;
    memset(memory, 0x11, sizeof memory);
    write_page(START + 100, 0x22);
    assert_answer(0xFC, 0x15);
    assert_int_equal(memory[BOOTLOADER_BELOW + 99], 0x11);
    assert_int_equal(memory[BOOTLOADER_BELOW + 100], 0x22);
    assert_int_equal(memory[BOOTLOADER_BELOW + 611], 0x22);
    assert_int_equal(memory[BOOTLOADER_BELOW + 612], 0x11);
}

static void an_erased_page_reads_ones(void **state)
{
    (void)state;
    memset(memory, 0, sizeof memory);
    command(0x06, address(START + 1024), 4);
    assert_answer(0xFC, 0x15);
    assert_int_equal(memory[BOOTLOADER_BELOW + 1023], 0);
    assert_int_equal(memory[BOOTLOADER_BELOW + 1024], 0xFF);
    assert_int_equal(memory[BOOTLOADER_BELOW + 1535], 0xFF);
    assert_int_equal(memory[BOOTLOADER_BELOW + 1536], 0);
}

static void what_lies_outside_is_a_bad_address(void **state)
{
    (void)state;
    static const uint32_t bad[] = {
        0,         START - 512, START - 1,         END - 511, END,
        END + 512, 0x20010000,  0xFFFFFFFFu - 510, 0xFFFFFFFF
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_page(bad[i], 0);
        assert_answer(0xFC, 0x12);
        command(0x06, address(bad[i]), 4);
        assert_answer(0xFC, 0x12);
    }
    assert_int_equal(writes, 0);
    write_page(END - 512, 0);
    assert_answer(0xFC, 0x15);
    read_range(BELOW, 1000);
    assert_int_equal(answer[1], 0x20);
    read_range(BELOW - 1, 1);
    assert_answer(0xFC, 0x12);
    read_range(END - 1, 1);
    assert_answer(0xFC, 0x20, 0);
    read_range(END - 1, 2);
    assert_answer(0xFC, 0x12);
    read_range(0xFFFFFFFF, 0xFFFF);
    assert_answer(0xFC, 0x12);
    read_range(START, 4095);
    assert_int_equal(answer_len, 2 + 4095);
    read_range(START, 0);
    assert_answer(0xFC, 0x20);
}

static void a_wrong_length_is_a_bad_argument(void **state)
{
    (void)state;
    static const struct {
        uint8_t code;
        uint16_t good;
    } commands[] = { { 0x03, 0 }, { 0x06, 4 }, { 0x07, 516 }, { 0x11, 6 },
                     { 0x14, 1 }, { 0x15, 8 }, { 0x21, 5 },   { 0x23, 4 } };
    uint8_t payload[1200];
    memset(payload, 0x44, sizeof payload);
    memcpy(payload, address(START), 4);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        for (size_t len = 0; len < sizeof payload; len++) {
            if (len == commands[i].good)
                continue;
            command(commands[i].code, payload, len);
            assert_answer(0xFC, 0x14);
        }
    for (size_t len = 0; len < 100; len++) {
        memset(payload, 0, sizeof payload);
        payload[0] = 7;
        payload[9] = (uint8_t)(len + 1);
        command(0x13, payload, len);
        assert_answer(0xFC, 0x14);
    }
    assert_int_equal(writes, 0);
}

static void attributes_are_64_bytes(void **state)
{
    (void)state;
    command(0x14, "\x00", 1);
    assert_int_equal(answer_len, 2 + 64);
    assert_int_equal(answer[1], 0x22);
    assert_memory_equal(answer + 2, "board\0\0\0\x07hifive1\0", 17);
    command(0x14, "\x02", 1);
    assert_memory_equal(answer + 2,
                        "appaddr\0\x0A"
                        "0x20040000\0",
                        20);
    command(0x14, "\x05", 1);
    for (size_t i = 2; i < answer_len; i++)
        assert_int_equal(answer[i], 0);
    command(0x14, "\x10", 1);
    assert_answer(0xFC, 0x14);
}

static void attributes_can_be_set_and_removed(void **state)
{
    (void)state;
    command(0x13,
            "\x05mykey\0\0\0\x03\xFC"
            "bc",
            13);
    assert_answer(0xFC, 0x15);
    command(0x14, "\x05", 1);
    assert_int_equal(answer_len, 2 + 65); /* one escape */
    assert_memory_equal(answer + 2,
                        "mykey\0\0\0\x03\xFC\xFC"
                        "bc\0",
                        14);
    command(0x13, "\x05\0\0\0\0\0\0\0\0\0", 10);
    assert_answer(0xFC, 0x15);
    command(0x14, "\x05", 1);
    assert_int_equal(answer[2], 0);
    command(0x13, "\x00new\0\0\0\0\0\x01x", 11); /* of the table */
    assert_answer(0xFC, 0x14);
    command(0x13, "\x10new\0\0\0\0\0\x01x", 11);
    assert_answer(0xFC, 0x14);
    ops.attribute_write = NULL;
    command(0x13, "\x05new\0\0\0\0\0\x01x", 11);
    assert_answer(0xFC, 0x16);
}

static void the_checksum_is_that_of_zlib_and_is_escaped(void **state)
{
    (void)state;
    uint8_t payload[8], want[16];
    for (uint32_t value = 0; value < 3000; value++) {
        memcpy(memory + BOOTLOADER_BELOW, &value, 4);
        uint32_t crc = crc32_add(0, memory + BOOTLOADER_BELOW, 300);
        memcpy(payload, address(START), 4);
        memcpy(payload + 4, address(300), 4);
        command(0x15, payload, 8);
        size_t n = 2;
        want[0] = 0xFC;
        want[1] = 0x23;
        for (uint32_t i = 0; i < 4; i++) {
            want[n++] = (uint8_t)(crc >> 8 * i);
            if (want[n - 1] == 0xFC)
                want[n++] = 0xFC;
        }
        assert_int_equal(answer_len, n);
        assert_memory_equal(answer, want, n);
    }
    memcpy(payload, address(START), 4);
    memcpy(payload + 4, address(SIZE + 1), 4);
    command(0x15, payload, 8);
    assert_answer(0xFC, 0x12);
    memcpy(payload + 4, address(0), 4);
    command(0x15, payload, 8);
    assert_answer(0xFC, 0x23, 0, 0, 0, 0);
}

static void rates_are_changed_and_verified(void **state)
{
    (void)state;
    command(0x21, "\x02\x00\xC2\x01\x00", 5);
    assert_answer(0xFC, 0x26);
    command(0x21, "\x01\x00\xC2\x01\x00", 5);
    assert_answer(0xFC, 0x15);
    receive("\x02\x00\xC2\x01\x00\xFC\x21", 7); /* without the sync */
    collect();
    assert_answer(0xFC, 0x15);
    command(0x21, "\x01\x00\x00\x00\x10", 5);
    assert_answer(0xFC, 0x26);
    command(0x21, "\x03\x00\xC2\x01\x00", 5);
    assert_answer(0xFC, 0x14);
    ops.set_baud = NULL;
    command(0x21, "\x01\x00\xC2\x01\x00", 5);
    assert_answer(0xFC, 0x26);
}

static void the_start_address_is_where_it_is(void **state)
{
    (void)state;
    command(0x23, address(START), 4);
    assert_answer(0xFC, 0x15);
    command(0x23, address(START + 512), 4);
    assert_answer(0xFC, 0x12);
}

static void commands_of_other_bootloaders_are_unknown(void **state)
{
    (void)state;
    static const uint8_t codes[] = { 0x04, 0x08, 0x09, 0x10, 0x12,
                                     0x16, 0x17, 0x18, 0x19, 0x20 };
    for (size_t i = 0; i < sizeof codes; i++) {
        command(codes[i], NULL, 0);
        assert_answer(0xFC, 0x16);
    }
    for (uint32_t code = 0; code < 0xFC; code++) {
        bool is_known = code == 1 || (code >= 3 && code <= 9) ||
                        (code >= 0x10 && code <= 0x19) ||
                        (code >= 0x20 && code <= 0x23);
        if (is_known)
            continue;
        command((uint8_t)code, NULL, 0);
        assert_int_equal(answer_len, 0);
    }
}

static void what_comes_during_a_write_is_not_heard(void **state)
{
    (void)state;
    takes_longer = true;
    write_page(START, 0x33);
    assert_int_equal(answer_len, 0);
    receive("abc\xFC\x01", 5);
    collect();
    assert_int_equal(answer_len, 0);
    bootloader_done(&b, ERR_FAIL);
    collect();
    assert_answer(0xFC, 0x13);
    receive("\xFC\x01", 2);
    collect();
    assert_answer(0xFC, 0x11);
    takes_longer = false;
    write_error = ERR_OFF;
    write_page(START, 0x33);
    assert_answer(0xFC, 0x13);
}

static void exit_closes_and_leaves_without_a_word(void **state)
{
    (void)state;
    receive("\xFC\x22", 2);
    collect();
    assert_int_equal(answer_len, 0);
    assert_int_equal(closes, 1);
    assert_int_equal(leaves, 1);
    close_takes_longer = true;
    receive("\xFC\x22", 2);
    assert_int_equal(leaves, 1);
    bootloader_done(&b, OK);
    collect();
    assert_int_equal(answer_len, 0);
    assert_int_equal(leaves, 2);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, setup)
    const struct CMUnitTest tests[] = {
        T(ping_is_answered_whatever_came_before),
        T(ping_is_answered_in_the_middle_of_an_answer),
        T(info_is_193_bytes),
        T(reset_empties_the_buffer_and_says_nothing),
        T(a_page_is_written_and_read_back),
        T(a_page_of_escapes_is_written_and_read_back),
        T(an_unaligned_page_leaves_its_neighbours_alone),
        T(an_erased_page_reads_ones),
        T(what_lies_outside_is_a_bad_address),
        T(a_wrong_length_is_a_bad_argument),
        T(attributes_are_64_bytes),
        T(attributes_can_be_set_and_removed),
        T(the_checksum_is_that_of_zlib_and_is_escaped),
        T(rates_are_changed_and_verified),
        T(the_start_address_is_where_it_is),
        T(commands_of_other_bootloaders_are_unknown),
        T(what_comes_during_a_write_is_not_heard),
        T(exit_closes_and_leaves_without_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
