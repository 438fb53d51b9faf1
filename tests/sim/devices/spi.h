/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's SPI controllers. SPI0 sits before the flash that the chip runs
 * from: in memory-mapped mode its window is memory, while the controller is in
 * FIFO mode or the flash is busy each access to it is a violation. Frames take
 * their time. What spoils a transaction is a violation, too. */
#ifndef TESTS_SIM_SPI_H
#define TESTS_SIM_SPI_H

#include <tests/sim/devices/gpio.h>
#include <tests/sim/devices/nor.h>
#include <tests/sim/devices/plic.h>
#include <tests/sim/devices/prci.h>
#include <tests/sim/machine.h>

enum { SPI_FIFO = 8 };

struct spi_fifo {
    uint8_t bytes[SPI_FIFO];
    uint32_t start, level;
};

struct spi {
    struct device device;
    struct plic *plic;
    uint32_t source;
    const struct prci *prci;
    struct nor *nor;         /* at chip select 0; NULL: nothing is connected */
    struct memory *window;   /* NULL: the controller has none */
    uint32_t speed;          /* frames are that much faster; 0: 1 */
    const struct gpio *gpio; /* whose pins it needs; NULL: its own */
    uint32_t pins;           /* as a mask */
    bool is_looped;          /* what it sends it gets, at chip select 0 */

    uint32_t sckdiv, sckmode, csid, csdef, csmode, delay0, delay1, extradel,
        sampledel, fmt, txmark, rxmark, fctrl, ffmt, ie;
    struct spi_fifo tx, rx;
    bool is_shifting; /* a frame is on the wire, its byte in `out` */
    uint8_t out;
    uint64_t shifted; /* when it has gone, ns */
    bool is_selected;
};

/* The caller has filled in what comes before sckdiv, but for `device`. */
void spi_add(struct machine *machine, struct spi *spi, const char *name,
             uint32_t base);

/* The window's ops; its owner is the controller. */
extern const struct memory_ops spi_window_ops;

/* How long it takes to read so many bytes through the window; `goes_on`: they
 * follow those before, without a command. */
uint64_t spi_read_ns(const struct spi *spi, uint32_t bytes, bool goes_on);

/* The core's clock has changed: is the flash still fast enough? */
void spi_clock_changed(void *spi);

#endif
