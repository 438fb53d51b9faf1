/* SPDX-License-Identifier: Apache-2.0 */
/* SPI1 (chips/common/spi_port.h). In RAM, constants and all. The controller makes
 * a whole transaction by itself: a command, an address perhaps, and up to 64
 * bytes one way or the other. */
#include <arch/run.h>
#include <berth/mmio.h>
#include <chips/esp32c3/flash_map.h>
#include <chips/esp32c3/spi_flash.h>

#define SPI1 0x60002000u
enum {
    CMD = 0x00,
    ADDR = 0x04,
    CTRL = 0x08,
    USER = 0x18,
    USER1 = 0x1C,
    USER2 = 0x20,
    MOSI_DLEN = 0x24,
    MISO_DLEN = 0x28,
    W0 = 0x58,
};

#define CMD_USER (1u << 18)
/* One line throughout, no fast read. */
#define CTRL_LINES                                                             \
    (1u << 24 | 1u << 23 | 1u << 20 | 1u << 14 | 1u << 13 | 3u << 7)
#define USER_COMMAND (1u << 31)
#define USER_ADDRESS (1u << 30)
#define USER_DUMMY (1u << 29)
#define USER_IN (1u << 28)
#define USER_OUT (1u << 27)
#define USER_PHASES                                                            \
    (USER_COMMAND | USER_ADDRESS | USER_DUMMY | USER_IN | USER_OUT)
#define ADDRESS_24 (23u << 26)
#define COMMAND_8 (7u << 28)

#define PAGE_PROGRAM_HEAD 4u
#define SECTOR 4096u

/* Target 0 of SYSTIMER is chip_now()'s (systimer.c). */
#define SYSTIMER_UNIT0_OP 0x60023004u
#define SYSTIMER_UNIT0_LOW 0x60023044u
#define SYSTIMER_ASK (1u << 30)
#define SYSTIMER_IS_THERE (1u << 29)

void spi_port_open(struct spi_port *port)
{
    flash_shut();
    while (mmio_read32(SPI1 + CMD) != 0)
        ;
    port->ctrl = mmio_read32(SPI1 + CTRL);
    port->user = mmio_read32(SPI1 + USER);
    port->length = 0;
    mmio_write32(SPI1 + CTRL, port->ctrl & ~CTRL_LINES);
}

void spi_port_close(struct spi_port *port)
{
    mmio_write32(SPI1 + CTRL, port->ctrl);
    mmio_write32(SPI1 + USER, port->user);
    flash_reopen(port->changed, port->length);
    arch_code_new();
}

/* Of the bytes that go out, those of one word; the first one lowest. */
static uint32_t word_of(const uint8_t *bytes, uint32_t len)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4 && i < len; i++)
        word |= (uint32_t)bytes[i] << (8 * i);
    return word;
}

static void out_fill(const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i += 4)
        mmio_write32(SPI1 + W0 + i, word_of(bytes + i, len - i));
    mmio_write32(SPI1 + MOSI_DLEN, 8 * len - 1);
}

static void in_take(uint8_t *bytes, uint32_t len)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < len; i++) {
        if (i % 4 == 0)
            word = mmio_read32(SPI1 + W0 + i);
        bytes[i] = (uint8_t)(word >> (i % 4 * 8));
    }
}

/* A head with an address is that of a program or an erase; both begin and end in
 * one sector. */
static uint32_t address_take(struct spi_port *port, const uint8_t *head)
{
    uint32_t at = (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
    port->changed = at & ~(SECTOR - 1);
    port->length = SECTOR;
    return at;
}

void spi_port_transfer(struct spi_port *port, const struct spi_transfer *t)
{
    uint32_t phases = USER_COMMAND;
    if (t->head_len == PAGE_PROGRAM_HEAD) {
        phases |= USER_ADDRESS;
        mmio_write32(SPI1 + USER1, ADDRESS_24);
        mmio_write32(SPI1 + ADDR, address_take(port, t->head));
    }
    if (t->out_len != 0) {
        phases |= USER_OUT;
        out_fill(t->out, t->out_len);
    }
    if (t->in_len != 0) {
        phases |= USER_IN;
        mmio_write32(SPI1 + MISO_DLEN, 8 * t->in_len - 1);
    }
    mmio_write32(SPI1 + USER, (port->user & ~USER_PHASES) | phases);
    mmio_write32(SPI1 + USER2, COMMAND_8 | t->head[0]);
    mmio_write32(SPI1 + CMD, CMD_USER);
    while (mmio_read32(SPI1 + CMD) != 0)
        ;
    in_take(t->in, t->in_len);
}

/* The UART's FIFO holds what comes. */
void spi_port_busy(struct spi_port *port)
{
    (void)port;
}

uint32_t spi_port_now(struct spi_port *port)
{
    (void)port;
    mmio_write32(SYSTIMER_UNIT0_OP, SYSTIMER_ASK);
    while ((mmio_read32(SYSTIMER_UNIT0_OP) & SYSTIMER_IS_THERE) == 0)
        ;
    return mmio_read32(SYSTIMER_UNIT0_LOW);
}

void spi_port_told(struct spi_port *port)
{
    (void)port;
}
