/* SPDX-License-Identifier: Apache-2.0 */
/* The chip's own USB port, where GPIO18 and 19 are led to a socket. */
#include <boards/esp32-c3-devkit/line.h>

#include <chips/esp32c3/usb_serial.h>

static struct usb_serial usb = { .uart = { .ops = &usb_serial_ops } };

const uint32_t line_source = USB_SERIAL_SOURCE;

struct uart *line_init(void)
{
    usb_serial_init(&usb);
    return &usb.uart;
}

void line_serve(void *device)
{
    (void)device;
    usb_serial_serve(&usb);
}
