/* SPDX-License-Identifier: Apache-2.0 */
/* See uart.h. */
#include <stdbool.h>

#include <berth/compiler.h>
#include <berth/mmio.h>
#include <chips/esp32c3/clock.h>
#include <chips/esp32c3/uart.h>

enum {
    FIFO = 0x00,
    INT_STATUS = 0x08,
    INT_ENABLE = 0x0C,
    INT_CLEAR = 0x10,
    CLKDIV = 0x14,
    STATUS = 0x1C,
    CONF0 = 0x20,
    CONF1 = 0x24,
    MEM_CONF = 0x60,
    CLK_CONF = 0x78,
};

enum { RX_FULL = 1u << 0, TX_EMPTY = 1u << 1, RX_TIMEOUT = 1u << 8 };
#define RX_ALL (RX_FULL | RX_TIMEOUT)

#define FIFO_SIZE 128u
#define RX_FULL_AT 32u   /* of 128: 96 more bytes' time to come for them */
#define TX_EMPTY_AT 32u  /* likewise */
#define TIMEOUT_BITS 20u /* two bytes' time without another one */

#define EIGHT_BITS (3u << 2)
#define ONE_STOP_BIT (1u << 4)
#define RX_RESET (1u << 17)
#define MEMORY_CLOCK (1u << 28)
#define TIMEOUT_ENABLE (1u << 21)
#define TIMEOUT_MASK (0x3FFu << 16)
#define CLOCKS_ON (1u << 22 | 1u << 24 | 1u << 25) /* source, tx, rx */
#define SOURCE_CRYSTAL (3u << 20)

static struct esp_uart *self_of(struct uart *uart)
{
    return CONTAINER_OF(uart, struct esp_uart, uart);
}

static void can_send_irq(const struct esp_uart *u, bool on)
{
    mmio_write32(u->base + INT_ENABLE, on ? RX_ALL | TX_EMPTY : RX_ALL);
}

static uint32_t room(const struct esp_uart *u)
{
    return FIFO_SIZE - (mmio_read32(u->base + STATUS) >> 16 & 0x3FFu);
}

static size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    struct esp_uart *u = self_of(uart);
    size_t sent = 0;
    while (sent < len) {
        uint32_t free = room(u);
        if (free == 0)
            break;
        for (; sent < len && free > 0; free--)
            mmio_write32(u->base + FIFO, bytes[sent++]);
    }
    if (sent < len)
        can_send_irq(u, true);
    return sent;
}

static size_t uart_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    struct esp_uart *u = self_of(uart);
    size_t got = 0;
    while (got < len && (mmio_read32(u->base + STATUS) & 0x3FFu) != 0)
        bytes[got++] = (uint8_t)mmio_read32(u->base + FIFO);
    return got;
}

static void uart_put(struct uart *uart, uint8_t byte)
{
    struct esp_uart *u = self_of(uart);
    while (room(u) == 0)
        ;
    mmio_write32(u->base + FIFO, byte);
}

const struct uart_ops esp_uart_ops = { uart_send, uart_receive, uart_put };

/* In sixteenths: the whole part, then the rest. What the ROM still has to say in
 * the transmit FIFO goes out. */
void esp_uart_init(struct esp_uart *u, uint32_t baud)
{
    uint32_t sixteenths = (uint32_t)((uint64_t)CRYSTAL_HZ * 16 / baud);
    uint32_t conf0 = EIGHT_BITS | ONE_STOP_BIT | MEMORY_CLOCK;
    mmio_write32(u->base + INT_ENABLE, 0);
    mmio_write32(u->base + CLK_CONF, CLOCKS_ON | SOURCE_CRYSTAL);
    mmio_write32(u->base + CLKDIV, sixteenths >> 4 | (sixteenths & 15u) << 20);
    mmio_write32(u->base + CONF0, conf0 | RX_RESET);
    mmio_write32(u->base + CONF0, conf0);
    mmio_write32(u->base + MEM_CONF,
                 (mmio_read32(u->base + MEM_CONF) & ~TIMEOUT_MASK) |
                     TIMEOUT_BITS << 16);
    mmio_write32(u->base + CONF1,
                 RX_FULL_AT | TX_EMPTY_AT << 9 | TIMEOUT_ENABLE);
    mmio_write32(u->base + INT_CLEAR, RX_ALL | TX_EMPTY);
    can_send_irq(u, false);
}

/* The time-out is cleared before the FIFO is emptied: what comes later makes a
 * new one. That it is full goes only once it is not. */
void esp_uart_serve(void *device)
{
    struct esp_uart *u = device;
    struct uart_client *client = u->uart.client;
    uint32_t pending = mmio_read32(u->base + INT_STATUS);
    if ((pending & RX_ALL) != 0) {
        mmio_write32(u->base + INT_CLEAR, RX_TIMEOUT);
        client->received(client);
        mmio_write32(u->base + INT_CLEAR, RX_FULL);
    }
    if ((pending & TX_EMPTY) != 0) {
        can_send_irq(u, false);
        mmio_write32(u->base + INT_CLEAR, TX_EMPTY);
        client->can_send(client);
    }
}
