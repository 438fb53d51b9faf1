/* SPDX-License-Identifier: Apache-2.0 */
/* See framed_uart.h. */
#include <drivers/framed_uart.h>

/* A frame whose next byte takes longer is given up: typing is heard again. Long,
 * as what is left of a frame must not be taken for typing; a tool that has lost
 * one begins another, which needs no silence. */
static uint32_t silence_ticks(void)
{
    return 2 * ktime_hz();
}

static struct framed_uart *framed_of(struct uart *uart)
{
    return CONTAINER_OF(uart, struct framed_uart, uart);
}

static size_t wire_send(struct framed_uart *f, const uint8_t *bytes, size_t len)
{
    return f->wire_send(f->wire, bytes, len);
}

/* ---- out ------------------------------------------------------------------ */

/* What waits to go out, then the frame, as much as the wire takes. True when
 * there is nothing any more that has to go out before text. */
static bool is_clear(struct framed_uart *f)
{
    for (;;) {
        size_t rest = (size_t)f->out_len - f->out_at;
        size_t sent = wire_send(f, f->out + f->out_at, rest);
        f->out_at = (uint8_t)(f->out_at + sent);
        f->is_taken = sent != rest || f->is_sending;
        if (sent != rest || !f->is_sending)
            return !f->is_taken;
        f->out_at = 0;
        f->out_len = (uint8_t)proto_encode(&f->encoder, f->out, sizeof f->out);
        f->is_sending = f->out_len != 0;
    }
}

static size_t plain_run(const uint8_t *bytes, size_t len)
{
    size_t n = 0;
    while (n < len && !proto_is_special(bytes[n]))
        n++;
    return n;
}

/* With bytes to be escaped, or behind a frame. */
static NOINLINE size_t send_mixed(struct framed_uart *f, const uint8_t *bytes,
                                  size_t len)
{
    size_t at = 0;
    while (at < len && is_clear(f)) {
        size_t run = plain_run(bytes + at, len - at);
        if (run == 0) {
            f->out_len = (uint8_t)proto_text(f->out, bytes[at++]);
            f->out_at = 0;
            f->is_taken = true;
            continue;
        }
        size_t sent = wire_send(f, bytes + at, run);
        at += sent;
        if (sent < run)
            break;
    }
    (void)is_clear(f);
    return at;
}

/* What an app prints mostly: nothing in it is to be escaped, and no frame is
 * under way. Not a step more than that takes. */
static size_t on_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    struct framed_uart *f = framed_of(uart);
    if (UNLIKELY(f->is_taken))
        return send_mixed(f, bytes, len);
    for (const uint8_t *at = bytes; at != bytes + len;)
        if (UNLIKELY(proto_is_special(*at++)))
            return send_mixed(f, bytes, len);
    return f->wire_send(f->wire, bytes, len);
}

/* For panics: what was half out is ended, so that the text is seen as text. */
static void on_put(struct uart *uart, uint8_t byte)
{
    struct framed_uart *f = framed_of(uart);
    uint8_t bytes[4];
    size_t n = 0;
    if (f->is_sending)
        bytes[n++] = PROTO_END;
    else
        while (f->out_at != f->out_len) /* of an escaped byte */
            bytes[n++] = f->out[f->out_at++];
    n += proto_text(bytes + n, byte);
    f->is_sending = f->is_taken = f->out_at = f->out_len = 0;
    for (size_t i = 0; i < n; i++)
        f->wire->ops->put(f->wire, bytes[i]);
}

/* An interrupt. The multiplexer only makes a note of it. */
static void on_can_send(struct uart_client *client)
{
    struct framed_uart *f =
        CONTAINER_OF(client, struct framed_uart, wire_client);
    if (f->is_taken)
        deferred_call(&f->work);
    else
        f->uart.client->can_send(f->uart.client);
}

static void on_send_frame(struct frames *frames, uint8_t type,
                          uint16_t sequence, const uint8_t *payload, size_t len)
{
    struct framed_uart *f = CONTAINER_OF(frames, struct framed_uart, frames);
    f->is_sending = f->is_taken = true;
    proto_send(&f->encoder, type, sequence, payload, len);
    deferred_call(&f->work);
}

/* ---- in ------------------------------------------------------------------- */

