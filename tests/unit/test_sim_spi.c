/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's SPI0 in front of its flash: a driver that follows the
 * sheet, register by register, works; each that does not is told why.
 * SOURCES: tests/sim/devices/spi.c tests/sim/devices/nor.c
 * SOURCES: tests/sim/devices/flash.c tests/sim/devices/prci.c
 * SOURCES: tests/sim/devices/gpio.c tests/sim/devices/plic.c tests/fake/sim.c */
#include <tests/fake/sim.h>

#include <string.h>

#include <tests/sim/devices/spi.h>

enum {
    SCKDIV = 0x00,
    CSDEF = 0x14,
    CSMODE = 0x18,
    FMT = 0x40,
    TXDATA = 0x48,
    RXDATA = 0x4C,
    TXMARK = 0x50,
    RXMARK = 0x54,
    FCTRL = 0x60,
    FFMT = 0x64,
    IE = 0x70,
    IP = 0x74,
};
enum { AUTO = 0, HOLD = 2 };
#define NOT_READY 0x80000000u
#define FLASH 0x20000000u
#define SECTOR 0x30000u

static struct spi spi0;
static struct nor nor;
static struct power power;
static struct prci prci;
static struct plic plic;
static struct memory window;
static uint8_t bytes[4 << 20];

#define SPI (&spi0.device)

static int set_up(void **state)
{
    (void)state;
    fake_sim_init();
    memset(bytes, 0xFF, sizeof bytes);
    power = (struct power){ 0 };
    nor_init(&nor, &nor_is25lp032d, bytes, &power);
    memset(&plic, 0, sizeof plic);
    memset(&prci, 0, sizeof prci);
    plic_add(&fake_sim.machine, &plic, 0x0C000000, 52);
    prci_add(&fake_sim.machine, &prci, 0x10008000, false);
    spi0 = (struct spi){ .plic = &plic,
                         .source = 5,
                         .prci = &prci,
                         .nor = &nor,
                         .window = &window };
    spi_add(&fake_sim.machine, &spi0, "SPI0", 0x10014000);
    window = (struct memory){ .name = "flash",
                              .base = FLASH,
                              .size = sizeof bytes,
                              .bytes = bytes,
                              .ops = &spi_window_ops,
                              .owner = &spi0 };
    machine_add_memory(&fake_sim.machine, &window);
    prci.changed = spi_clock_changed;
    prci.context = &spi0;
    fake_sim_reset(RESET_POWER_ON);
    return 0;
}

/* ---- a driver by the sheet ------------------------------------------------------- */

static uint8_t exchange(uint8_t out)
{
    uint32_t in;
    assert_int_equal(get(SPI, TXDATA), 0);
    set(SPI, TXDATA, out);
    for (uint32_t polls = 0; polls < 1000; polls++) {
        fake_sim_pass(100);
        in = get(SPI, RXDATA);
        if ((in & NOT_READY) == 0)
            return (uint8_t)in;
    }
    fail_msg("no byte came back");
    return 0;
}

static void begin(void)
{
    set(SPI, FCTRL, 0);
    set(SPI, FMT, 0x00080000);
    while ((get(SPI, RXDATA) & NOT_READY) == 0)
        ;
}

static void end(void)
{
    set(SPI, FCTRL, 1);
}

static void transact(uint8_t *data, size_t length)
{
    set(SPI, CSMODE, HOLD);
    for (size_t i = 0; i < length; i++)
        data[i] = exchange(data[i]);
    set(SPI, CSMODE, AUTO);
}

static void command(uint8_t code)
{
    transact((uint8_t[]){ code }, 1);
}

static void addressed(uint8_t code, uint32_t at)
{
    transact((uint8_t[]){ code, (uint8_t)(at >> 16), (uint8_t)(at >> 8),
                          (uint8_t)at },
             4);
}

static uint64_t wait_until_ready(void)
{
    uint64_t start = fake_sim.now;
    for (;;) {
        uint8_t data[] = { 0x05, 0 };
        transact(data, 2);
        if ((data[1] & 1) == 0)
            return fake_sim.now - start;
    }
}

static uint32_t window_read(uint32_t offset)
{
    uint32_t value = 0;
    if ((window.direct & MEMORY_READ) != 0)
        return bytes[offset];
    assert_true(spi_window_ops.load(&window, offset, 1, &value));
    return value;
}

static void window_fetch(uint32_t offset)
{
    uint32_t halfword;
    if ((window.direct & MEMORY_FETCH) == 0)
        assert_true(spi_window_ops.fetch(&window, offset, &halfword));
}

static void the_flash_is_erased_programmed_and_read_by_the_sheet(void **state)
{
    (void)state;
    bytes[SECTOR] = bytes[SECTOR + 4095] = 0;
    begin();
    command(0x06);
    addressed(0x20, SECTOR);
    assert_in_range(wait_until_ready(), 69 * MS, 71 * MS);
    command(0x06);
    transact((uint8_t[]){ 0x02, SECTOR >> 16, 0, 0x10, 'h', 'i' }, 6);
    assert_in_range(wait_until_ready(), 150 * US, 300 * US);
    end();
    expect_no_violation();
    assert_int_equal(window_read(SECTOR + 0x10), 'h');
    assert_int_equal(window_read(SECTOR + 0x11), 'i');
    assert_int_equal(window_read(SECTOR), 0xFF);
    assert_int_equal(window_read(SECTOR + 4095), 0xFF);
    window_fetch(SECTOR);
    expect_no_violation();
}

