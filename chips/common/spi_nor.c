/* SPDX-License-Identifier: Apache-2.0 */
/* See spi_nor.h. The commands' bytes are made here; what is done while flash is
 * no memory is in spi_nor_ram.c. */
#include <chips/common/spi_nor.h>
#include <chips/common/spi_nor_ram.h>
#include <kernel/flash_hold.h>

#define READ_ID 0x9Fu
#define PROGRAM 0x02u
#define ERASE_4K 0x20u

/* Several times what any data sheet says: a chip that is late is broken. */
#define PROGRAM_MS 20u
#define ERASE_MS 2000u

static struct spi_nor *self_of(struct flash *flash)
{
    return CONTAINER_OF(flash, struct spi_nor, flash);
}

static void end_tell(struct deferred *end)
{
    struct spi_nor *nor = CONTAINER_OF(end, struct spi_nor, end);
    nor->is_busy = false;
    flash_open();
    spi_port_told(nor->port);
    nor->flash.client->done(nor->flash.client, nor->result);
}

static err_t change(struct spi_nor *nor, uint8_t code, uint32_t at,
                    const uint8_t *bytes, uint32_t len, uint32_t limit_ms)
{
    const uint8_t head[] = { code, (uint8_t)(at >> 16), (uint8_t)(at >> 8),
                             (uint8_t)at };
    const struct spi_transfer transfer = {
        .head = head, .head_len = sizeof head, .out = bytes, .out_len = len
    };
    if (!nor->is_there)
        return ERR_NODEVICE;
    if (nor->is_busy)
        return ERR_BUSY;
    nor->is_busy = true;
    nor->result =
        spi_nor_change(nor->port, &transfer, (uint32_t)ktime_of_ms(limit_ms));
    nor->end.run = end_tell;
    flash_call(&nor->end);
    return OK;
}

static err_t erase(struct flash *flash, uint32_t at)
{
    const struct flash_geometry *g = flash->geometry;
    if (at >= g->size || at % SPI_NOR_SECTOR != 0)
        return ERR_INVAL;
    return change(self_of(flash), ERASE_4K, at, NULL, 0, ERASE_MS);
}

/* Beyond the page's end chips go on at its start; and a controller may not take a
 * page at once. */
static err_t program(struct flash *flash, uint32_t at, const uint8_t *bytes,
                     uint32_t len)
{
    uint32_t size = flash->geometry->size, burst = flash->geometry->burst;
    bool is_in_flash = (uintptr_t)bytes - (uintptr_t)flash->base < size;
    if (at >= size || len == 0 || len > burst - at % burst || is_in_flash)
        return ERR_INVAL;
    return change(self_of(flash), PROGRAM, at, bytes, len, PROGRAM_MS);
}

const struct flash_ops spi_nor_ops = { .program = program, .erase = erase };

err_t spi_nor_probe(struct spi_nor *nor, uint32_t *id)
{
    const uint8_t code = READ_ID;
    uint8_t in[3];
    const struct spi_transfer ask = {
        .head = &code, .head_len = 1, .in = in, .in_len = sizeof in
    };
    spi_nor_ask(nor->port, &ask);
    *id = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
    nor->is_there = in[2] < 32 && nor->flash.geometry->size == 1u << in[2];
    return nor->is_there ? OK : ERR_NODEVICE;
}
