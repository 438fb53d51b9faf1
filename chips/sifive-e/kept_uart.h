/* SPDX-License-Identifier: Apache-2.0 */
/* A UART whose bytes are kept while the kernel cannot serve it: its FIFO holds
 * 8, an erase of flash takes as long as hundreds. Who works meanwhile calls
 * kept_uart_keep() now and then. */
#ifndef CHIPS_SIFIVE_E_KEPT_UART_H
#define CHIPS_SIFIVE_E_KEPT_UART_H

#include <chips/sifive-e/uart.h>

#define KEPT_MAX 32u /* a line, typed or pasted; a power of two */

struct kept_uart {
    struct sifive_uart device; /* its ops: kept_uart_ops */
    uint8_t bytes[KEPT_MAX];
    uint8_t first, count;
};

extern const struct uart_ops kept_uart_ops;

/* In RAM. What has arrived, while there is room. */
void kept_uart_keep(struct kept_uart *kept);

/* From the kernel's loop: tell the client, if anything was kept. */
void kept_uart_tell(struct kept_uart *kept);

#endif
