/* SPDX-License-Identifier: Apache-2.0 */
/* One device on an SPI bus with this chip as controller: the bus and the chip
 * select that leads to it. */
#ifndef BERTH_HIL_SPI_H
#define BERTH_HIL_SPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spi;

struct spi_mode {
    uint32_t hz;   /* what rate() gave */
    bool trailing; /* sampled on the trailing edge */
    bool idle_high;
};

struct spi_ops {
    /* The highest rate there is that is not above `hz`; 0: all are. */
    uint32_t (*rate)(struct spi *spi, uint32_t hz);
    /* Select the device, in that mode. */
    void (*select)(struct spi *spi, const struct spi_mode *mode);
    void (*deselect)(struct spi *spi);
    /* Send `len` bytes, at least 1, and keep what comes back in `in`; NULL: do
     * not keep it. The buffers are the bus' until the client is told, and may
     * be the same. Only while selected; one at a time. */
    void (*transfer)(struct spi *spi, const uint8_t *out, uint8_t *in,
                     size_t len);
};

struct spi_client {
    void (*done)(struct spi_client *client); /* never from inside transfer() */
};

struct spi {
    const struct spi_ops *ops;
    struct spi_client *client; /* set once at boot */
};

#endif
