/* SPDX-License-Identifier: Apache-2.0 */
/* See proto.h. */
#include <berth/crc32.h>
#include <berth/proto.h>

static uint32_t get_u32(const uint8_t *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
           (uint32_t)b[3] << 24;
}

/* ---- sending -------------------------------------------------------------------- */

enum { STAGE_BEGIN, STAGE_BODY, STAGE_FLIPPED, STAGE_END, STAGE_DONE };

void proto_send(struct proto_encoder *e, uint8_t type, uint16_t sequence,
                const uint8_t *payload, size_t len)
{
    e->payload = payload;
    e->len = (uint16_t)len;
    e->at = 0;
    e->stage = STAGE_BEGIN;
    e->head[0] = PROTO_VERSION;
    e->head[1] = type;
    e->head[2] = (uint8_t)sequence;
    e->head[3] = (uint8_t)(sequence >> 8);
    uint32_t crc = crc32_add(0, e->head, PROTO_HEAD);
    crc = crc32_add(crc, payload, len);
    for (uint32_t i = 0; i < PROTO_CRC; i++)
        e->crc[i] = (uint8_t)(crc >> 8 * i);
}

/* Byte `at` of head, payload and CRC, as it is. */
static uint8_t body_byte(const struct proto_encoder *e, uint32_t at)
{
    if (at < PROTO_HEAD)
        return e->head[at];
    at -= PROTO_HEAD;
    return at < e->len ? e->payload[at] : e->crc[at - e->len];
}

static void body_advance(struct proto_encoder *e)
{
    e->at++;
    e->stage =
        e->at == PROTO_HEAD + e->len + PROTO_CRC ? STAGE_END : STAGE_BODY;
}

static uint8_t wire_byte(struct proto_encoder *e)
{
    uint8_t byte;
    switch (e->stage) {
    case STAGE_BEGIN:
        e->stage = STAGE_BODY;
        return PROTO_BEGIN;
    case STAGE_END:
        e->stage = STAGE_DONE;
        return PROTO_END;
    case STAGE_FLIPPED:
        byte = e->flipped;
        body_advance(e);
        return byte;
    default:
        byte = body_byte(e, e->at);
        if (proto_is_special(byte)) {
            e->flipped = (uint8_t)(byte ^ PROTO_FLIP);
            e->stage = STAGE_FLIPPED;
            return PROTO_ESCAPE;
        }
        body_advance(e);
        return byte;
    }
}

size_t proto_encode(struct proto_encoder *e, uint8_t *to, size_t cap)
{
    size_t n = 0;
    while (n < cap && e->stage != STAGE_DONE)
        to[n++] = wire_byte(e);
    return n;
}

/* ---- receiving ------------------------------------------------------------------- */

void proto_decoder_init(struct proto_decoder *d, uint8_t *body, size_t cap)
{
    *d = (struct proto_decoder){
        .body = body,
        .cap = (uint16_t)(cap < PROTO_BODY_MAX ? cap : PROTO_BODY_MAX),
    };
}

/* What follows, up to the next BEGIN, is text. */
static enum proto_event lost(struct proto_decoder *d, enum proto_fault fault)
{
    d->in_frame = d->escaped = false;
    d->fault = (uint8_t)fault;
    return PROTO_FAULT;
}

static enum proto_event frame_begin(struct proto_decoder *d)
{
    bool was_in_frame = d->in_frame;
    d->in_frame = true;
    d->escaped = false;
    d->at = 0;
    d->fault = PROTO_CUT;
    return was_in_frame ? PROTO_FAULT : PROTO_NOTHING;
}

static enum proto_event frame_end(struct proto_decoder *d)
{
    if (!d->in_frame) {
        d->escaped = false;
        return PROTO_NOTHING;
    }
    if (d->escaped)
        return lost(d, PROTO_BAD_ESCAPE);
    if (d->at < PROTO_HEAD + PROTO_CRC)
        return lost(d, PROTO_TOO_SHORT);
    uint32_t len = (uint32_t)d->at - PROTO_CRC;
    if (crc32_add(0, d->body, len) != get_u32(d->body + len))
        return lost(d, PROTO_BAD_CRC);
    if (d->body[0] != PROTO_VERSION)
        return lost(d, PROTO_BAD_VERSION);
    d->in_frame = false;
    d->type = d->body[1];
    d->sequence = (uint16_t)(d->body[2] | d->body[3] << 8);
    d->payload = d->body + PROTO_HEAD;
    d->len = (uint16_t)(len - PROTO_HEAD);
    return PROTO_FRAME;
}

static enum proto_event byte_take(struct proto_decoder *d, uint8_t byte)
{
    if (!d->in_frame) {
        d->text = byte;
        return PROTO_TEXT;
    }
    if (d->at == d->cap)
        return lost(d, PROTO_TOO_LONG);
    d->body[d->at++] = byte;
    return PROTO_NOTHING;
}

enum proto_event proto_decode(struct proto_decoder *d, uint8_t byte)
{
    if (byte == PROTO_BEGIN)
        return frame_begin(d);
    if (byte == PROTO_END)
        return frame_end(d);
    if (byte == PROTO_ESCAPE) {
        if (d->in_frame && d->escaped)
            return lost(d, PROTO_BAD_ESCAPE);
        d->escaped = true;
        return PROTO_NOTHING;
    }
    if (d->escaped) {
        d->escaped = false;
        uint8_t plain = (uint8_t)(byte ^ PROTO_FLIP);
        if (proto_is_special(plain))
            return byte_take(d, plain);
        if (d->in_frame)
            return lost(d, PROTO_BAD_ESCAPE);
    }
    return byte_take(d, byte);
}

bool proto_give_up(struct proto_decoder *d)
{
    bool was_in_frame = d->in_frame;
    (void)lost(d, PROTO_CUT);
    return was_in_frame;
}

const char *proto_fault_text(enum proto_fault fault)
{
    static const char *const texts[] = {
        [PROTO_TOO_SHORT] = "the frame is too short",
        [PROTO_TOO_LONG] = "the frame is too long",
        [PROTO_BAD_CRC] = "the checksum is wrong",
        [PROTO_BAD_VERSION] = "another version of the protocol",
        [PROTO_BAD_ESCAPE] = "an escape before a byte that needs none",
        [PROTO_CUT] = "the frame was cut off",
    };
    return (uint32_t)fault < ARRAY_COUNT(texts) ? texts[fault] : "unknown";
}
