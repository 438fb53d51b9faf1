/* SPDX-License-Identifier: Apache-2.0 */
/* Flash of the ESP32-C3: the cache and its table of pages, and SPI1's
 * transactions, write by write, against the chip's manual; and the driver of the
 * flash chip on top.
 * SOURCES: chips/esp32c3/flash_map_ram.c chips/esp32c3/spi_flash_ram.c
 * SOURCES: tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <string.h>

#include <arch/run.h>
#include <chips/esp32c3/flash_map.h>
#include <chips/esp32c3/spi_flash.h>

enum { SPI1 = 0x60002000, EXTMEM = 0x600C4000, TABLE = 0x600C5000 };

uint32_t machine_fences;

/* ---- the model: a transaction and an invalidation take three looks each ------------- */

static uint32_t ctrl, ctrl1, sync_polls, cmd_polls, entries[128];
static uint32_t spi_ctrl, spi_user, answer[16];
static uint32_t entries_written;

static uint32_t model_read(uint32_t address)
{
    switch (address) {
    case EXTMEM + 0x00:
        return ctrl;
    case EXTMEM + 0x04:
        return ctrl1;
    case EXTMEM + 0x28:
        if (sync_polls == 0)
            return 2;
        sync_polls--;
        return 0;
    case SPI1 + 0x00:
        return cmd_polls > 0 ? (cmd_polls--, 1u << 18) : 0;
    case SPI1 + 0x08:
        return spi_ctrl;
    case SPI1 + 0x18:
        return spi_user;
    case 0x60023004:
        return 1u << 29;
    case 0x60023044:
        return 0x1234;
    default:
        assert_in_range(address, SPI1 + 0x58, SPI1 + 0x94);
        assert_int_equal(cmd_polls, 0); /* the answer is complete */
        return answer[(address - SPI1 - 0x58) / 4];
    }
}

static void model_write(uint32_t address, uint32_t value)
{
    if (address >= TABLE && address < TABLE + 512) {
        assert_int_equal(ctrl & 1u, 0); /* the cache is off */
        entries[(address - TABLE) / 4] = value;
        entries_written++;
    } else if (address == EXTMEM) {
        ctrl = value;
    } else if (address == EXTMEM + 0x04) {
        ctrl1 = value;
    } else if (address == EXTMEM + 0x28) {
        assert_int_equal(value & 1u, 1);
        sync_polls = 3;
    } else if (address == SPI1) {
        assert_int_equal(ctrl1 & 3u, 3); /* nobody reads flash meanwhile */
        cmd_polls = 3;
    } else if (address == SPI1 + 0x08) {
        spi_ctrl = value;
    } else if (address == SPI1 + 0x18) {
        spi_user = value;
    }
}

static const struct fake_device model = { 4, model_read, model_write };
static struct spi_port port;

static int setup(void **state)
{
    (void)state;
    ctrl = 0x80000001;
    ctrl1 = 0;
    sync_polls = cmd_polls = entries_written = machine_fences = 0;
    spi_ctrl = 0x002C2580 | 1u << 24 | 1u << 20 | 1u << 14 | 1u << 13;
    spi_user = 0x80000040 | 1u << 29;
    port = (struct spi_port){ 0 };
    fake_mmio(&model);
    return 0;
}

/* ---- the cache ----------------------------------------------------------------------- */

static void the_first_pages_of_flash_are_mapped_and_no_others(void **state)
{
    (void)state;
    ctrl1 = 3;
    flash_map(4u << 20);
    assert_int_equal(entries_written, 128);
    for (uint32_t i = 0; i < 128; i++)
        assert_int_equal(entries[i], i < 64 ? i : 0x100);
    assert_int_equal(ctrl, 0x80000001);
    assert_int_equal(ctrl1, 0);
    assert_int_equal(sync_polls, 0); /* waited for */
}

/* Both windows: what is cached goes by the address that was used. */
static void what_has_changed_is_forgotten_in_whole_lines(void **state)
{
    (void)state;
    flash_shut();
    assert_writes("600c4004=3");
    flash_reopen(0x40010, 0x24);
    assert_writes("600c402c=42040000 600c4030=40 600c4028=3 "
                  "600c402c=3c040000 600c4030=40 600c4028=3 600c4004=0");
    flash_shut();
    fake_mmio_forget();
    flash_reopen(0x40010, 0); /* nothing has */
    assert_writes("600c4004=0");
}

/* ---- transactions ---------------------------------------------------------------------- */

static void the_bus_is_shut_before_and_as_it_was_after(void **state)
{
    (void)state;
    uint32_t ctrl_before = spi_ctrl, user_before = spi_user;
    spi_port_open(&port);
    assert_writes("600c4004=3 60002008=2c0400");
    static const uint8_t enable = 0x06;
    const struct spi_transfer t = { .head = &enable, .head_len = 1 };
    spi_port_transfer(&port, &t);
    fake_mmio_forget();
    spi_port_close(&port);
    assert_int_equal(spi_ctrl, ctrl_before);
    assert_int_equal(spi_user, user_before);
    assert_int_equal(ctrl1, 0);
    assert_int_equal(machine_fences, 1);
    assert_int_equal(port.length, 0); /* nothing reads differently */
}

