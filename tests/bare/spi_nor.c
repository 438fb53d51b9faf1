/* SPDX-License-Identifier: Apache-2.0 */
/* The serial flash driver and the FE310's port of it on a flash chip that others
 * have modelled: QEMU's sifive_u has the same controller, with an IS25WP256 of
 * 32 MiB that is not mapped. Bare: no kernel, one hart. It erases, programs and
 * reads, says `ok.` or which step failed, and waits to be ended: QEMU writes the
 * flash's file behind its back (tests/tool/test_spi_nor.py). */
#include <berth/mmio.h>
#include <chips/common/spi_nor.h>
#include <chips/common/spi_nor_ram.h>
#include <chips/sifive-e/spi_flash.h>
#include <kernel/flash_hold.h>

#define UART0 0x10010000u
#define SIZE (32u << 20)
#define SECTOR 0x1FF000u

/* ---- what the driver wants of a kernel ---------------------------------------------- */

static struct deferred *called;

void flash_call(struct deferred *d)
{
    called = d;
}

void flash_open(void)
{
}

uint64_t ktime_of_ms(uint32_t ms)
{
    return (uint64_t)ms * 1000;
}

void spi_port_told(struct spi_port *unused)
{
    (void)unused;
}

/* ---- what it is tried on -------------------------------------------------------------- */

static const struct flash_geometry geometry = {
    .size = SIZE,
    .sector_size = SPI_NOR_SECTOR,
    .word_size = 4,
    .burst = SPI_NOR_PAGE,
    .reprogram = true,
};
static struct kept_uart uart = { .device = { .base = UART0 } };
static struct spi_port port = { 0x10040000, &uart };
static err_t done_e;
static uint32_t dones;

static void done(struct flash_client *client, err_t e)
{
    (void)client;
    done_e = e;
    dones++;
}

static struct flash_client client = { done };
static struct spi_nor nor = {
    .flash = { .ops = &spi_nor_ops, .geometry = &geometry, .client = &client },
    .port = &port,
};

static void say(const char *text)
{
    mmio_write32(UART0 + 0x08, 1);
    for (; *text != '\0'; text++)
        mmio_write32(UART0, (uint8_t)*text);
}

static void want(bool holds, const char *step)
{
    if (holds)
        return;
    say("failed: ");
    say(step);
    say(".\n");
    for (;;)
        ;
}

static bool ends_well(err_t begun)
{
    uint32_t before = dones;
    if (begun != OK || called == NULL)
        return false;
    struct deferred *d = called;
    called = NULL;
    d->run(d);
    return dones == before + 1 && done_e == OK;
}

static bool reads(uint32_t at, const uint8_t *bytes, uint32_t len)
{
    uint8_t in[SPI_NOR_PAGE];
    const uint8_t head[] = { 0x03, (uint8_t)(at >> 16), (uint8_t)(at >> 8),
                             (uint8_t)at };
    const struct spi_transfer ask = {
        .head = head, .head_len = sizeof head, .in = in, .in_len = len
    };
    spi_nor_ask(&port, &ask);
    for (uint32_t i = 0; i < len; i++)
        if (in[i] != (bytes ? bytes[i] : 0xFF))
            return false;
    return true;
}

static bool programs(uint32_t at, const uint8_t *bytes, uint32_t len)
{
    return ends_well(spi_nor_ops.program(&nor.flash, at, bytes, len));
}

int main(void)
{
    static uint8_t page[SPI_NOR_PAGE], word[4] = { 0x0F, 0xF0, 0x55, 0xAA };
    uint32_t id = 0;
    for (uint32_t i = 0; i < sizeof page; i++)
        page[i] = (uint8_t)(i ^ 0xA5);
    want(spi_nor_probe(&nor, &id) == OK && id == 0x9D7019, "id");
    want(ends_well(spi_nor_ops.erase(&nor.flash, SECTOR)), "erase");
    want(reads(SECTOR, NULL, 256) && reads(SECTOR + 0xF00, NULL, 256),
         "erased flash reads as ones");
    want(programs(SECTOR + 0x100, page, sizeof page), "program of a page");
    want(reads(SECTOR + 0x100, page, sizeof page), "it reads back");
    want(programs(SECTOR + 0x2FC, word, 4), "program at a page's end");
    want(reads(SECTOR + 0x2FC, word, 4) && reads(SECTOR + 0x200, NULL, 252),
         "it stays in its page");
    want(programs(SECTOR + 0x2FC, (const uint8_t[]){ 0xFF, 0xFF, 0, 0xFF }, 4),
         "program of a word again");
    word[2] = 0;
    want(reads(SECTOR + 0x2FC, word, 4), "bits are only cleared");
    say("ok.\n");
    return 0;
}
