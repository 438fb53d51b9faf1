/* SPDX-License-Identifier: Apache-2.0 */
/* UART and USB serial port of the ESP32-C3, on models of both.
 * SOURCES: chips/esp32c3/uart.c chips/esp32c3/usb_serial.c tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <string.h>

#include <chips/esp32c3/uart.h>
#include <chips/esp32c3/usb_serial.h>

static char heard[300];
static uint32_t rooms;
static struct uart *wire;

static void on_received(struct uart_client *client)
{
    uint8_t bytes[16];
    size_t n;
    (void)client;
    while ((n = wire->ops->receive(wire, bytes, sizeof bytes)) > 0)
        strncat(heard, (const char *)bytes, n);
}

static void on_can_send(struct uart_client *client)
{
    (void)client;
    rooms++;
}

static struct uart_client client = { on_can_send, on_received };

/* ---- UART0: FIFOs of 128, interrupts as levels but for the time-out ------------------- */

static const char *typed;
static uint32_t tx_count, raw, enable, rx_full_at;
static char line[400];

static uint32_t levels(void)
{
    return raw | (strlen(typed) >= rx_full_at ? 1u : 0) |
           (tx_count < 32 ? 2u : 0);
}

static uint32_t uart_read(uint32_t address)
{
    switch (address - ESP_UART0) {
    case 0x00:
        assert_true(*typed != '\0');
        return (uint8_t)*typed++;
    case 0x08:
        return levels() & enable;
    case 0x1C:
        return (uint32_t)strlen(typed) | tx_count << 16;
    case 0x60:
        return 0xA3FF0001;
    default:
        fail_msg("0x%x is not to be read", address);
        return 0;
    }
}

static void uart_write(uint32_t address, uint32_t value)
{
    switch (address - ESP_UART0) {
    case 0x00:
        assert_true(tx_count < 128);
        line[strlen(line)] = (char)value;
        tx_count++;
        break;
    case 0x0C:
        enable = value;
        break;
    case 0x10:
        raw &= ~value;
        break;
    default:
        break;
    }
}

static const struct fake_device uart_model = { 4, uart_read, uart_write };
static struct esp_uart uart0;

static void clear(void)
{
    memset(line, 0, sizeof line);
    heard[0] = '\0';
    typed = "";
    rooms = tx_count = raw = 0;
    rx_full_at = 32;
}

static int setup_uart(void **state)
{
    (void)state;
    clear();
    uart0 = (struct esp_uart){ { &esp_uart_ops, &client }, ESP_UART0 };
    wire = &uart0.uart;
    fake_mmio(&uart_model);
    return 0;
}

static void the_line_is_timed_by_the_crystal(void **state)
{
    (void)state;
    esp_uart_init(&uart0, 115200);
    assert_writes("6000000c=0 60000078=3700000 60000014=30015b "
                  "60000020=1002001c 60000020=1000001c 60000060=a0140001 "
                  "60000024=204020 60000010=103 6000000c=101");
}

static void what_has_no_room_waits_for_an_interrupt(void **state)
{
    (void)state;
    uint8_t text[200];
    memset(text, 'x', sizeof text);
    esp_uart_init(&uart0, 115200);
    tx_count = 100;
    assert_int_equal(wire->ops->send(wire, text, 200), 28);
    assert_int_equal(enable, 0x103);
    tx_count = 40;
    esp_uart_serve(&uart0);
    assert_int_equal(rooms, 0);
    tx_count = 10;
    esp_uart_serve(&uart0);
    assert_int_equal(rooms, 1);
    assert_int_equal(enable, 0x101); /* an empty FIFO keeps its line up */
    assert_int_equal(wire->ops->send(wire, text, 8), 8);
    assert_int_equal(enable, 0x101);
}

static void many_bytes_are_taken_when_they_are_many(void **state)
{
    (void)state;
    esp_uart_init(&uart0, 115200);
    typed = "0123456789012345678901234567890123456789";
    esp_uart_serve(&uart0);
    assert_string_equal(heard, "0123456789012345678901234567890123456789");
    assert_int_equal(levels() & enable, 0);
}

static void few_bytes_are_taken_when_no_more_come(void **state)
{
    (void)state;
    esp_uart_init(&uart0, 115200);
    typed = "ls\r";
    esp_uart_serve(&uart0);
    assert_string_equal(heard, "");
    raw = 1u << 8;
    esp_uart_serve(&uart0);
    assert_string_equal(heard, "ls\r");
    assert_int_equal(raw, 0);
}

static void last_words_wait_for_room(void **state)
{
    (void)state;
    wire->ops->put(wire, '!');
    assert_string_equal(line, "!");
}

