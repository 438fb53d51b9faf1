/* SPDX-License-Identifier: Apache-2.0 */
/* SPI1 of the ESP32-C3, which sends commands to the flash that the cache reads
 * through SPI0: the port of chips/common/spi_nor.h. The mask ROM has set the
 * clock and the pins of both. */
#ifndef CHIPS_ESP32C3_SPI_FLASH_H
#define CHIPS_ESP32C3_SPI_FLASH_H

#include <chips/common/spi_port.h>

/* One transaction sends or gets that much beside command and address: the burst
 * of the flash's geometry. */
#define SPI_FLASH_BURST 64u

/* Zeroed. */
struct spi_port {
    uint32_t ctrl, user;      /* as they were before open */
    uint32_t changed, length; /* what may read differently now */
};

#endif
