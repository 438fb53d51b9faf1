/* SPDX-License-Identifier: Apache-2.0 */
/* The serial flash driver: the transactions it makes, in order, against a port
 * that records them and a chip of two sectors that follows its data sheet.
 * SOURCES: chips/common/spi_nor.c chips/common/spi_nor_ram.c
 * SOURCES: tests/fake/kernel.c */
#include <tests/fake/kernel.h>

#include <stdio.h>
#include <string.h>

#include <chips/common/spi_nor.h>
#include <kernel/flash_hold.h>

enum { SECTORS = 2, SIZE = SECTORS * SPI_NOR_SECTOR };

/* ---- the port and the chip --------------------------------------------------------- */

struct spi_port {
    int unused;
};

static char log_text[32768];
static size_t log_len;
static uint8_t memory[SIZE];
static uint8_t status, id[3];
static uint32_t busy_looks; /* how often it says so after a change */
static uint32_t looks_left, now, told, opened;
static bool is_deaf; /* it does not take a write enable */

PRINTF_LIKE(1, 2)
static void record(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_len += (size_t)vsnprintf(log_text + log_len, sizeof log_text - log_len,
                                 format, arguments);
    va_end(arguments);
    assert_true(log_len < sizeof log_text);
}

void spi_port_open(struct spi_port *port)
{
    (void)port;
    assert_int_equal(opened++, 0);
    record("(");
}

void spi_port_close(struct spi_port *port)
{
    (void)port;
    assert_int_equal(--opened, 0);
    record(")");
}

static uint32_t address_of(const struct spi_transfer *t)
{
    assert_int_equal(t->head_len, 4);
    return (uint32_t)t->head[1] << 16 | (uint32_t)t->head[2] << 8 | t->head[3];
}

static void change(const struct spi_transfer *t)
{
    uint32_t at = address_of(t);
    assert_true(status & 2);
    assert_true(at < SIZE);
    if (t->head[0] == 0x20)
        memset(memory + at / SPI_NOR_SECTOR * SPI_NOR_SECTOR, 0xFF,
               SPI_NOR_SECTOR);
    for (uint32_t i = 0; i < t->out_len; i++)
        memory[at / 256 * 256 + (at + i) % 256] &= t->out[i];
    status = (uint8_t)((status & ~2) | 1);
    looks_left = busy_looks;
}

void spi_port_transfer(struct spi_port *port, const struct spi_transfer *t)
{
    (void)port;
    assert_int_equal(opened, 1);
    record("[");
    for (uint32_t i = 0; i < t->head_len; i++)
        record("%02x", t->head[i]);
    if (t->out_len > 0)
        record("+%u", t->out_len);
    if (t->in_len > 0)
        record("?%u", t->in_len);
    record("]");
    switch (t->head[0]) {
    case 0x06:
        status = is_deaf ? status : status | 2;
        break;
    case 0x05:
        if ((status & 1) && looks_left-- == 0)
            status &= (uint8_t)~1;
        t->in[0] = status;
        break;
    case 0x9F:
        memcpy(t->in, id, 3);
        break;
    case 0x02:
    case 0x20:
        change(t);
        break;
    default:
        fail_msg("command %02x", t->head[0]);
    }
}

void spi_port_busy(struct spi_port *port)
{
    (void)port;
    now += FAKE_HZ / 1000;
    record(".");
}

uint32_t spi_port_now(struct spi_port *port)
{
    (void)port;
    return now;
}

void spi_port_told(struct spi_port *port)
{
    (void)port;
    assert_int_equal(opened, 0);
    told++;
}

static void assert_log(const char *text)
{
    assert_string_equal(log_text, text);
    log_len = 0;
    log_text[0] = '\0';
}

/* ---- kernel and client ------------------------------------------------------------- */

void flash_call(struct deferred *d)
{
    deferred_call(d);
}

void flash_open(void)
{
}

static uint32_t dones;
static err_t done_e;

static void done(struct flash_client *client, err_t e)
{
    (void)client;
    assert_int_equal(told, ++dones); /* the port first */
    done_e = e;
}

static const struct flash_geometry geometry = {
    .size = SIZE,
    .sector_size = SPI_NOR_SECTOR,
    .word_size = 4,
    .burst = SPI_NOR_PAGE,
    .reprogram = true,
};
static struct flash_client client = { done };
static struct spi_port port;
static struct spi_nor nor;

