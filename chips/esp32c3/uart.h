/* SPDX-License-Identifier: Apache-2.0 */
/* The UARTs of the ESP32-C3: FIFOs of 128 bytes each way, which hold what is
 * typed while flash is busy. */
#ifndef CHIPS_ESP32C3_UART_H
#define CHIPS_ESP32C3_UART_H

#include <berth/hil/uart.h>

#define ESP_UART0 0x60000000u
#define ESP_UART0_SOURCE 21u /* for intc.h */

struct esp_uart {
    struct uart uart; /* first: ops and client */
    uint32_t base;
};

extern const struct uart_ops esp_uart_ops;

/* 8 bits, no parity, one stop bit, timed by the crystal. Pins stay where the
 * mask ROM has put them. */
void esp_uart_init(struct esp_uart *u, uint32_t baud);

/* Its interrupt; `device` is the struct esp_uart. */
void esp_uart_serve(void *device);

#endif
