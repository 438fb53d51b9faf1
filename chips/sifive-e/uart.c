/* SPDX-License-Identifier: Apache-2.0 */
/* See uart.h. */
#include <stdbool.h>

#include <berth/compiler.h>
#include <berth/mmio.h>
#include <chips/sifive-e/uart.h>

enum {
    TXDATA = 0x00,
    RXDATA = 0x04,
    TXCTRL = 0x08,
    RXCTRL = 0x0C,
    IE = 0x10,
    IP = 0x14,
    DIV = 0x18,
};

enum { WATERMARK_TX = 1, WATERMARK_RX = 2 };

#define FULL_OR_EMPTY 0x80000000u
#define ENABLE 1u
#define TX_WATERMARK_HALF (4u << 16) /* pending below 4 of 8 bytes */

static struct sifive_uart *self_of(struct uart *uart)
{
    return CONTAINER_OF(uart, struct sifive_uart, uart);
}

static void can_send_irq(const struct sifive_uart *u, bool on)
{
    mmio_write32(u->base + IE, on ? WATERMARK_RX | WATERMARK_TX : WATERMARK_RX);
}

static size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    struct sifive_uart *u = self_of(uart);
    size_t sent = 0;
    while (sent < len && (mmio_read32(u->base + TXDATA) & FULL_OR_EMPTY) == 0)
        mmio_write32(u->base + TXDATA, bytes[sent++]);
    if (sent < len)
        can_send_irq(u, true);
    return sent;
}

/* Reading takes the byte: empty and data come in one word. */
static size_t uart_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    struct sifive_uart *u = self_of(uart);
    size_t got = 0;
    while (got < len) {
        uint32_t word = mmio_read32(u->base + RXDATA);
        if ((word & FULL_OR_EMPTY) != 0)
            break;
        bytes[got++] = (uint8_t)word;
    }
    return got;
}

static void uart_put(struct uart *uart, uint8_t byte)
{
    struct sifive_uart *u = self_of(uart);
    while ((mmio_read32(u->base + TXDATA) & FULL_OR_EMPTY) != 0)
        ;
    mmio_write32(u->base + TXDATA, byte);
}

const struct uart_ops sifive_uart_ops = { uart_send, uart_receive, uart_put };

void sifive_uart_init(struct sifive_uart *u, uint32_t clock, uint32_t baud)
{
    mmio_write32(u->base + DIV, clock / baud - 1);
    mmio_write32(u->base + TXCTRL, ENABLE | TX_WATERMARK_HALF);
    mmio_write32(u->base + RXCTRL, ENABLE);
    can_send_irq(u, false);
}

void sifive_uart_serve(void *device)
{
    struct sifive_uart *u = device;
    struct uart_client *client = u->uart.client;
    uint32_t pending = mmio_read32(u->base + IP) & mmio_read32(u->base + IE);
    if ((pending & WATERMARK_RX) != 0)
        client->received(client);
    if ((pending & WATERMARK_TX) != 0) {
        can_send_irq(u, false);
        client->can_send(client);
    }
}
