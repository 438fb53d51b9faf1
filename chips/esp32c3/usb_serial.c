/* SPDX-License-Identifier: Apache-2.0 */
/* See usb_serial.h. A packet is handed over when it is full, or by a flush. */
#include <stdbool.h>

#include <berth/compiler.h>
#include <berth/mmio.h>
#include <chips/esp32c3/usb_serial.h>

#define USB_SERIAL 0x60043000u
enum {
    EP1 = 0x00,
    EP1_CONF = 0x04,
    INT_STATUS = 0x0C,
    INT_ENABLE = 0x10,
    INT_CLEAR = 0x14,
};
enum { FLUSH = 1, HAS_ROOM = 2, HAS_DATA = 4 }; /* of EP1_CONF */
enum { RECEIVED = 4, FETCHED = 8 };             /* of INT_* */

/* Looks, some 5 ms: a host that is there comes round once in a millisecond. */
#define PATIENCE 50000u

static bool is(uint32_t what)
{
    return (mmio_read32(USB_SERIAL + EP1_CONF) & what) != 0;
}

static void can_send_irq(bool on)
{
    mmio_write32(USB_SERIAL + INT_ENABLE, on ? RECEIVED | FETCHED : RECEIVED);
}

static size_t usb_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    size_t sent = 0;
    (void)uart;
    while (sent < len && is(HAS_ROOM))
        mmio_write32(USB_SERIAL + EP1, bytes[sent++]);
    if (sent > 0)
        mmio_write32(USB_SERIAL + EP1_CONF, FLUSH);
    if (sent < len) {
        mmio_write32(USB_SERIAL + INT_CLEAR, FETCHED);
        can_send_irq(true);
    }
    return sent;
}

static size_t usb_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    size_t got = 0;
    (void)uart;
    while (got < len && is(HAS_DATA))
        bytes[got++] = (uint8_t)mmio_read32(USB_SERIAL + EP1);
    return got;
}

/* Once nobody has fetched for long nobody is waited for any more. */
static void usb_put(struct uart *uart, uint8_t byte)
{
    static bool is_given_up;
    (void)uart;
    for (uint32_t looks = 0; !is_given_up && !is(HAS_ROOM); looks++)
        is_given_up = looks == PATIENCE;
    if (!is(HAS_ROOM))
        return;
    is_given_up = false;
    mmio_write32(USB_SERIAL + EP1, byte);
    mmio_write32(USB_SERIAL + EP1_CONF, FLUSH);
}

const struct uart_ops usb_serial_ops = { usb_send, usb_receive, usb_put };

void usb_serial_init(struct usb_serial *u)
{
    (void)u;
    mmio_write32(USB_SERIAL + INT_CLEAR, RECEIVED | FETCHED);
    can_send_irq(false);
}

/* Cleared first: what comes while it is served interrupts again. A packet may
 * have been fetched between the look for room and the clear. */
void usb_serial_serve(void *device)
{
    struct usb_serial *u = device;
    struct uart_client *client = u->uart.client;
    uint32_t pending = mmio_read32(USB_SERIAL + INT_STATUS);
    mmio_write32(USB_SERIAL + INT_CLEAR, pending);
    if ((pending & RECEIVED) != 0)
        client->received(client);
    if ((pending & FETCHED) != 0) {
        can_send_irq(false);
        client->can_send(client);
    }
}
