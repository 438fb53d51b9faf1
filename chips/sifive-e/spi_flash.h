/* SPDX-License-Identifier: Apache-2.0 */
/* SPI0 of the FE310, through which the chip runs from its flash: the port of
 * chips/common/spi_nor.h. */
#ifndef CHIPS_SIFIVE_E_SPI_FLASH_H
#define CHIPS_SIFIVE_E_SPI_FLASH_H

#include <stdbool.h>

#include <chips/common/spi_port.h>
#include <chips/sifive-e/kept_uart.h>

#define SPI_FLASH_READ_HZ_MAX 25000000u

/* What SPI0's sckdiv must at least be at that speed of the core. */
static inline uint32_t spi_flash_divider(uint32_t core_hz)
{
    return core_hz / (2 * SPI_FLASH_READ_HZ_MAX);
}

struct spi_port {
    uint32_t base;          /* of the controller */
    struct kept_uart *uart; /* listened to while flash is busy */
};

/* Put the code for RAM where it runs and set the controller up for reads of up
 * to 25 MHz. False: there is no controller, as in QEMU. */
bool spi_flash_init(struct spi_port *port, uint32_t core_hz);

#endif
