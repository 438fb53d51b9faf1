/* SPDX-License-Identifier: Apache-2.0 */
/* SPI0 of the FE310 in FIFO mode, write by write, against the chip's manual; and
 * the UART whose bytes are kept while flash is busy.
 * SOURCES: chips/sifive-e/spi_flash.c chips/sifive-e/spi_flash_ram.c
 * SOURCES: chips/sifive-e/kept_uart.c chips/sifive-e/kept_uart_ram.c
 * SOURCES: chips/sifive-e/uart.c tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <string.h>

#include <arch/run.h>
#include <chips/sifive-e/spi_flash.h>

#define SPI0 0x10014000u
#define UART0 0x10013000u
#define NONE 0x80000000u

uint32_t machine_fences;

/* What the linker gives: two words of code and where they go. */
const uint32_t __ram_code_load[2] = { 0x11111111, 0x22222222 };
uint32_t __ram_code_start[2];
extern uint32_t __ram_code_end[];
__asm__(".globl __ram_code_end\n__ram_code_end = __ram_code_start + 8");

/* ---- the model: a byte comes back one poll after it was sent ------------------------ */

static uint32_t fctrl, csmode, full_polls, answer_polls;
static uint32_t sent, rx[8], rx_count;
static const char *typed;
static bool is_shifting;

static uint32_t rx_take(void)
{
    if (is_shifting && answer_polls > 0) {
        answer_polls--;
        return NONE;
    }
    is_shifting = false;
    if (rx_count == 0)
        return NONE;
    uint32_t byte = rx[0];
    memmove(rx, rx + 1, sizeof rx - sizeof *rx);
    rx_count--;
    return byte;
}

static uint32_t model_read(uint32_t address)
{
    switch (address) {
    case SPI0 + 0x48:
        if (full_polls > 0) {
            full_polls--;
            return NONE;
        }
        return 0;
    case SPI0 + 0x4C:
        return rx_take();
    case SPI0 + 0x60:
        return fctrl;
    case UART0 + 0x04:
        return *typed == '\0' ? NONE : (uint8_t)*typed++;
    case 0x0200BFF8:
        return 0x1234;
    default:
        fail_msg("0x%x is not to be read", address);
        return 0;
    }
}

static void model_write(uint32_t address, uint32_t value)
{
    if (address == SPI0 + 0x48) {
        assert_int_equal(fctrl, 0);
        assert_int_equal(csmode, 2);
        assert_false(is_shifting); /* never two on their way */
        is_shifting = true;
        answer_polls = 2;
        rx[rx_count++] = 0xA0 + sent++;
    } else if (address == SPI0 + 0x60) {
        assert_int_equal(csmode, 0);
        fctrl = value;
    } else if (address == SPI0 + 0x18) {
        assert_false(is_shifting);
        csmode = value;
    }
}

static const struct fake_device model = { 4, model_read, model_write };

static struct kept_uart uart;
static struct spi_port port = { SPI0, &uart };
static char heard[64];
static uint32_t news;

static void on_received(struct uart_client *client)
{
    uint8_t bytes[5];
    size_t n, len = 0;
    (void)client;
    news++;
    while ((n = uart.device.uart.ops->receive(&uart.device.uart, bytes,
                                              sizeof bytes)) > 0) {
        memcpy(heard + len, bytes, n);
        len += n;
    }
    heard[len] = '\0';
}

static struct uart_client client = { .received = on_received };

static int setup(void **state)
{
    (void)state;
    fctrl = 1;
    csmode = full_polls = answer_polls = sent = rx_count = news = 0;
    is_shifting = false;
    typed = "";
    machine_fences = 0;
    uart = (struct kept_uart){
        .device = { { &kept_uart_ops, &client }, UART0 },
    };
    fake_mmio(&model);
    return 0;
}

/* ---- tests -------------------------------------------------------------------------- */