static void the_id_comes_behind_a_junk_byte(void **state)
{
    (void)state;
    uint8_t data[4] = { 0x9F };
    begin();
    transact(data, sizeof data);
    end();
    assert_memory_equal(data + 1, ((uint8_t[]){ 0x9D, 0x60, 0x16 }), 3);
    expect_no_violation();
}

static void reset_values_are_those_of_the_sheet(void **state)
{
    (void)state;
    assert_int_equal(get(SPI, SCKDIV), 3);
    assert_int_equal(get(SPI, CSDEF), 1);
    assert_int_equal(get(SPI, 0x28), 0x00010001);
    assert_int_equal(get(SPI, 0x2C), 1);
    assert_int_equal(get(SPI, FCTRL), 1);
    assert_int_equal(get(SPI, FFMT), 0x00030007);
    assert_int_equal(get(SPI, RXDATA), NOT_READY);
    assert_false(can_get(SPI, SCKDIV, 1));
    assert_false(can_set(SPI, SCKDIV, 2));
}

static void a_frame_takes_eight_clocks(void **state)
{
    (void)state;
    begin();
    set(SPI, SCKDIV, 3); /* 14.4 MHz / 8 */
    set(SPI, CSMODE, HOLD);
    set(SPI, TXDATA, 0x05);
    fake_sim_pass(4400);
    assert_int_equal(get(SPI, RXDATA), NOT_READY);
    fake_sim_pass(100);
    assert_int_equal(get(SPI, RXDATA), 0xFF);
    set(SPI, CSMODE, AUTO);
    expect_no_violation();
}

static void watermarks_follow_the_fifos(void **state)
{
    (void)state;
    begin();
    set(SPI, TXMARK, 1);
    assert_int_equal(get(SPI, IP), 1); /* empty is below one */
    set(SPI, CSMODE, HOLD);
    set(SPI, TXDATA, 0x05);
    set(SPI, TXDATA, 0);
    set(SPI, TXDATA, 0);
    assert_int_equal(get(SPI, IP), 0);
    set(SPI, RXMARK, 1);
    fake_sim_pass(1 * MS);
    assert_int_equal(get(SPI, IP), 3);
    set(&plic.device, 4 * 5, 1);
    set(&plic.device, 0x2000, 1u << 5);
    assert_false(fake_sim.meip);
    set(SPI, IE, 2);
    assert_true(fake_sim.meip);
    expect_no_violation();
}

static void in_auto_the_chip_select_toggles_around_each_frame(void **state)
{
    (void)state;
    begin();
    set(SPI, CSMODE, AUTO);
    exchange(0x06); /* a command of one byte may be sent so */
    assert_true(nor.is_write_enabled);
    expect_no_violation();
    exchange(0x02);
    expect_violation("page program cut off after 1 of 4 bytes");
}

/* ---- drivers that do not ----------------------------------------------------------- */

static void fetching_in_fifo_mode_is_reported(void **state)
{
    (void)state;
    begin();
    window_fetch(0x10000);
    expect_violation(
        "instruction fetch of flash at 0x20010000 while SPI0 is in "
        "FIFO mode");
}

static void reading_in_fifo_mode_is_reported(void **state)
{
    (void)state;
    begin();
    window_read(0x40);
    expect_violation("read of flash at 0x20000040 while SPI0 is in FIFO mode");
}

static void fetching_while_the_flash_is_busy_is_reported(void **state)
{
    (void)state;
    begin();
    command(0x06);
    addressed(0xD8, SECTOR);
    end(); /* without waiting */
    expect_no_violation();
    fake_sim_pass(1 * MS);
    window_fetch(0x10000);
    expect_violation("while the flash is busy with a program or an erase");
    fake_sim_pass(150 * MS);
    window_fetch(0x10000);
    assert_int_equal(window_read(SECTOR), 0xFF);
    expect_no_violation();
    assert_int_equal(window.direct, MEMORY_READ | MEMORY_FETCH);
}

static void a_reset_does_not_end_an_erase(void **state)
{
    (void)state;
    begin();
    command(0x06);
    addressed(0x20, SECTOR);
    fake_sim_reset(RESET_WARM);
    window_fetch(0x10000);
    expect_violation("busy");
    fake_sim_reset(RESET_POWER_ON);
    window_fetch(0x10000);
    expect_no_violation();
}

static void a_forgotten_write_enable_is_reported(void **state)
{
    (void)state;
    begin();
    addressed(0x20, SECTOR);
    expect_violation("SPI0, flash IS25LP032D: 4 KiB erase without a write "
                     "enable before it");
}

static void not_waiting_for_the_flash_is_reported(void **state)
{
    (void)state;
    begin();
    command(0x06);
    addressed(0x20, SECTOR);
    command(0x06);
    expect_violation("write enable while the chip is busy");
}

