/* SPDX-License-Identifier: Apache-2.0 */
/* The serial port that carries frames beside text, with the text multiplexer
 * on top of it.
 * SOURCES: drivers/framed_uart.c drivers/mux.c loader/proto.c pic/crc32.c
 * SOURCES: tests/fake/kernel.c tests/fake/uart.c */
#include <drivers/framed_uart.h>
#include <drivers/mux.h>

#include <stdlib.h>
#include <string.h>

#include <tests/fake/kernel.h>
#include <tests/fake/uart.h>

static struct fake_uart wire;
static struct framed_uart framed;
static struct mux mux;
static uint8_t typed[4096];
static size_t typed_len;
static uint32_t frames, damages;
static uint8_t last_type, last[PROTO_PAYLOAD_MAX];
static uint16_t last_sequence;
static size_t last_len;
static const uint8_t *last_at;
static bool holds;

static void on_bytes(void *receiver, const uint8_t *bytes, size_t len)
{
    (void)receiver;
    assert_true(typed_len + len <= sizeof typed);
    memcpy(typed + typed_len, bytes, len);
    typed_len += len;
}

static struct frames_client client;

static void on_frame(struct frames_client *receiver, uint8_t type,
                     uint16_t sequence, const uint8_t *payload, size_t len)
{
    assert_ptr_equal(receiver, &client);
    frames++;
    last_type = type;
    last_sequence = sequence;
    last_len = len;
    last_at = payload;
    if (len > 0)
        memcpy(last, payload, len);
    if (holds)
        framed.frames.ops->hold(&framed.frames, true);
}

static void on_damaged(struct frames_client *receiver)
{
    assert_ptr_equal(receiver, &client);
    damages++;
}

static uint8_t frame_body[PROTO_BODY_MAX];

static int setup(void **state)
{
    (void)state;
    client = (struct frames_client){ on_frame, on_damaged };
    fake_boot(NULL, 0);
    memset(&framed, 0, sizeof framed);
    memset(&mux, 0, sizeof mux);
    fake_uart_init(&wire, FAKE_UART_ALWAYS_READY);
    framed_init(&framed, &wire.uart, frame_body);
    framed.frames.client = &client;
    mux_init(&mux, &framed.uart, on_bytes, NULL);
    typed_len = 0;
    frames = damages = 0;
    holds = false;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

/* Bytes arrive, zeros too, `step` at a time. */
static const uint8_t *coming;
static size_t coming_len;

static size_t receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    (void)uart;
    size_t n = coming_len < len ? coming_len : len;
    memcpy(bytes, coming, n);
    coming += n;
    coming_len -= n;
    return n;
}

static void arrive(const uint8_t *bytes, size_t len)
{
    struct uart_ops ops = *wire.uart.ops;
    const struct uart_ops *before = wire.uart.ops;
    ops.receive = receive;
    wire.uart.ops = &ops;
    coming = bytes;
    coming_len = len;
    wire.uart.client->received(wire.uart.client);
    assert_int_equal(coming_len, 0);
    wire.uart.ops = before;
}

static size_t make_frame(uint8_t *to, size_t cap, uint8_t type,
                         uint16_t sequence, const uint8_t *payload, size_t len)
{
    struct proto_encoder e;
    proto_send(&e, type, sequence, payload, len);
    return proto_encode(&e, to, cap);
}

/* A writer of a single unit of any bytes. */
struct blob {
    struct writer writer;
    const uint8_t *bytes;
    size_t len;
};

static size_t blob_next(struct writer *w, uint8_t *to, size_t cap)
{
    struct blob *b = CONTAINER_OF(w, struct blob, writer);
    size_t n = b->len < cap ? b->len : cap;
    memcpy(to, b->bytes, n);
    b->bytes += n;
    b->len -= n;
    return n;
}

static const struct writer_ops blob_ops = { .next = blob_next };

static void say(struct blob *b, const uint8_t *bytes, size_t len)
{
    b->writer.ops = &blob_ops;
    b->bytes = bytes;
    b->len = len;
    mux.port.ops->write(&mux.port, &b->writer);
}

/* What a tool makes of all that was sent. */
static size_t heard_text(uint8_t *text, uint32_t *heard_frames)
{
    static uint8_t body[PROTO_BODY_MAX];
    struct proto_decoder d;
    size_t n = 0;
    *heard_frames = 0;
    proto_decoder_init(&d, body, sizeof body);
    for (size_t i = 0; i < wire.sent_len; i++) {
        enum proto_event e = proto_decode(&d, (uint8_t)wire.sent[i]);
        assert_int_not_equal(e, PROTO_FAULT);
        if (e == PROTO_TEXT)
            text[n++] = d.text;
        *heard_frames += e == PROTO_FRAME;
    }
    wire.sent_len = 0;
    return n;
}