static void fifo_mode_begins_with_an_empty_fifo(void **state)
{
    (void)state;
    rx[0] = rx[1] = 7;
    rx_count = 2;
    spi_port_open(&port);
    assert_writes("10014060=0 10014040=80000");
    assert_int_equal(rx_count, 0);
    spi_port_close(&port);
    assert_writes("10014060=1");
    assert_int_equal(machine_fences, 1); /* the cache may hold what was */
}

static void the_chip_is_held_from_the_first_byte_to_the_last(void **state)
{
    (void)state;
    static const uint8_t head[] = { 0x02, 0x12 }, out[] = { 0x55 };
    uint8_t in[2];
    const struct spi_transfer t = { head, out, in, 2, 1, 2 };
    spi_port_open(&port);
    fake_mmio_forget();
    full_polls = 3;
    spi_port_transfer(&port, &t);
    assert_writes("10014018=2 10014048=2 10014048=12 10014048=55 10014048=0 "
                  "10014048=0 10014018=0");
    assert_int_equal(in[0], 0xA3); /* in step with what went out */
    assert_int_equal(in[1], 0xA4);
    assert_int_equal(rx_count, 0);
}

static void the_code_for_ram_is_put_there_and_fetched_anew(void **state)
{
    (void)state;
    assert_true(spi_flash_init(&port, 16000000));
    assert_writes("10014000=0"); /* 8 MHz */
    assert_memory_equal(__ram_code_start, __ram_code_load, 8);
    assert_int_equal(machine_fences, 1);
    assert_true(spi_flash_init(&port, 320000000));
    assert_writes("10014000=6"); /* 22.9 MHz */
}

static void a_machine_without_the_controller_is_left_alone(void **state)
{
    (void)state;
    fctrl = 0;
    memset(__ram_code_start, 0, sizeof __ram_code_start);
    assert_false(spi_flash_init(&port, 16000000));
    assert_writes("");
    assert_int_equal(__ram_code_start[0], 0);
}

static void what_is_typed_meanwhile_is_kept_in_order(void **state)
{
    (void)state;
    typed = "make";
    spi_port_busy(&port);
    typed = " haste";
    spi_port_busy(&port);
    assert_int_equal(news, 0);
    typed = " slowly"; /* this is still in the FIFO */
    spi_port_told(&port);
    assert_int_equal(news, 1);
    assert_string_equal(heard, "make haste slowly");
    spi_port_told(&port);
    assert_int_equal(news, 1); /* nothing was kept */
}

static void what_has_no_room_stays_in_the_fifo(void **state)
{
    (void)state;
    typed = "0123456789012345678901234567890123456789";
    spi_port_busy(&port);
    assert_int_equal(uart.count, KEPT_MAX);
    assert_string_equal(typed, "23456789");
    spi_port_busy(&port);
    assert_string_equal(typed, "23456789");
    spi_port_told(&port);
    assert_string_equal(heard, "0123456789012345678901234567890123456789");
    typed = "once more, around the ring";
    spi_port_busy(&port);
    spi_port_told(&port);
    assert_string_equal(heard, "once more, around the ring");
}

static void time_is_the_kernels(void **state)
{
    (void)state;
    assert_int_equal(spi_port_now(&port), 0x1234);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fifo_mode_begins_with_an_empty_fifo, setup),
        cmocka_unit_test_setup(the_chip_is_held_from_the_first_byte_to_the_last,
                               setup),
        cmocka_unit_test_setup(the_code_for_ram_is_put_there_and_fetched_anew,
                               setup),
        cmocka_unit_test_setup(a_machine_without_the_controller_is_left_alone,
                               setup),
        cmocka_unit_test_setup(what_is_typed_meanwhile_is_kept_in_order, setup),
        cmocka_unit_test_setup(what_has_no_room_stays_in_the_fifo, setup),
        cmocka_unit_test_setup(time_is_the_kernels, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
