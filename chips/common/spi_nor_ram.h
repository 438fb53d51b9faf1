/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the flash driver that is in RAM. For spi_nor.c alone. */
#ifndef CHIPS_COMMON_SPI_NOR_RAM_H
#define CHIPS_COMMON_SPI_NOR_RAM_H

#include <berth/compiler.h>
#include <berth/err.h>
#include <chips/common/spi_port.h>

/* One transaction by itself. */
void spi_nor_ask(struct spi_port *port, const struct spi_transfer *ask);

/* A command that changes the chip, from its write enable until it is over. FAIL:
 * the chip did not let itself be written, nothing was changed, or it was not
 * done within `ticks`. */
MUST_CHECK err_t spi_nor_change(struct spi_port *port,
                                const struct spi_transfer *change,
                                uint32_t ticks);

#endif