static void letting_go_of_the_chip_select_too_early_is_reported(void **state)
{
    (void)state;
    begin();
    set(SPI, CSMODE, HOLD);
    for (uint32_t i = 0; i < 4; i++)
        set(SPI, TXDATA, 0x05);
    set(SPI, CSMODE, AUTO);
    expect_violation("let go with 3 bytes still to be sent");
}

static void leaving_fifo_mode_too_early_is_reported(void **state)
{
    (void)state;
    begin();
    set(SPI, CSMODE, HOLD);
    set(SPI, TXDATA, 0x05);
    end();
    expect_violation("memory-mapped mode while bytes are still to be sent");
}

static void leaving_a_transaction_open_is_reported(void **state)
{
    (void)state;
    begin();
    set(SPI, CSMODE, HOLD);
    exchange(0x05);
    end();
    expect_violation("csmode still holds the chip select");
}

static void not_reading_what_comes_back_is_reported(void **state)
{
    (void)state;
    begin();
    set(SPI, CSMODE, HOLD);
    for (uint32_t i = 0; i < 9; i++) {
        set(SPI, TXDATA, 0x05);
        fake_sim_pass(100 * US);
    }
    expect_violation("a byte is lost, the receive FIFO is full");
}

static void writing_into_a_full_fifo_is_reported(void **state)
{
    (void)state;
    begin();
    set(SPI, CSMODE, HOLD);
    for (uint32_t i = 0; i < 9; i++) /* one of them is on the wire */
        set(SPI, TXDATA, 0x05);
    expect_no_violation();
    assert_int_equal(get(SPI, TXDATA), NOT_READY);
    set(SPI, TXDATA, 0x05);
    expect_violation("txdata written while the FIFO is full");
}

static void a_wrong_frame_format_is_reported(void **state)
{
    (void)state;
    begin();
    set(SPI, FMT, 0x00080002);
    set(SPI, TXDATA, 0x05);
    expect_violation("the flash wants 8 bits, single");
}

static void a_flash_clock_beyond_its_limit_is_reported(void **state)
{
    (void)state;
    set(&prci.device, 0x04, 1u << 30); /* the crystal, and its time */
    fake_sim_pass(1 * MS);
    set(&prci.device, 0x08, 1u << 17 | 1u | 31u << 4 | 1u << 10);
    fake_sim_pass(1 * MS);
    set(SPI, SCKDIV, 1);
    expect_no_violation();
    set(&prci.device, 0x08, 1u << 17 | 1u << 16 | 1u | 31u << 4 | 1u << 10);
    expect_violation("read at 64000000 Hz, it is reliable up to 50 MHz");
}

static void an_unknown_read_format_is_reported(void **state)
{
    (void)state;
    set(SPI, FFMT, 0x000B0087); /* fast read */
    expect_no_violation();
    set(SPI, FFMT, 0x00BB2407);
    expect_violation("ffmt 0x00bb2407");
}

static void the_window_can_not_be_stored_to(void **state)
{
    (void)state;
    assert_null(spi_window_ops.store);
    assert_int_equal(window.direct & MEMORY_WRITE, 0);
}

static void the_power_goes_at_the_operation_that_was_ordered(void **state)
{
    (void)state;
    power.cut_at = 2;
    begin();
    command(0x06);
    addressed(0x20, SECTOR);
    wait_until_ready();
    assert_false(fake_sim.is_cut);
    command(0x06);
    transact((uint8_t[]){ 0x02, SECTOR >> 16, 0, 0, 0 }, 5);
    assert_true(fake_sim.is_cut);
    assert_int_equal(bytes[SECTOR], 0xFF);
    expect_no_violation();
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
    const struct CMUnitTest tests[] = {
        TEST(the_flash_is_erased_programmed_and_read_by_the_sheet),
        TEST(the_id_comes_behind_a_junk_byte),
        TEST(reset_values_are_those_of_the_sheet),
        TEST(a_frame_takes_eight_clocks),
        TEST(watermarks_follow_the_fifos),
        TEST(in_auto_the_chip_select_toggles_around_each_frame),
        TEST(fetching_in_fifo_mode_is_reported),
        TEST(reading_in_fifo_mode_is_reported),
        TEST(fetching_while_the_flash_is_busy_is_reported),
        TEST(a_reset_does_not_end_an_erase),
        TEST(a_forgotten_write_enable_is_reported),
        TEST(not_waiting_for_the_flash_is_reported),
        TEST(letting_go_of_the_chip_select_too_early_is_reported),
        TEST(leaving_fifo_mode_too_early_is_reported),
        TEST(leaving_a_transaction_open_is_reported),
        TEST(not_reading_what_comes_back_is_reported),
        TEST(writing_into_a_full_fifo_is_reported),
        TEST(a_wrong_frame_format_is_reported),
        TEST(a_flash_clock_beyond_its_limit_is_reported),
        TEST(an_unknown_read_format_is_reported),
        TEST(the_window_can_not_be_stored_to),
        TEST(the_power_goes_at_the_operation_that_was_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