/* A frame that is half there is lost by it. */
static void use_body(struct framed_uart *f)
{
    f->is_skipping |= f->decoder.in_frame;
    if (f->is_in_use)
        proto_decoder_init(&f->decoder, f->short_body, sizeof f->short_body);
    else
        proto_decoder_init(&f->decoder, f->body, PROTO_BODY_MAX);
}

static void let_go(struct framed_uart *f)
{
    if (f->is_in_use && !f->is_held) {
        f->is_in_use = false;
        use_body(f);
    }
}

static void on_hold(struct frames *frames, bool on)
{
    struct framed_uart *f = CONTAINER_OF(frames, struct framed_uart, frames);
    f->is_held = on;
    if (!on && !f->has_arrived)
        let_go(f);
}

/* This is an interrupt, and what is to be done may take long. */
static void arrived(struct framed_uart *f)
{
    const struct proto_decoder *d = &f->decoder;
    if (f->has_arrived || !f->frames.client)
        return; /* one at a time; who sends two at once repeats one */
    f->has_arrived = true;
    f->type = d->type;
    f->sequence = d->sequence;
    f->payload = d->payload;
    f->payload_len = d->len;
    if (!f->is_in_use) {
        f->is_in_use = true;
        use_body(f);
    }
    deferred_call(&f->work);
}

/* One byte off the wire; true: it is text, in decoder.text. What follows a
 * fault inside a frame, up to the frame's end, is not. */
static bool hear(struct framed_uart *f, uint8_t byte)
{
    enum proto_event event = proto_decode(&f->decoder, byte);
    if (byte == PROTO_END || byte == PROTO_BEGIN)
        f->is_skipping = false;
    if (event == PROTO_FRAME)
        arrived(f);
    if (event == PROTO_FAULT && byte != PROTO_END && byte != PROTO_BEGIN)
        f->is_skipping = true;
    if (event == PROTO_FAULT && f->frames.client) {
        f->is_damaged = true;
        deferred_call(&f->work);
    }
    return event == PROTO_TEXT && !f->is_skipping;
}

static void give_up_silent(struct framed_uart *f)
{
    uint32_t now = ktime_now_low();
    if (now - f->last > silence_ticks()) {
        (void)proto_give_up(&f->decoder);
        f->is_skipping = false;
    }
    f->last = now;
}

/* Text for the multiplexer: 0 only when the wire has nothing more. */
static size_t on_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    struct framed_uart *f = framed_of(uart);
    size_t n, text = 0;
    while (text == 0 && (n = f->wire->ops->receive(f->wire, bytes, len)) > 0) {
        give_up_silent(f);
        for (size_t i = 0; i < n; i++)
            if (hear(f, bytes[i]))
                bytes[text++] = f->decoder.text;
    }
    return text;
}

/* The kernel's loop: what has arrived, and the multiplexer's turn. */
static void on_work(struct deferred *work)
{
    struct framed_uart *f = CONTAINER_OF(work, struct framed_uart, work);
    if (f->is_damaged) {
        f->is_damaged = false;
        f->frames.client->damaged(f->frames.client);
    }
    if (f->has_arrived) {
        f->frames.client->frame(f->frames.client, f->type, f->sequence,
                                f->payload, f->payload_len);
        f->has_arrived = false;
        let_go(f);
    }
    if (f->is_taken && is_clear(f))
        f->uart.client->can_send(f->uart.client);
}

static void on_received(struct uart_client *client)
{
    struct framed_uart *f =
        CONTAINER_OF(client, struct framed_uart, wire_client);
    f->uart.client->received(f->uart.client);
}

void framed_init(struct framed_uart *f, struct uart *wire,
                 uint8_t body[PROTO_BODY_MAX])
{
    static const struct uart_ops ops = { on_send, on_receive, on_put };
    static const struct frames_ops frames_ops = { on_send_frame, on_hold };
    f->uart.ops = &ops;
    f->frames.ops = &frames_ops;
    f->wire = wire;
    f->wire_send = wire->ops->send;
    f->wire_client.can_send = on_can_send;
    f->wire_client.received = on_received;
    f->work.run = on_work;
    f->body = body;
    use_body(f);
    wire->client = &f->wire_client;
}