/* ---- USB: packets of 64 ------------------------------------------------------------------ */

enum { USB = 0x60043000 };

static uint32_t in_packet, usb_raw, usb_enable;
static bool is_handed_over, has_host;

static void host_fetches(void)
{
    if (has_host && is_handed_over) {
        in_packet = 0;
        is_handed_over = false;
        usb_raw |= 8;
    }
}

/* Looks for room that nobody makes; more of them than the fake has patience for
 * are right, as a host may take a millisecond. */
static uint32_t looks;

static void look_counted(void)
{
    if (has_host)
        return;
    looks++;
    fake_mmio_forget();
}

static uint32_t usb_read(uint32_t address)
{
    switch (address - USB) {
    case 0x00:
        assert_true(*typed != '\0');
        return (uint8_t)*typed++;
    case 0x04:
        host_fetches();
        look_counted();
        return (is_handed_over ? 0 : 2u) | (*typed != '\0' ? 4u : 0);
    case 0x0C:
        return usb_raw & usb_enable;
    default:
        fail_msg("0x%x is not to be read", address);
        return 0;
    }
}

static void usb_write(uint32_t address, uint32_t value)
{
    switch (address - USB) {
    case 0x00:
        assert_false(is_handed_over);
        line[strlen(line)] = (char)value;
        is_handed_over = ++in_packet == 64;
        break;
    case 0x04:
        is_handed_over = is_handed_over || (value & 1u) != 0;
        break;
    case 0x10:
        usb_enable = value;
        break;
    case 0x14:
        usb_raw &= ~value;
        break;
    default:
        fail_msg("0x%x is not to be written", address);
    }
}

static const struct fake_device usb_model = { 4, usb_read, usb_write };
static struct usb_serial usb;

static int setup_usb(void **state)
{
    (void)state;
    clear();
    in_packet = usb_raw = usb_enable = 0;
    is_handed_over = false;
    has_host = true;
    usb = (struct usb_serial){ { &usb_serial_ops, &client } };
    wire = &usb.uart;
    fake_mmio(&usb_model);
    usb_serial_init(&usb);
    return 0;
}

static void a_text_is_handed_over_at_its_end(void **state)
{
    (void)state;
    assert_int_equal(wire->ops->send(wire, (const uint8_t *)"hello", 5), 5);
    assert_string_equal(line, "hello");
    assert_true(is_handed_over);
    assert_int_equal(usb_enable, 4);
}

static void a_long_text_goes_packet_by_packet(void **state)
{
    (void)state;
    uint8_t text[100];
    memset(text, 'y', sizeof text);
    has_host = false;
    assert_int_equal(wire->ops->send(wire, text, 100), 64);
    assert_int_equal(usb_enable, 12);
    usb_serial_serve(&usb);
    assert_int_equal(rooms, 0);
    has_host = true;
    host_fetches();
    usb_serial_serve(&usb);
    assert_int_equal(rooms, 1);
    assert_int_equal(usb_enable, 4);
    assert_int_equal(wire->ops->send(wire, text, 36), 36);
}

static void what_the_host_sends_is_taken(void **state)
{
    (void)state;
    typed = "list\r";
    usb_raw = 4;
    usb_serial_serve(&usb);
    assert_string_equal(heard, "list\r");
    assert_int_equal(usb_raw, 0);
}

/* It waits once, long enough for a host that comes each millisecond; a look takes
 * 16 cycles of 160 MHz at least. */
static void a_panic_without_a_host_does_not_wait_for_ever(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 100; i++)
        wire->ops->put(wire, '.');
    assert_int_equal(strlen(line), 100);
    has_host = false;
    looks = 0;
    for (uint32_t i = 0; i < 300; i++)
        wire->ops->put(wire, '.');
    assert_true(looks > 2 * 10000 && looks < 60000);
    assert_int_equal(strlen(line), 100);
    has_host = true;
    wire->ops->put(wire, '!'); /* there it is again */
    assert_int_equal(strlen(line), 101);
}

#define UART(f) cmocka_unit_test_setup(f, setup_uart)
#define USB_TEST(f) cmocka_unit_test_setup(f, setup_usb)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UART(the_line_is_timed_by_the_crystal),
        UART(what_has_no_room_waits_for_an_interrupt),
        UART(many_bytes_are_taken_when_they_are_many),
        UART(few_bytes_are_taken_when_no_more_come),
        UART(last_words_wait_for_room),
        USB_TEST(a_text_is_handed_over_at_its_end),
        USB_TEST(a_long_text_goes_packet_by_packet),
        USB_TEST(what_the_host_sends_is_taken),
        USB_TEST(a_panic_without_a_host_does_not_wait_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
