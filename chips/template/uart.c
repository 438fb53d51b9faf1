/* SPDX-License-Identifier: Apache-2.0 */
/* An empty port: the UART. uart_put() comes first: by it a panic is heard, and
 * all that is not written yet panics.
 *
 * Registers are reached through <berth/mmio.h> only, so that a test can take
 * their place: tests/unit/test_sifive_uart.c shows how. */
#include <chips/template/uart.h>

#include <chips/template/missing.h>

/* Wait until the transmitter has room, then give it the byte. It has to work
 * with nothing else set up: no interrupts, no memory of the kernel's to trust.
 * Until it does, the board is silent. */
static void uart_put(struct uart *uart, uint8_t byte)
{
    (void)uart;
    (void)byte;
}

void template_uart_init(struct template_uart *u, uint32_t clock, uint32_t baud)
{
    (void)u;
    (void)clock;
    (void)baud;
    missing("write template_uart_init() in chips/template/uart.c");
}

/* Take as many bytes as there is room for, never wait, answer how many. If not
 * all: let the interrupt come once there is room, and call can_send() there. */
static size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    (void)uart;
    (void)bytes;
    (void)len;
    missing("write uart_send() in chips/template/uart.c");
    return 0;
}

/* What has arrived, up to `len` bytes, never wait, answer how many. */
static size_t uart_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    (void)uart;
    (void)bytes;
    (void)len;
    missing("write uart_receive() in chips/template/uart.c");
    return 0;
}

const struct uart_ops template_uart_ops = { uart_send, uart_receive, uart_put };

/* Tell uart.client what has happened: received() if bytes are there, and, if
 * uart_send() waits for room and there is some, can_send(), once. */
void template_uart_serve(void *device)
{
    (void)device;
    missing("write template_uart_serve() in chips/template/uart.c");
}
