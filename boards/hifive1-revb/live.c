/* SPDX-License-Identifier: Apache-2.0 */
/* See live.h. */
#include <boards/hifive1-revb/live.h>

#include <chips/common/plic.h>
#include <chips/common/spi_nor.h>
#include <chips/sifive-e/kept_uart.h>
#include <chips/sifive-e/prci.h>
#include <chips/sifive-e/spi_flash.h>
#include <drivers/framed_uart.h>
#include <kernel/log.h>
#include <loader/loader.h>

static struct kept_uart uart0 = {
    .device = { .uart = { .ops = &kept_uart_ops }, .base = MACHINE_UART },
};

IRQ_TABLE(MACHINE_UART_IRQ(&uart0.device))

/* ---- app flash -------------------------------------------------------------- */

/* 4 MiB: bootloader, kernel, from 0x40000 on apps, and at the end what keeps
 * them. A journal of four sectors is erased half as often as one of two, and
 * rewrites take turns in two spare ones. */
#define SECTORS (FLASH_SIZE / SPI_NOR_SECTOR)
#define FLASH_SIZE (4u << 20)

static const struct flash_geometry flash_geometry = {
    .size = FLASH_SIZE,
    .sector_size = SPI_NOR_SECTOR,
    .word_size = 4,
    .burst = SPI_NOR_PAGE,
    .reprogram = true,
    .read_while_busy = false,
};

static struct spi_port spi0 = { 0x10014000, &uart0 };

static struct spi_nor flash = {
    .flash = { .ops = &spi_nor_ops,
               .geometry = &flash_geometry,
               .base = (const uint8_t *)MACHINE_FLASH },
    .port = &spi0,
};

static const struct store_layout layout = {
    .journal = (SECTORS - 4) * SPI_NOR_SECTOR,
    .journal_sectors = 4,
    .spare = (SECTORS - 6) * SPI_NOR_SECTOR,
    .spare_sectors = 2,
    .start = MEMORY_APP_FLASH - MACHINE_FLASH,
    .end = (SECTORS - 6) * SPI_NOR_SECTOR,
};

static const struct loader_policy loader_policy = {
    .identity = IDENTITY_BY_HEADER,
    .trial_ms = 10000,
    .idle_ms = 60000,
};

static ALIGNED(4) uint8_t store_buffer[STORE_BUFFER_MIN] SECTION(".noinit");
static const struct store_place place = {
    .flash = &flash.flash,
    .geometry = &flash_geometry,
    .base = (const uint8_t *)MACHINE_FLASH,
    .layout = &layout,
    .buffer = store_buffer,
    .buffer_size = sizeof store_buffer,
};

inline const struct store_place *store_place(const struct store *store)
{
    (void)store;
    return &place;
}

static struct loader loader;
static const struct loader_config config = {
    .policy = &loader_policy,
};

inline const struct loader_config *loader_config(const struct loader *l)
{
    (void)l;
    return &config;
}

/* QEMU has no controller: there apps are what was put into its memory. */
static void flash_init(void)
{
    uint32_t id = 0;
    if (!spi_flash_init(&spi0, PRCI_CRYSTAL_HZ))
        klog(LOG_WARN, "no flash controller: nothing can be installed");
    else if (spi_nor_probe(&flash, &id) != OK)
        klog(LOG_ERROR, "flash chip %lx is none of 4 MiB", (unsigned long)id);
}

/* ---- the line ------------------------------------------------------------------ */

static struct framed_uart line;
static uint8_t frame_body[PROTO_BODY_MAX] SECTION(".noinit");
static struct live live;
_Static_assert(sizeof live + sizeof line + sizeof frame_body - PROTO_PAGE <=
                   1024,
               "the protocol takes more than 1 KiB of RAM beside a page");

void live_wire(void (*receive)(void *receiver, const uint8_t *bytes,
                               size_t len),
               void *receiver)
{
    machine_hardware_init(&uart0.device);
    framed_init(&line, &uart0.device.uart, frame_body);
    machine_init(&line.uart, receive, receiver);
}

void live_wire_flash(void)
{
    plic_init();
    flash_init();
    loader_boot(&loader, ktime_now_low());
    live_init(&live, &live_board, &loader, &line.frames);
}
