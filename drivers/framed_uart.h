/* SPDX-License-Identifier: Apache-2.0 */
/* A serial port that carries frames beside its text (berth/proto.h).
 *
 * It stands between a UART and the text multiplexer, which takes it for a
 * plain UART: text that is sent is escaped, so that no writer can send a
 * frame; frames that arrive are taken out before anybody else sees a byte. A
 * board without live loading gives the multiplexer the UART itself and pays
 * nothing.
 *
 * A frame to be sent goes out before more text is taken, between any two bytes
 * of it: who listens takes it out again. For boards. */
#ifndef DRIVERS_FRAMED_UART_H
#define DRIVERS_FRAMED_UART_H

#include <berth/hil/frames.h>
#include <berth/hil/uart.h>
#include <berth/proto.h>
#include <kernel/driver.h>

/* While a payload is in use only frames without one are heard. */
#define FRAMED_SHORT (PROTO_HEAD + PROTO_CRC)

struct framed_uart {
    struct uart uart; /* first: for the multiplexer */
    struct frames frames;
    struct uart *wire;
    size_t (*wire_send)(struct uart *wire, const uint8_t *bytes, size_t len);
    flag_t is_taken; /* text has to wait for what is in out[], or is_sending */

    struct proto_decoder decoder;
    struct proto_encoder encoder;
    struct uart_client wire_client;
    struct deferred work;   /* what is told from the kernel's loop */
    uint32_t last;          /* when a byte has come */
    const uint8_t *payload; /* of the frame that has arrived */
    uint16_t payload_len, sequence;
    uint8_t type;
    flag_t has_arrived, is_damaged; /* to be told */
    flag_t is_in_use;               /* body: it holds a payload */
    flag_t is_held;
    flag_t is_skipping; /* the rest of a frame that is lost */
    flag_t is_sending;  /* a frame, of which not all is in out[] */
    uint8_t out[16];    /* of it, or of text that is escaped */
    uint8_t out_at, out_len;
    uint8_t short_body[FRAMED_SHORT];
    uint8_t *body;
};

/* Take over `wire`. Frames are put together in `body`; until frames.client is
 * set they are dropped. */
void framed_init(struct framed_uart *f, struct uart *wire,
                 uint8_t body[PROTO_BODY_MAX]);

#endif
