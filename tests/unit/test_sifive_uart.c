/* SPDX-License-Identifier: Apache-2.0 */
/* The SiFive UART against a model of it: FIFOs of 8 bytes, watermarks, and a
 * data register whose reading takes the byte.
 * SOURCES: chips/sifive-e/uart.c tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <string.h>

#include <chips/sifive-e/uart.h>

#define BASE 0x10013000u
enum {
    TXDATA = BASE,
    RXDATA = BASE + 0x04,
    TXCTRL = BASE + 0x08,
    RXCTRL = BASE + 0x0C,
    IE = BASE + 0x10,
    IP = BASE + 0x14,
    DIV = BASE + 0x18,
};
#define FIFO 8u

/* ---- the model --------------------------------------------------------------------- */

static uint32_t txctrl, rxctrl, ie, divisor;
static char sent[64];
static size_t sent_len, queued; /* in the transmit FIFO */
static const char *input;
static uint32_t polls_until_room;

static uint32_t pending(void)
{
    uint32_t tx = queued < (txctrl >> 16 & 7u);
    uint32_t rx = strlen(input) > (rxctrl >> 16 & 7u);
    return tx | rx << 1;
}

static uint32_t model_read(uint32_t address)
{
    switch (address) {
    case TXDATA:
        if (polls_until_room != 0 && --polls_until_room == 0)
            queued = 0;
        return queued == FIFO ? 0x80000000u : 0;
    case RXDATA:
        return *input == '\0' ? 0x80000000u : (uint8_t)*input++;
    case IE:
        return ie;
    case IP:
        return pending();
    default:
        fail_msg("0x%x is not to be read", address);
        return 0;
    }
}

static void model_write(uint32_t address, uint32_t value)
{
    switch (address) {
    case TXDATA:
        assert_true((txctrl & 1u) != 0 && queued < FIFO);
        assert_true(value <= 0xFF && sent_len < sizeof sent - 1);
        sent[sent_len++] = (char)value;
        sent[sent_len] = '\0';
        queued++;
        break;
    case TXCTRL:
        txctrl = value;
        break;
    case RXCTRL:
        rxctrl = value;
        break;
    case IE:
        ie = value;
        break;
    case DIV:
        divisor = value;
        break;
    default:
        fail_msg("0x%x is not to be written", address);
    }
}

static const struct fake_device model = { 4, model_read, model_write };

/* ---- its client ---------------------------------------------------------------------- */

static struct sifive_uart uart;
static uint32_t told_room, told_received;

static void can_send(struct uart_client *client)
{
    (void)client;
    told_room++;
}

static void received(struct uart_client *client)
{
    (void)client;
    told_received++;
}

static struct uart_client client = { can_send, received };

static int setup(void **state)
{
    (void)state;
    fake_mmio(&model);
    txctrl = rxctrl = ie = divisor = 0;
    sent_len = queued = 0;
    sent[0] = '\0';
    input = "";
    told_room = told_received = polls_until_room = 0;
    uart = (struct sifive_uart){
        .uart = { .ops = &sifive_uart_ops, .client = &client },
        .base = BASE,
    };
    sifive_uart_init(&uart, 16000000, 115200);
    return 0;
}

static size_t send(const char *text)
{
    return uart.uart.ops->send(&uart.uart, (const uint8_t *)text, strlen(text));
}

static size_t receive(char *to, size_t cap)
{
    memset(to, 0, cap);
    return uart.uart.ops->receive(&uart.uart, (uint8_t *)to, cap - 1);
}

/* ---- tests ---------------------------------------------------------------------------- */

static void it_is_on_at_the_rate_wanted_and_only_reception_interrupts(
    void **state)
{
    (void)state;
    assert_int_equal(divisor, 137); /* 16 MHz / 138 = 115942 baud */
    assert_int_equal(txctrl & 1, 1);
    assert_int_equal(rxctrl & 1, 1);
    assert_int_equal(rxctrl >> 16, 0); /* at the first byte */
    assert_int_equal(ie, 2);
}

static void eight_bytes_fit_the_rest_waits_for_an_interrupt(void **state)
{
    (void)state;
    assert_int_equal(send("12345"), 5);
    assert_int_equal(ie, 2);
    assert_int_equal(send("6789"), 3);
    assert_int_equal(ie, 3);
    assert_string_equal(sent, "12345678");
    sifive_uart_serve(&uart); /* still too full */
    assert_int_equal(told_room, 0);
    queued = 3;
    sifive_uart_serve(&uart);
    assert_int_equal(told_room, 1);
    assert_int_equal(ie, 2);
}

static void an_empty_fifo_does_not_interrupt_who_has_nothing_to_send(
    void **state)
{
    (void)state;
    assert_int_equal(pending() & ie, 0);
    sifive_uart_serve(&uart);
    assert_int_equal(told_room, 0);
    assert_int_equal(told_received, 0);
}

static void received_bytes_are_taken_as_far_as_they_fit_and_none_is_lost(
    void **state)
{
    (void)state;
    char to[4];
    input = "hello";
    sifive_uart_serve(&uart);
    assert_int_equal(told_received, 1);
    assert_int_equal(receive(to, sizeof to), 3);
    assert_string_equal(to, "hel");
    assert_int_equal(receive(to, sizeof to), 2);
    assert_string_equal(to, "lo");
    assert_int_equal(receive(to, sizeof to), 0);
}

static void last_words_wait_as_long_as_it_takes(void **state)
{
    (void)state;
    queued = FIFO;
    polls_until_room = 500;
    uart.uart.ops->put(&uart.uart, '!');
    assert_string_equal(sent, "!");
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_on_at_the_rate_wanted_and_only_reception_interrupts),
        TEST(eight_bytes_fit_the_rest_waits_for_an_interrupt),
        TEST(an_empty_fifo_does_not_interrupt_who_has_nothing_to_send),
        TEST(received_bytes_are_taken_as_far_as_they_fit_and_none_is_lost),
        TEST(last_words_wait_as_long_as_it_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
