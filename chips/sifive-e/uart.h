/* SPDX-License-Identifier: Apache-2.0 */
/* The SiFive UART: 8-byte FIFOs, 32-bit registers. */
#ifndef CHIPS_SIFIVE_E_UART_H
#define CHIPS_SIFIVE_E_UART_H

#include <berth/hil/uart.h>

struct sifive_uart {
    struct uart uart; /* first: ops and client */
    uint32_t base;
};

extern const struct uart_ops sifive_uart_ops;

/* `clock` in Hz. Pins are the board's business. */
void sifive_uart_init(struct sifive_uart *u, uint32_t clock, uint32_t baud);

/* Its interrupt; `device` is the struct sifive_uart. */
void sifive_uart_serve(void *device);

#endif