static void a_command_alone(void **state)
{
    (void)state;
    static const uint8_t enable = 0x06;
    const struct spi_transfer t = { .head = &enable, .head_len = 1 };
    spi_port_open(&port);
    fake_mmio_forget();
    spi_port_transfer(&port, &t);
    assert_writes("60002018=80000040 60002020=70000006 60002000=40000");
    assert_int_equal(cmd_polls, 0);
}

static void an_answer_is_taken_when_it_is_complete(void **state)
{
    (void)state;
    static const uint8_t id = 0x9F;
    uint8_t in[6];
    const struct spi_transfer t = {
        .head = &id, .head_len = 1, .in = in, .in_len = sizeof in
    };
    answer[0] = 0x441640EF;
    answer[1] = 0x99887766;
    spi_port_open(&port);
    fake_mmio_forget();
    spi_port_transfer(&port, &t);
    assert_writes("60002028=2f 60002018=90000040 60002020=7000009f "
                  "60002000=40000");
    assert_memory_equal(in, "\xEF\x40\x16\x44\x66\x77", 6);
}

static void a_program_sends_address_and_bytes_and_changes_its_sector(
    void **state)
{
    (void)state;
    static const uint8_t head[] = { 0x02, 0x12, 0x34, 0x50 };
    static const uint8_t out[] = { 1, 2, 3, 4, 5, 6 };
    const struct spi_transfer t = {
        .head = head, .head_len = 4, .out = out, .out_len = sizeof out
    };
    spi_port_open(&port);
    fake_mmio_forget();
    spi_port_transfer(&port, &t);
    assert_writes("6000201c=5c000000 60002004=123450 60002058=4030201 "
                  "6000205c=605 60002024=2f 60002018=c8000040 "
                  "60002020=70000002 60002000=40000");
    fake_mmio_forget();
    spi_port_close(&port);
    assert_writes("60002008=13c6580 60002018=a0000040 "
                  "600c402c=42123000 600c4030=1000 600c4028=3 "
                  "600c402c=3c123000 600c4030=1000 600c4028=3 600c4004=0");
}

static void an_erase_sends_its_address(void **state)
{
    (void)state;
    static const uint8_t head[] = { 0x20, 0x3F, 0xF0, 0x00 };
    const struct spi_transfer t = { .head = head, .head_len = 4 };
    spi_port_open(&port);
    fake_mmio_forget();
    spi_port_transfer(&port, &t);
    assert_writes("6000201c=5c000000 60002004=3ff000 60002018=c0000040 "
                  "60002020=70000020 60002000=40000");
    assert_int_equal(port.changed, 0x3FF000);
    assert_int_equal(port.length, 4096);
}

static void a_burst_fills_all_sixteen_words(void **state)
{
    (void)state;
    static const uint8_t head[] = { 0x02, 0, 0, 0 };
    uint8_t out[SPI_FLASH_BURST];
    memset(out, 0xA5, sizeof out);
    const struct spi_transfer t = {
        .head = head, .head_len = 4, .out = out, .out_len = sizeof out
    };
    spi_port_open(&port);
    fake_mmio_forget();
    spi_port_transfer(&port, &t);
    assert_writes(
        "6000201c=5c000000 60002004=0 60002058=a5a5a5a5 6000205c=a5a5a5a5 "
        "60002060=a5a5a5a5 60002064=a5a5a5a5 60002068=a5a5a5a5 "
        "6000206c=a5a5a5a5 60002070=a5a5a5a5 60002074=a5a5a5a5 "
        "60002078=a5a5a5a5 6000207c=a5a5a5a5 60002080=a5a5a5a5 "
        "60002084=a5a5a5a5 60002088=a5a5a5a5 6000208c=a5a5a5a5 "
        "60002090=a5a5a5a5 60002094=a5a5a5a5 60002024=1ff 60002018=c8000040 "
        "60002020=70000002 60002000=40000");
}

static void time_is_the_kernels(void **state)
{
    (void)state;
    spi_port_busy(&port);
    assert_int_equal(spi_port_now(&port), 0x1234);
    assert_writes("60023004=40000000");
    spi_port_told(&port);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_pages_of_flash_are_mapped_and_no_others),
        TEST(what_has_changed_is_forgotten_in_whole_lines),
        TEST(the_bus_is_shut_before_and_as_it_was_after),
        TEST(a_command_alone),
        TEST(an_answer_is_taken_when_it_is_complete),
        TEST(a_program_sends_address_and_bytes_and_changes_its_sector),
        TEST(an_erase_sends_its_address),
        TEST(a_burst_fills_all_sixteen_words),
        TEST(time_is_the_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
