/* SPDX-License-Identifier: Apache-2.0 */
/* A serial port for tests: see uart.h beside this. */
#include <tests/fake/uart.h>

#include <string.h>

#include <tests/fake/kernel.h>

static size_t fake_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    struct fake_uart *fake = CONTAINER_OF(uart, struct fake_uart, uart);
    size_t n = len < fake->room ? len : fake->room;
    assert_true(n < sizeof fake->sent - fake->sent_len);
    memcpy(fake->sent + fake->sent_len, bytes, n);
    fake->sent_len += n;
    if (fake->room != FAKE_UART_ALWAYS_READY)
        fake->room -= n;
    if (n < len)
        fake->owes_can_send = true;
    return n;
}

static size_t fake_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    struct fake_uart *fake = CONTAINER_OF(uart, struct fake_uart, uart);
    size_t n = strlen(fake->input);
    n = n < len ? n : len;
    memcpy(bytes, fake->input, n);
    fake->input += n;
    return n;
}

static void fake_put(struct uart *uart, uint8_t byte)
{
    struct fake_uart *fake = CONTAINER_OF(uart, struct fake_uart, uart);
    fake->sent[fake->sent_len++] = (char)byte;
}

void fake_uart_init(struct fake_uart *fake, size_t room)
{
    static const struct uart_ops ops = {
        .send = fake_send,
        .receive = fake_receive,
        .put = fake_put,
    };
    memset(fake, 0, sizeof *fake);
    fake->uart.ops = &ops;
    fake->room = room;
    fake->input = "";
}

void fake_uart_drain(struct fake_uart *fake, size_t step)
{
    fake_settle();
    while (fake->owes_can_send) {
        fake->room = step;
        fake->owes_can_send = false;
        fake->uart.client->can_send(fake->uart.client);
        fake_settle();
    }
}

void fake_uart_type(struct fake_uart *fake, const char *text)
{
    fake->input = text;
    fake->uart.client->received(fake->uart.client);
}

void assert_sent_at(struct fake_uart *fake, const char *text, const char *file,
                    int line)
{
    char sent[sizeof fake->sent];
    memcpy(sent, fake->sent, fake->sent_len);
    sent[fake->sent_len] = '\0';
    fake->sent_len = 0;
    _assert_string_equal(sent, text, file, line);
}
