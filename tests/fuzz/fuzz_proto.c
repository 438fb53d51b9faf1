/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the serial codec. The input is taken three ways: as bytes
 * off the wire; as text, which must come back and hold no frame; and as frames
 * and text in turn, cut into odd pieces, which must come back as they were.
 * SOURCES: loader/proto.c pic/crc32.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <berth/proto.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t body[PROTO_BODY_MAX];

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void as_wire(const uint8_t *data, size_t size)
{
    struct proto_decoder d;
    size_t cap = size % PROTO_BODY_MAX + PROTO_HEAD + PROTO_CRC;
    uint8_t *exact = malloc(cap);
    require(exact != NULL);
    proto_decoder_init(&d, exact, cap);
    size_t events = 0;
    for (size_t i = 0; i < size; i++) {
        enum proto_event e = proto_decode(&d, data[i]);
        events += e != PROTO_NOTHING;
        if (e == PROTO_FRAME) {
            require(d.len <= PROTO_PAYLOAD_MAX);
            require(d.payload >= exact && d.payload + d.len <= exact + cap);
        }
    }
    require(events <= size);
    free(exact);
}

static void as_text(const uint8_t *data, size_t size)
{
    struct proto_decoder d;
    proto_decoder_init(&d, body, sizeof body);
    for (size_t i = 0; i < size; i++) {
        uint8_t wire[2];
        size_t n = proto_text(wire, data[i]);
        if (n == 2)
            require(proto_decode(&d, wire[0]) == PROTO_NOTHING);
        require(proto_decode(&d, wire[n - 1]) == PROTO_TEXT);
        require(d.text == data[i]);
    }
}

/* Sends the first bytes as a frame; how many. */
static size_t frame_round_trip(struct proto_decoder *d, const uint8_t *data,
                               size_t size)
{
    size_t len = size < 4 ? size : (data[0] | (size_t)data[1] << 8) % 600;
    if (len > size)
        len = size;
    if (len > PROTO_PAYLOAD_MAX)
        len = PROTO_PAYLOAD_MAX;
    struct proto_encoder e;
    uint8_t wire[64];
    size_t n, cap = 1 + data[size - 1] % sizeof wire;
    bool came = false;
    proto_send(&e, data[0], (uint16_t)(len * 3), data, len);
    while ((n = proto_encode(&e, wire, cap)) > 0)
        for (size_t i = 0; i < n; i++) {
            require(!came);
            enum proto_event event = proto_decode(d, wire[i]);
            came = event == PROTO_FRAME;
            require(came || event == PROTO_NOTHING);
        }
    require(came && d->type == data[0] && d->len == len);
    require(d->sequence == (uint16_t)(len * 3));
    require(len == 0 || memcmp(d->payload, data, len) == 0);
    return len == 0 ? 1 : len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_wire(data, size);
    as_text(data, size);
    struct proto_decoder d;
    proto_decoder_init(&d, body, sizeof body);
    while (size > 0) {
        size_t used = frame_round_trip(&d, data, size);
        data += used;
        size -= used;
        require(proto_decode(&d, 'x') == PROTO_TEXT);
    }
    return 0;
}
