/* SPDX-License-Identifier: Apache-2.0 */
/* See spi_nor_ram.h. In RAM, constants and all. */
#include <chips/common/spi_nor_ram.h>

#define WRITE_ENABLE 0x06u
#define READ_STATUS 0x05u

#define STATUS_BUSY 0x01u
#define STATUS_ENABLED 0x02u
#define STATUS_PROTECTED 0x3Cu /* the block protection, where chips have it */

void spi_nor_ask(struct spi_port *port, const struct spi_transfer *ask)
{
    spi_port_open(port);
    spi_port_transfer(port, ask);
    spi_port_close(port);
}

/* A command of one byte, and one byte of answer if it has any. */
static uint8_t command(struct spi_port *port, uint8_t code, uint32_t in_len)
{
    uint8_t answer = 0;
    const struct spi_transfer transfer = {
        &code, &code, &answer, 1, 0, in_len,
    };
    spi_port_transfer(port, &transfer);
    return answer;
}

static uint8_t status(struct spi_port *port)
{
    return command(port, READ_STATUS, 1);
}

/* A line on which nobody answers reads as a chip that is busy. */
static err_t until_ready(struct spi_port *port, uint32_t ticks)
{
    uint32_t began = spi_port_now(port);
    while ((status(port) & STATUS_BUSY) != 0) {
        if (spi_port_now(port) - began > ticks)
            return ERR_FAIL;
        spi_port_busy(port);
    }
    return OK;
}

err_t spi_nor_change(struct spi_port *port, const struct spi_transfer *change,
                     uint32_t ticks)
{
    err_t e = ERR_FAIL;
    spi_port_open(port);
    (void)command(port, WRITE_ENABLE, 0);
    if ((status(port) & (STATUS_PROTECTED | STATUS_ENABLED | STATUS_BUSY)) ==
        STATUS_ENABLED) {
        spi_port_transfer(port, change);
        e = until_ready(port, ticks);
    }
    spi_port_close(port);
    return e;
}
