/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's UART. Frames take their time, what comes while the receive FIFO
 * is full is lost, and what nobody could hear is a violation: a speed that is
 * not the line's, a pin that is not switched to the UART. With `is_instant`,
 * as QEMU has it: no frame takes time and nothing is lost. */
#ifndef TESTS_SIM_SIFIVE_UART_H
#define TESTS_SIM_SIFIVE_UART_H

#include <tests/sim/devices/gpio.h>
#include <tests/sim/devices/line.h>
#include <tests/sim/devices/plic.h>
#include <tests/sim/devices/prci.h>
#include <tests/sim/machine.h>

enum { SIFIVE_UART_FIFO = 8 };

struct sifive_fifo {
    uint8_t bytes[SIFIVE_UART_FIFO];
    uint32_t start, level;
};

struct sifive_uart {
    struct device device;
    struct line *line;
    struct plic *plic;
    uint32_t source;
    const struct prci *prci; /* gives the clock */
    const struct gpio *gpio; /* whose pins it needs */
    uint32_t tx_pin, rx_pin; /* as masks */
    bool is_instant;
    uint32_t txctrl, rxctrl, ie, div;
    struct sifive_fifo tx, rx;
    bool is_sending; /* a frame is on the wire, its byte in `sending` */
    uint8_t sending;
    uint64_t sent;    /* when it has gone, ns */
    uint64_t arrives; /* when the next frame has come, ns */
};

/* The caller has filled in what comes before txctrl, but for `device`. */
void sifive_uart_add(struct machine *machine, struct sifive_uart *uart,
                     const char *name, uint32_t base);

#endif
