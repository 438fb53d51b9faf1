/* SPDX-License-Identifier: Apache-2.0 */
/* A serial NOR flash chip of the common command set (24-bit addresses, pages of
 * 256 bytes, erase by 4 KiB), as the flash that the chip runs from or beside
 * it. The controller is the port's (spi_port.h).
 *
 * An operation is over when its call returns, with interrupts off for as long as
 * the chip takes: for an IS25LP032D 70 ms for an erase and 0.2 ms for a program,
 * 300 and 0.8 at worst. Its end is told from the kernel's loop all the same. */
#ifndef CHIPS_COMMON_SPI_NOR_H
#define CHIPS_COMMON_SPI_NOR_H

#include <berth/hil/flash.h>
#include <chips/common/spi_port.h>
#include <kernel/driver.h>

#define SPI_NOR_SECTOR 4096u
#define SPI_NOR_PAGE 256u

extern const struct flash_ops spi_nor_ops;

/* Zeroed but for flash (ops, geometry, base), port, and until spi_nor_probe()
 * has said OK no operation is begun: NODEVICE. */
struct spi_nor {
    struct flash flash;
    struct spi_port *port;
    struct deferred end;
    err_t result;
    flag_t is_there, is_busy;
};

/* Is there a chip of the size that flash.geometry says? Its JEDEC id goes to
 * *id: maker, kind, size as a power of two. */
MUST_CHECK err_t spi_nor_probe(struct spi_nor *nor, uint32_t *id);

#endif
