/* SPDX-License-Identifier: Apache-2.0 */
/* The text multiplexer: many writers on one UART, unit by unit.
 *
 * Writers are served first come, first served. A unit goes out whole before
 * the next begins, and no byte a writer has handed over is lost or sent twice,
 * not even when the writer is cancelled in mid-unit. A line left open is
 * closed when another writer follows, or when its writer has been silent for
 * 100 ms (unless the writer keeps its line), so nobody waits for an app that
 * never ends its line. At most MUX_STAGE bytes are moved in one go; what is
 * left continues by a deferred call or when the UART has room. A unit of up to
 * MUX_STAGE bytes can be put at once on a line that is idle.
 *
 * For boards. Writers see only the struct text_port. */
#ifndef DRIVERS_MUX_H
#define DRIVERS_MUX_H

#include <berth/hil/text.h>
#include <berth/hil/uart.h>
#include <kernel/driver.h>

#define MUX_STAGE 32u

struct mux {
    struct text_port port;
    struct uart_client client;
    struct uart *uart;
    void (*receive)(void *receiver, const uint8_t *bytes, size_t len);
    void *receiver;

    struct writer *current;     /* whose unit is being sent; not in the queue */
    struct writer *head, *tail; /* those that wait */
    struct writer *open;        /* who wrote last; NULL if that one is gone */
    struct writer *displaced;   /* to be told when the line is free */
    uint32_t last;              /* when the open line last grew */
    struct ktimer timer;
    struct deferred work;

    flag_t line_open;
    flag_t pending;      /* there is something the UART has not taken yet: */
    size_t at, len;      /* that part of the stage, and before it */
    const char *closing; /* this text, unless NULL */
    uint8_t stage[MUX_STAGE];
};

/* Take over `uart`. Whatever arrives on it is handed to `receive`, from the
 * kernel loop. */
void mux_init(struct mux *mux, struct uart *uart,
              void (*receive)(void *receiver, const uint8_t *bytes, size_t len),
              void *receiver);

#endif
