/* SPDX-License-Identifier: Apache-2.0 */
/* UART of the 16550 family, byte registers. */
#ifndef CHIPS_VIRT_UART16550_H
#define CHIPS_VIRT_UART16550_H

#include <stdbool.h>

#include <berth/hil/uart.h>

struct uart16550 {
    struct uart uart; /* first: ops and client */
    uint32_t base;
};

extern const struct uart_ops uart16550_ops;

void uart16550_init(struct uart16550 *u);

/* Its interrupt; `device` is the struct uart16550. */
void uart16550_serve(void *device);

#endif
