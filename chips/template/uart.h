/* SPDX-License-Identifier: Apache-2.0 */
/* An empty port: a UART of the chip, as include/berth/hil/uart.h wants it. */
#ifndef CHIPS_TEMPLATE_UART_H
#define CHIPS_TEMPLATE_UART_H

#include <berth/hil/uart.h>

struct template_uart {
    struct uart uart; /* first: ops and client */
    uint32_t base;    /* of its registers */
};

extern const struct uart_ops template_uart_ops;

/* Set up the speed, 8 bits, no parity, and the interrupt of what arrives.
 * `clock` is what the UART is clocked with, in Hz. */
void template_uart_init(struct template_uart *u, uint32_t clock, uint32_t baud);

/* Its interrupt, to be called by chip_service(); `device` is the struct. */
void template_uart_serve(void *device);

#endif
