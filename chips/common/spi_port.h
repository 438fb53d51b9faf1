/* SPDX-License-Identifier: Apache-2.0 */
/* The controller of the serial flash that the chip runs from, as the flash
 * driver (spi_nor.h) wants it. Implemented by chips/<c>, which also says what a
 * struct spi_port is.
 *
 * Between spi_port_open() and spi_port_close() flash is no memory: no
 * instruction, no constant, nothing of it may be touched. So these five
 * functions, and all that they call, are in RAM: they stand in files whose
 * names end in _ram.c, which the build puts there (docs/design/spi-flash.md).
 * They are called by name and never through pointers, so that a check of the
 * image can follow every call. Interrupts are off meanwhile. A port is in RAM
 * too: no constant. */
#ifndef CHIPS_COMMON_SPI_PORT_H
#define CHIPS_COMMON_SPI_PORT_H

#include <stdint.h>

struct spi_port;

/* One transaction, the chip selected from the first byte to the last: bytes
 * out, more bytes out, then bytes in. All of them in RAM. */
struct spi_transfer {
    const uint8_t *head, *out;
    uint8_t *in;
    uint32_t head_len, out_len, in_len;
};

/* From memory to commands, and back: what was fetched before is forgotten. */
void spi_port_open(struct spi_port *port);
void spi_port_close(struct spi_port *port);

void spi_port_transfer(struct spi_port *port,
                       const struct spi_transfer *transfer);

/* Between two looks at a chip that is busy: keep what else arrives. */
void spi_port_busy(struct spi_port *port);

/* The low word of the kernel's clock (chip_now_low()). */
uint32_t spi_port_now(struct spi_port *port);

/* Not in RAM: an operation is over, flash is memory, the kernel's loop calls. */
void spi_port_told(struct spi_port *port);

#endif
