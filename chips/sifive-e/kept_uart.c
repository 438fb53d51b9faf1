/* SPDX-License-Identifier: Apache-2.0 */
/* See kept_uart.h. */
#include <chips/sifive-e/kept_uart.h>

#include <berth/compiler.h>

static size_t kept_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    return sifive_uart_ops.send(uart, bytes, len);
}

/* What was kept has come before what is in the FIFO. */
static size_t kept_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    struct kept_uart *k = CONTAINER_OF(uart, struct kept_uart, device.uart);
    size_t got = 0;
    for (; got < len && k->count > 0; got++, k->count--)
        bytes[got] = k->bytes[k->first++ % KEPT_MAX];
    return got + sifive_uart_ops.receive(uart, bytes + got, len - got);
}

static void kept_put(struct uart *uart, uint8_t byte)
{
    sifive_uart_ops.put(uart, byte);
}

const struct uart_ops kept_uart_ops = { kept_send, kept_receive, kept_put };

void kept_uart_tell(struct kept_uart *kept)
{
    struct uart_client *client = kept->device.uart.client;
    if (kept->count > 0)
        client->received(client);
}
