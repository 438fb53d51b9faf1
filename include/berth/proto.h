/* SPDX-License-Identifier: Apache-2.0 */
/* The codec of the serial line: frames and text on one wire, both ways. Pure;
 * runs in the kernel, in the loader app, in the host tool and in the tests.
 *
 *   BEGIN  version type sequence(2) payload(0..) crc32_add(4)  END
 *
 * Three byte values are never sent as they are, in frames or in text: each
 * becomes ESCAPE and the value with PROTO_FLIP flipped. So a BEGIN on the wire
 * always begins a frame, whatever an app prints and whatever was lost before;
 * none of the three occurs in UTF-8, so that a plain terminal shows plain text.
 * Integers are little-endian; the CRC is that of zlib, over version to payload.
 * docs/serial-protocol.md is the specification. */
#ifndef BERTH_PROTO_H
#define BERTH_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <berth/compiler.h>

#define PROTO_ESCAPE 0xFDu
#define PROTO_BEGIN 0xFEu
#define PROTO_END 0xFFu
#define PROTO_FLIP 0x20u

#define PROTO_VERSION 1u
#define PROTO_HEAD 4u /* version, type, sequence */
#define PROTO_CRC 4u
/* One page of a transfer and where it goes. */
#define PROTO_PAGE 512u
#define PROTO_PAYLOAD_MAX (PROTO_PAGE + 8u)
#define PROTO_BODY_MAX (PROTO_HEAD + PROTO_PAYLOAD_MAX + PROTO_CRC)

static inline bool proto_is_special(uint8_t byte)
{
    return byte >= PROTO_ESCAPE;
}

/* One byte of text as it goes over the wire; 1 or 2 bytes. */
static inline size_t proto_text(uint8_t to[2], uint8_t byte)
{
    if (!proto_is_special(byte)) {
        to[0] = byte;
        return 1;
    }
    to[0] = PROTO_ESCAPE;
    to[1] = (uint8_t)(byte ^ PROTO_FLIP);
    return 2;
}

/* ---- sending ---------------------------------------------------------------- */

/* A frame on its way out, in pieces of any size. The payload is the caller's and
 * stays as it is until proto_encode has given 0. */
struct proto_encoder {
    const uint8_t *payload;
    uint16_t len;
    uint16_t at; /* bytes of head, payload and CRC that are out */
    uint8_t head[PROTO_HEAD];
    uint8_t crc[PROTO_CRC];
    uint8_t stage; /* enum of proto.c */
    uint8_t flipped;
};

/* len: at most PROTO_PAYLOAD_MAX. */
void proto_send(struct proto_encoder *e, uint8_t type, uint16_t sequence,
                const uint8_t *payload, size_t len);

/* The next bytes for the wire, at most `cap`; 0: all are out. */
size_t proto_encode(struct proto_encoder *e, uint8_t *to, size_t cap);

/* ---- receiving --------------------------------------------------------------- */

enum proto_event {
    PROTO_NOTHING, /* more bytes are needed */
    PROTO_TEXT,    /* decoder.text is a byte of text */
    PROTO_FRAME,   /* type, sequence, payload and len are set */
    PROTO_FAULT,   /* a frame was lost: decoder.fault says why */
};

enum proto_fault {
    PROTO_TOO_SHORT, /* no room for head and CRC */
    PROTO_TOO_LONG,  /* more than PROTO_PAYLOAD_MAX, or than the buffer */
    PROTO_BAD_CRC,
    PROTO_BAD_VERSION,
    PROTO_BAD_ESCAPE, /* ESCAPE before a value that needs none */
    PROTO_CUT,        /* a frame began inside another, or time was up */
};

/* Lives in its owner, who gives it the buffer. A frame's payload stays valid
 * until the next byte is fed. */
struct proto_decoder {
    uint8_t *body;
    uint16_t cap, at;
    bool in_frame, escaped;
    uint8_t text;
    uint8_t fault; /* enum proto_fault */
    uint8_t type;
    uint16_t sequence;
    uint16_t len;
    const uint8_t *payload;
};

/* cap: at least PROTO_HEAD + PROTO_CRC; PROTO_BODY_MAX takes every frame. */
void proto_decoder_init(struct proto_decoder *d, uint8_t *body, size_t cap);

/* One byte off the wire. */
MUST_CHECK enum proto_event proto_decode(struct proto_decoder *d, uint8_t byte);

/* The line has been silent for too long: a frame half received is given up
 * and what follows is text. True if there was one (fault is PROTO_CUT). */
bool proto_give_up(struct proto_decoder *d);

/* A short sentence for people, without a full stop. */
const char *proto_fault_text(enum proto_fault fault);

#endif
