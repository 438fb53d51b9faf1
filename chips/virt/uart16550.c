/* SPDX-License-Identifier: Apache-2.0 */
/* See uart16550.h. */
#include <berth/compiler.h>
#include <berth/mmio.h>
#include <chips/virt/uart16550.h>

enum { DATA = 0, IER = 1, FCR = 2, LSR = 5 };
enum { IER_RECEIVED = 1, IER_CAN_SEND = 2 };
enum { LSR_RECEIVED = 1, LSR_CAN_SEND = 0x20 };

static struct uart16550 *self_of(struct uart *uart)
{
    return CONTAINER_OF(uart, struct uart16550, uart);
}

static bool line_status(const struct uart16550 *u, uint8_t bit)
{
    return (mmio_read8(u->base + LSR) & bit) != 0;
}

static void can_send_irq(const struct uart16550 *u, bool on)
{
    mmio_write8(u->base + IER, on ? IER_RECEIVED | IER_CAN_SEND : IER_RECEIVED);
}

static size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    struct uart16550 *u = self_of(uart);
    size_t sent = 0;
    while (sent < len && line_status(u, LSR_CAN_SEND))
        mmio_write8(u->base + DATA, bytes[sent++]);
    if (sent < len)
        can_send_irq(u, true);
    return sent;
}

static size_t uart_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    struct uart16550 *u = self_of(uart);
    size_t got = 0;
    while (got < len && line_status(u, LSR_RECEIVED))
        bytes[got++] = mmio_read8(u->base + DATA);
    return got;
}

static void uart_put(struct uart *uart, uint8_t byte)
{
    struct uart16550 *u = self_of(uart);
    while (!line_status(u, LSR_CAN_SEND))
        ;
    mmio_write8(u->base + DATA, byte);
}

const struct uart_ops uart16550_ops = { uart_send, uart_receive, uart_put };

void uart16550_init(struct uart16550 *u)
{
    mmio_write8(u->base + FCR, 1);
    can_send_irq(u, false);
}

void uart16550_serve(void *device)
{
    struct uart16550 *u = device;
    struct uart_client *client = u->uart.client;
    if (line_status(u, LSR_RECEIVED))
        client->received(client);
    if (line_status(u, LSR_CAN_SEND)) {
        can_send_irq(u, false);
        client->can_send(client);
    }
}
