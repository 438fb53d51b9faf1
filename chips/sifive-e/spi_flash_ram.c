/* SPDX-License-Identifier: Apache-2.0 */
/* SPI0 in FIFO mode (chips/common/spi_port.h). In RAM, constants and all.
 *
 * Each byte that goes out brings one in, so that when the last has come the
 * last has gone; AUTO then lets go of the chip, in QEMU too. */
#include <stddef.h>

#include <arch/run.h>
#include <berth/mmio.h>
#include <chips/sifive-e/spi_flash.h>

enum {
    CSMODE = 0x18,
    FMT = 0x40,
    TXDATA = 0x48,
    RXDATA = 0x4C,
    FCTRL = 0x60,
};
enum { AUTO = 0, HOLD = 2 };

#define FULL_OR_EMPTY 0x80000000u
#define EIGHT_BITS 0x00080000u /* one line, most significant bit first */
#define MTIME 0x0200BFF8u

void spi_port_open(struct spi_port *port)
{
    mmio_write32(port->base + FCTRL, 0);
    mmio_write32(port->base + FMT, EIGHT_BITS);
    while ((mmio_read32(port->base + RXDATA) & FULL_OR_EMPTY) == 0)
        ;
}

void spi_port_close(struct spi_port *port)
{
    mmio_write32(port->base + FCTRL, 1);
    arch_code_new();
}

static uint8_t exchange(struct spi_port *port, uint8_t byte)
{
    uint32_t word;
    while ((mmio_read32(port->base + TXDATA) & FULL_OR_EMPTY) != 0)
        ;
    mmio_write32(port->base + TXDATA, byte);
    do
        word = mmio_read32(port->base + RXDATA);
    while ((word & FULL_OR_EMPTY) != 0);
    return (uint8_t)word;
}

static void send(struct spi_port *port, const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        (void)exchange(port, bytes[i]);
}

void spi_port_transfer(struct spi_port *port,
                       const struct spi_transfer *transfer)
{
    mmio_write32(port->base + CSMODE, HOLD);
    send(port, transfer->head, transfer->head_len);
    send(port, transfer->out, transfer->out_len);
    for (uint32_t i = 0; i < transfer->in_len; i++)
        transfer->in[i] = exchange(port, 0);
    mmio_write32(port->base + CSMODE, AUTO);
}

void spi_port_busy(struct spi_port *port)
{
    kept_uart_keep(port->uart);
}

uint32_t spi_port_now(struct spi_port *port)
{
    (void)port;
    return mmio_read32(MTIME);
}
