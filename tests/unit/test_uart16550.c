/* SPDX-License-Identifier: Apache-2.0 */
/* The 16550 UART against a model of one with 16-byte FIFOs.
 * SOURCES: chips/virt/uart16550.c tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <string.h>

#include <chips/virt/uart16550.h>

#define BASE 0x10000000u
enum { DATA = BASE, IER, FCR, LSR = BASE + 5 };

/* ---- the model ------------------------------------------------------------------ */

static uint8_t ier, fcr;
static char sent[64];
static size_t sent_len, room;
static const char *input;
static uint32_t polls_until_room;

static uint32_t model_read(uint32_t address)
{
    if (address == LSR) {
        if (room == 0 && polls_until_room != 0 && --polls_until_room == 0)
            room = 16;
        return (*input != '\0' ? 0x01u : 0) | (room != 0 ? 0x60u : 0);
    }
    assert_int_equal(address, DATA);
    assert_true(*input != '\0'); /* an empty FIFO is not to be read */
    return (uint8_t)*input++;
}

static void model_write(uint32_t address, uint32_t value)
{
    if (address == IER) {
        ier = (uint8_t)value;
    } else if (address == FCR) {
        fcr = (uint8_t)value;
    } else {
        assert_int_equal(address, DATA);
        assert_true(room > 0 && sent_len < sizeof sent - 1);
        sent[sent_len++] = (char)value;
        sent[sent_len] = '\0';
        room--;
    }
}

static const struct fake_device model = { 1, model_read, model_write };

/* ---- its client -------------------------------------------------------------------- */

static struct uart16550 uart;
static uint32_t told_room, told_received;
static bool is_inside; /* of send() or receive() */

static void can_send(struct uart_client *client)
{
    (void)client;
    assert_false(is_inside);
    told_room++;
}

static void received(struct uart_client *client)
{
    (void)client;
    assert_false(is_inside);
    told_received++;
}

static struct uart_client client = { can_send, received };

static int setup(void **state)
{
    (void)state;
    fake_mmio(&model);
    ier = fcr = 0;
    sent_len = 0;
    sent[0] = '\0';
    room = 16;
    input = "";
    told_room = told_received = polls_until_room = 0;
    uart = (struct uart16550){
        .uart = { .ops = &uart16550_ops, .client = &client },
        .base = BASE,
    };
    uart16550_init(&uart);
    return 0;
}

static size_t send(const char *text)
{
    is_inside = true;
    size_t n =
        uart.uart.ops->send(&uart.uart, (const uint8_t *)text, strlen(text));
    is_inside = false;
    return n;
}

static size_t receive(char *to, size_t cap)
{
    memset(to, 0, cap);
    is_inside = true;
    size_t n = uart.uart.ops->receive(&uart.uart, (uint8_t *)to, cap - 1);
    is_inside = false;
    return n;
}

/* ---- tests ------------------------------------------------------------------------- */

static void at_first_only_reception_interrupts_and_the_fifos_are_on(
    void **state)
{
    (void)state;
    assert_int_equal(ier, 1);
    assert_int_equal(fcr & 1, 1);
}

static void what_there_is_room_for_is_sent_and_no_interrupt_asked_for(
    void **state)
{
    (void)state;
    assert_int_equal(send("hello"), 5);
    assert_string_equal(sent, "hello");
    assert_int_equal(ier, 1);
    assert_int_equal(send(""), 0);
    assert_int_equal(ier, 1);
}

static void what_there_is_no_room_for_waits_for_an_interrupt(void **state)
{
    (void)state;
    room = 3;
    assert_int_equal(send("hello"), 3);
    assert_string_equal(sent, "hel");
    assert_int_equal(ier, 3);
    uart16550_serve(&uart); /* still full */
    assert_int_equal(told_room, 0);
    assert_int_equal(ier, 3);
    room = 16;
    uart16550_serve(&uart);
    assert_int_equal(told_room, 1);
    assert_int_equal(ier, 1);
    assert_int_equal(send("lo"), 2);
    assert_string_equal(sent, "hello");
}

static void a_client_that_is_told_of_room_may_fill_it_again(void **state)
{
    (void)state;
    room = 0;
    assert_int_equal(send("x"), 0);
    assert_int_equal(ier, 3);
    room = 1;
    uart16550_serve(&uart);
    room = 0;
    assert_int_equal(send("yz"), 0);
    assert_int_equal(ier, 3); /* and will be told again */
}

static void received_bytes_are_taken_as_far_as_they_fit(void **state)
{
    (void)state;
    char to[4];
    input = "hello";
    uart16550_serve(&uart);
    assert_int_equal(told_received, 1);
    assert_int_equal(receive(to, sizeof to), 3);
    assert_string_equal(to, "hel");
    assert_int_equal(receive(to, sizeof to), 2);
    assert_string_equal(to, "lo");
    assert_int_equal(receive(to, sizeof to), 0);
    uart16550_serve(&uart);
    assert_int_equal(told_received, 1);
}

static void last_words_wait_as_long_as_it_takes(void **state)
{
    (void)state;
    room = 0;
    polls_until_room = 500;
    uart.uart.ops->put(&uart.uart, '!');
    assert_string_equal(sent, "!");
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(at_first_only_reception_interrupts_and_the_fifos_are_on),
        TEST(what_there_is_room_for_is_sent_and_no_interrupt_asked_for),
        TEST(what_there_is_no_room_for_waits_for_an_interrupt),
        TEST(a_client_that_is_told_of_room_may_fill_it_again),
        TEST(received_bytes_are_taken_as_far_as_they_fit),
        TEST(last_words_wait_as_long_as_it_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