static int setup(void **state)
{
    (void)state;
    memset(memory, 0xFF, sizeof memory);
    status = 0;
    memcpy(id, (const uint8_t[]){ 0x9D, 0x60, 13 }, 3); /* 2^13: 8 KiB */
    busy_looks = looks_left = opened = told = dones = 0;
    now = 0xFFFFF000; /* it wraps */
    is_deaf = false;
    log_len = 0;
    log_text[0] = '\0';
    fake_boot(NULL, 0);
    nor = (struct spi_nor){
        .flash = { .ops = &spi_nor_ops,
                   .geometry = &geometry,
                   .base = memory,
                   .client = &client },
        .port = &port,
    };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void probe(void)
{
    uint32_t what = 0;
    assert_int_equal(spi_nor_probe(&nor, &what), OK);
    assert_int_equal(what, 0x9D600D);
    assert_log("([9f?3])");
}

static err_t erase(uint32_t at)
{
    return spi_nor_ops.erase(&nor.flash, at);
}

static err_t program(uint32_t at, const void *bytes, uint32_t len)
{
    return spi_nor_ops.program(&nor.flash, at, bytes, len);
}

static void assert_done(err_t e)
{
    uint32_t before = dones;
    fake_settle();
    assert_int_equal(dones, before + 1);
    assert_int_equal(done_e, e);
}

/* ---- tests -------------------------------------------------------------------------- */

static void the_size_in_the_id_decides(void **state)
{
    (void)state;
    uint32_t what;
    static const uint8_t others[][3] = { { 0x9D, 0x60, 12 },
                                         { 0xFF, 0xFF, 0xFF },
                                         { 0, 0, 0 },
                                         { 0xEF, 0x40, 45 } };
    for (uint32_t i = 0; i < ARRAY_COUNT(others); i++) {
        memcpy(id, others[i], 3);
        assert_int_equal(spi_nor_probe(&nor, &what), ERR_NODEVICE);
        assert_log("([9f?3])");
        assert_int_equal(erase(0), ERR_NODEVICE);
        assert_int_equal(program(0, &port, 4), ERR_NODEVICE);
        assert_log("");
    }
    memcpy(id, (const uint8_t[]){ 0xEF, 0x40, 13 }, 3); /* another maker */
    assert_int_equal(spi_nor_probe(&nor, &what), OK);
}

static void an_erase_is_enabled_checked_and_waited_for(void **state)
{
    (void)state;
    probe();
    memory[SPI_NOR_SECTOR] = memory[0] = 0;
    busy_looks = 2;
    assert_int_equal(erase(SPI_NOR_SECTOR), OK);
    assert_log("([06][05?1][20001000][05?1].[05?1].[05?1])");
    assert_int_equal(dones, 0); /* not from inside the call */
    assert_done(OK);
    assert_int_equal(memory[SPI_NOR_SECTOR], 0xFF);
    assert_int_equal(memory[0], 0);
}

static void a_program_is_one_transaction(void **state)
{
    (void)state;
    uint8_t bytes[256];
    probe();
    for (uint32_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    assert_int_equal(program(0x1100, bytes, 256), OK);
    assert_log("([06][05?1][02001100+256][05?1])");
    assert_done(OK);
    assert_memory_equal(memory + 0x1100, bytes, 256);
    assert_int_equal(program(0x12FC, bytes + 4, 4), OK);
    assert_log("([06][05?1][020012fc+4][05?1])");
    assert_done(OK);
}

static void each_change_has_a_write_enable_of_its_own(void **state)
{
    (void)state;
    static const uint8_t word[4] = { 1, 2, 3, 4 };
    probe();
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(program(4 * i, word, 4), OK);
        assert_int_equal(memcmp(log_text, "([06]", 5), 0);
        log_len = 0;
        assert_done(OK);
    }
}

static void a_chip_that_is_not_enabled_is_not_written(void **state)
{
    (void)state;
    probe();
    is_deaf = true;
    memory[7] = 0;
    assert_int_equal(erase(0), OK);
    assert_log("([06][05?1])");
    assert_done(ERR_FAIL);
    assert_int_equal(memory[7], 0);
}

static void a_protected_or_busy_chip_is_not_written(void **state)
{
    (void)state;
    static const uint8_t bad[] = { 0x04, 0x08, 0x10, 0x20, 0x01 };
    probe();
    for (uint32_t i = 0; i < sizeof bad; i++) {
        status = bad[i];
        looks_left = 100;
        assert_int_equal(erase(0), OK);
        assert_log("([06][05?1])");
        assert_done(ERR_FAIL);
    }
    status = 0x40; /* quad enable does not matter */
    assert_int_equal(erase(0), OK);
    assert_done(OK);
}

static void one_that_never_ends_fails(void **state)
{
    (void)state;
    static const uint8_t word[4];
    probe();
    busy_looks = 1000000;
    uint32_t began = now;
    assert_int_equal(program(0, word, 4), OK);
    assert_done(ERR_FAIL);
    assert_in_range(now - began, 20000, 22000); /* ms by ms of a 1 MHz clock */
    log_len = 0;
    status = 0;
    began = now;
    assert_int_equal(erase(0), OK);
    assert_done(ERR_FAIL);
    assert_in_range(now - began, 2000000, 2002000);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[260];
    const struct {
        uint32_t at, len;
    } bad[] = { { 0, 0 }, { 252, 8 }, { 0, 257 }, { SIZE, 4 } };
    probe();
    for (uint32_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_int_equal(program(bad[i].at, bytes, bad[i].len), ERR_INVAL);
    assert_int_equal(program(0, memory + 512, 4), ERR_INVAL); /* from itself */
    assert_int_equal(erase(256), ERR_INVAL);
    assert_int_equal(erase(SIZE), ERR_INVAL);
    assert_log("");
    assert_int_equal(erase(0), OK);
    log_len = 0;
    assert_int_equal(erase(0), ERR_BUSY);
    assert_int_equal(program(0, bytes, 4), ERR_BUSY);
    assert_int_equal(log_len, 0);
    assert_done(OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_size_in_the_id_decides, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            an_erase_is_enabled_checked_and_waited_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_is_one_transaction, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            each_change_has_a_write_enable_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_chip_that_is_not_enabled_is_not_written, setup, teardown),
        cmocka_unit_test_setup_teardown(a_protected_or_busy_chip_is_not_written,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_never_ends_fails, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
