/* SPDX-License-Identifier: Apache-2.0 */
/* SPI, this chip as controller, driver 0x20001.
 *
 *  command 2(n)           exchange n bytes: those of read-only buffer 0 for
 *                         those that come to read-write buffer 0, if it is there
 *                         INVAL: n is 0, or a buffer is shorter; BUSY: this app
 *                         has an exchange already
 *  command 5(hz), 6       set, get the rate: the highest there is not above hz
 *                         INVAL: there is none so low
 *  command 7(p), 8        set, get the phase: 0 samples on the leading edge
 *  command 9(p), 10       set, get the polarity: 0 idles low
 *  command 1, 3, 4        NOSUPPORT: a board has one device behind this number
 *  event 0                (bytes exchanged, 0, 0): fewer than n if the buffer to
 *                         send from became shorter meanwhile
 *  any                    NOMEM: no room for the grant
 *
 * Each app has a mode of its own. Apps take turns, an exchange each, in which
 * the device stays selected. */
#ifndef DRIVERS_SPI_CONTROLLER_H
#define DRIVERS_SPI_CONTROLLER_H

#include <berth/hil/spi.h>
#include <kernel/driver.h>

#define SPI_PIECE 32u

struct spi_controller {
    struct grant grant;
    struct spi_client client;
    struct deferred deferred;
    struct spi *spi;
    uint32_t hz; /* until an app wants another */
    flag_t busy; /* selected; `app` has its turn, if it lives */
    pid_handle_t app;
    uint32_t piece; /* bytes under way; 0: none */
    uint8_t bytes[SPI_PIECE];
};

extern const struct driver_ops spi_controller_ops;

/* `hz`: a rate that the device stands. */
void spi_controller_init(struct spi_controller *driver, struct spi *spi,
                         uint32_t hz);

#endif
