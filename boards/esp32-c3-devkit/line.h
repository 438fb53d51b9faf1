/* SPDX-License-Identifier: Apache-2.0 */
/* The line of the console: line_uart0.c or line_usb.c. */
#ifndef BOARDS_ESP32_C3_DEVKIT_LINE_H
#define BOARDS_ESP32_C3_DEVKIT_LINE_H

#include <berth/hil/uart.h>

/* Ready to send and receive. */
struct uart *line_init(void);

/* Its interrupt. */
extern const uint32_t line_source;
void line_serve(void *device);

#endif
