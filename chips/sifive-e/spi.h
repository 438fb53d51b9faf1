/* SPDX-License-Identifier: Apache-2.0 */
/* An SPI controller of the FE310 that no flash hangs on (SPI1, SPI2), and one
 * device on it. */
#ifndef CHIPS_SIFIVE_E_SPI_H
#define CHIPS_SIFIVE_E_SPI_H

#include <berth/hil/spi.h>

struct sifive_spi {
    struct spi spi; /* first: ops and client */
    uint32_t base;
    uint32_t clock;      /* of the core, Hz */
    uint8_t chip_select; /* that leads to the device, active low */
    const uint8_t *out;  /* the transfer under way */
    uint8_t *in;         /* NULL: what comes back is not kept */
    uint32_t len, sent, received;
};

extern const struct spi_ops sifive_spi_ops;

/* 8 bits, one line each way, most significant bit first. */
void sifive_spi_init(struct sifive_spi *s);

/* Its interrupt; `device` is the struct sifive_spi. */
void sifive_spi_serve(void *device);

#endif
