/* SPDX-License-Identifier: Apache-2.0 */
/* The chip's own USB device, USB-Serial-JTAG, as a serial port: GPIO18 and 19.
 * Bytes go in packets of up to 64, which a host has to fetch. Where none does,
 * what is sent waits, and a panic does not: its bytes are lost. */
#ifndef CHIPS_ESP32C3_USB_SERIAL_H
#define CHIPS_ESP32C3_USB_SERIAL_H

#include <berth/hil/uart.h>

#define USB_SERIAL_SOURCE 26u /* for intc.h */

struct usb_serial {
    struct uart uart; /* first: ops and client */
};

extern const struct uart_ops usb_serial_ops;

void usb_serial_init(struct usb_serial *u);

/* Its interrupt; `device` is the struct usb_serial. */
void usb_serial_serve(void *device);

#endif