/* An app prints every byte value and then a whole frame, and the port takes
 * one to five bytes at a time, while the board sends a frame of its own. */
static void no_text_is_taken_for_a_frame_whatever_it_is(void **state)
{
    (void)state;
    uint8_t text[400], heard[800], payload[64];
    for (size_t i = 0; i < 256; i++)
        text[i] = (uint8_t)i;
    size_t len = 256;
    len += make_frame(text + len, sizeof text - len, 5, 1, text, 64);
    text[len++] = '\n';
    memset(payload, 0xFE, sizeof payload);
    for (size_t step = 1; step <= 5; step++) {
        struct blob b = { 0 };
        uint32_t n;
        wire.room = 0;
        say(&b, text, len);
        framed.frames.ops->send(&framed.frames, 9, 2, payload, sizeof payload);
        fake_uart_drain(&wire, step);
        assert_int_equal(heard_text(heard, &n), len);
        assert_memory_equal(heard, text, len);
        assert_int_equal(n, 1);
    }
}

static void a_frame_goes_out_in_the_middle_of_a_long_unit(void **state)
{
    (void)state;
    static uint8_t text[1000], heard[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\n';
    struct blob b = { 0 };
    uint32_t n;
    wire.room = 10;
    say(&b, text, sizeof text);
    fake_settle();
    framed.frames.ops->send(&framed.frames, 1, 1, NULL, 0);
    fake_uart_drain(&wire, 10);
    const char *begin = memchr(wire.sent, 0xFE, wire.sent_len);
    assert_non_null(begin);
    assert_true(begin - wire.sent <= 64);
    assert_int_equal(heard_text(heard, &n), sizeof text);
    assert_int_equal(n, 1);
}

static void frames_do_not_reach_who_reads_text(void **state)
{
    (void)state;
    uint8_t bytes[128], payload[] = { 0, 1, 0xFD, 0xFE, 0xFF, 'a' };
    size_t n = 0;
    bytes[n++] = 'l';
    n +=
        make_frame(bytes + n, sizeof bytes - n, 5, 77, payload, sizeof payload);
    bytes[n++] = 's';
    for (size_t step = 1; step <= n; step++) {
        setup(NULL);
        for (size_t at = 0; at < n; at += step)
            arrive(bytes + at, step < n - at ? step : n - at);
        assert_int_equal(frames, 0); /* not from inside the interrupt */
        fake_settle();
        assert_int_equal(typed_len, 2);
        assert_memory_equal(typed, "ls", 2);
        assert_int_equal(frames, 1);
        assert_int_equal(last_type, 5);
        assert_int_equal(last_sequence, 77);
        assert_int_equal(last_len, sizeof payload);
        assert_memory_equal(last, payload, sizeof payload);
        fake_end();
    }
    fake_boot(NULL, 0);
}

static void a_payload_that_is_held_stays_and_asking_is_heard(void **state)
{
    (void)state;
    static uint8_t bytes[1400], payload[PROTO_PAYLOAD_MAX], other[300];
    memset(payload, 7, sizeof payload);
    memset(other, 8, sizeof other);
    holds = true;
    size_t n = make_frame(bytes, sizeof bytes, 5, 1, payload, sizeof payload);
    arrive(bytes, n);
    fake_settle();
    assert_int_equal(frames, 1);
    const uint8_t *held = last_at;
    n = make_frame(bytes, sizeof bytes, 5, 2, other, sizeof other);
    arrive(bytes, n);
    fake_settle();
    assert_int_equal(frames, 1);
    assert_int_equal(damages, 1);
    assert_int_equal(typed_len, 0);
    n = make_frame(bytes, sizeof bytes, 6, 3, NULL, 0);
    arrive(bytes, n);
    fake_settle();
    assert_int_equal(frames, 2);
    assert_int_equal(last_sequence, 3);
    assert_memory_equal(held, payload, sizeof payload);
    holds = false;
    framed.frames.ops->hold(&framed.frames, false);
    n = make_frame(bytes, sizeof bytes, 5, 4, other, sizeof other);
    arrive(bytes, n);
    fake_settle();
    assert_int_equal(frames, 3);
    assert_int_equal(last_len, sizeof other);
}

static void two_frames_at_once_do_not_mix(void **state)
{
    (void)state;
    uint8_t bytes[128], a[20], b[20];
    memset(a, 1, sizeof a);
    memset(b, 2, sizeof b);
    size_t n = make_frame(bytes, sizeof bytes, 1, 1, a, sizeof a);
    n += make_frame(bytes + n, sizeof bytes - n, 2, 2, b, sizeof b);
    arrive(bytes, n);
    fake_settle();
    assert_int_equal(frames, 1);
    assert_memory_equal(last, a, sizeof a);
}

static void a_frame_cut_off_by_silence_gives_the_line_back(void **state)
{
    (void)state;
    arrive((const uint8_t *)"\xfe\x01\x02", 3);
    arrive((const uint8_t *)"me", 2);
    assert_int_equal(typed_len, 0);
    fake_pass_ms(2100);
    arrive((const uint8_t *)"help", 4);
    assert_int_equal(typed_len, 4);
    assert_memory_equal(typed, "help", 4);
}

/* Frames of text with a byte changed, lost or doubled anywhere behind BEGIN, or
 * let go while half there: no letter of them is typed. */
static void what_is_left_of_a_frame_is_never_typed(void **state)
{
    (void)state;
    uint8_t bytes[128], spoilt[128];
    for (size_t at = 1; at < 40; at++)
        for (uint32_t how = 0; how < 4; how++) {
            setup(NULL);
            size_t n = make_frame(bytes, sizeof bytes, 5, 1,
                                  (const uint8_t *)"\rpanic\rpanic\rpanic\r"
                                                   "panic\r",
                                  25);
            if (at >= n - 1)
                break;
            memcpy(spoilt, bytes, n);
            if (how == 0)
                spoilt[at] = PROTO_ESCAPE;
            if (how == 1)
                memmove(spoilt + at, bytes + at + 1, n - at - 1);
            if (how == 2)
                memmove(spoilt + at + 1, bytes + at, n - at);
            n = how == 1 ? n - 1 : how == 2 ? n + 1 : n;
            arrive(spoilt, at);
            if (how == 3) {
                framed.is_in_use = framed.is_held = true;
                framed.frames.ops->hold(&framed.frames, false);
            }
            arrive(spoilt + at, n - at);
            fake_settle();
            assert_int_equal(typed_len, 0);
            arrive((const uint8_t *)"x", 1);
            assert_int_equal(typed_len, 1);
            fake_end();
        }
    fake_boot(NULL, 0);
}

static void damage_is_told_once_it_is_seen(void **state)
{
    (void)state;
    uint8_t bytes[64];
    size_t n = make_frame(bytes, sizeof bytes, 1, 1, (const uint8_t *)"ab", 2);
    bytes[6] ^= 1;
    arrive(bytes, n);
    fake_settle();
    assert_int_equal(frames, 0);
    assert_int_equal(damages, 1);
}

static void a_panic_ends_the_frame_that_is_half_out(void **state)
{
    (void)state;
    static uint8_t body[PROTO_BODY_MAX], payload[40];
    wire.room = 12;
    framed.frames.ops->send(&framed.frames, 1, 1, payload, sizeof payload);
    fake_settle();
    for (const char *c = "panic"; *c; c++)
        framed.uart.ops->put(&framed.uart, (uint8_t)*c);
    struct proto_decoder d;
    char text[16] = { 0 };
    size_t n = 0;
    proto_decoder_init(&d, body, sizeof body);
    for (size_t i = 0; i < wire.sent_len; i++)
        if (proto_decode(&d, (uint8_t)wire.sent[i]) == PROTO_TEXT)
            text[n++] = (char)d.text;
    assert_string_equal(text, "panic");
}

/* However much of it the wire has taken. */
static void a_panic_ends_the_escaped_byte_that_is_half_out(void **state)
{
    (void)state;
    for (size_t taken = 0; taken <= 2; taken++) {
        const uint8_t special = PROTO_BEGIN;
        wire.room = taken;
        wire.sent_len = 0;
        assert_int_equal(framed.uart.ops->send(&framed.uart, &special, 1), 1);
        framed.uart.ops->put(&framed.uart, '!');
        assert_int_equal(wire.sent_len, 3);
        assert_memory_equal(wire.sent,
                            "\xFD\xDE"
                            "!",
                            3);
    }
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(no_text_is_taken_for_a_frame_whatever_it_is),
        T(a_frame_goes_out_in_the_middle_of_a_long_unit),
        T(frames_do_not_reach_who_reads_text),
        T(a_payload_that_is_held_stays_and_asking_is_heard),
        T(two_frames_at_once_do_not_mix),
        T(a_frame_cut_off_by_silence_gives_the_line_back),
        T(what_is_left_of_a_frame_is_never_typed),
        T(damage_is_told_once_it_is_seen),
        T(a_panic_ends_the_frame_that_is_half_out),
        T(a_panic_ends_the_escaped_byte_that_is_half_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
