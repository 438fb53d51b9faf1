/* SPDX-License-Identifier: Apache-2.0 */
/* A byte-wise serial port, polled or by interrupt. The client is told when
 * bytes have arrived and when there is room to send; it is never called from
 * inside send() or receive(). */
#ifndef BERTH_HIL_UART_H
#define BERTH_HIL_UART_H

#include <stddef.h>
#include <stdint.h>

struct uart;

struct uart_ops {
    /* Take as many of the bytes as there is room for now; how many. When not
     * all were taken the client's can_send() is called once there is room. */
    size_t (*send)(struct uart *uart, const uint8_t *bytes, size_t len);
    /* Up to `len` received bytes; how many. */
    size_t (*receive)(struct uart *uart, uint8_t *bytes, size_t len);
    /* Send one byte, waiting as long as it takes. For panics. */
    void (*put)(struct uart *uart, uint8_t byte);
};

struct uart_client {
    void (*can_send)(struct uart_client *client);
    void (*received)(struct uart_client *client);
};

struct uart {
    const struct uart_ops *ops;
    struct uart_client *client; /* set once at boot */
};

#endif
