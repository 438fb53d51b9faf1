/* SPDX-License-Identifier: Apache-2.0 */
/* The codec of the serial line.
 * SOURCES: loader/proto.c pic/crc32.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <berth/crc32.h>
#include <berth/proto.h>

/* What a decoder made of a row of bytes. */
struct heard {
    uint8_t text[4096];
    size_t text_len;
    uint8_t frame[PROTO_PAYLOAD_MAX];
    uint32_t frames, faults;
    uint16_t frame_len, sequence;
    uint8_t type, last_fault;
};

static uint8_t body[PROTO_BODY_MAX];

static void hear(struct heard *h, struct proto_decoder *d, const uint8_t *bytes,
                 size_t len)
{
    for (size_t i = 0; i < len; i++) {
        switch (proto_decode(d, bytes[i])) {
        case PROTO_TEXT:
            assert_true(h->text_len < sizeof h->text);
            h->text[h->text_len++] = d->text;
            break;
        case PROTO_FRAME:
            h->frames++;
            h->type = d->type;
            h->sequence = d->sequence;
            h->frame_len = d->len;
            memcpy(h->frame, d->payload, d->len);
            break;
        case PROTO_FAULT:
            h->faults++;
            h->last_fault = d->fault;
            break;
        case PROTO_NOTHING:
            break;
        }
    }
}

static struct heard heard_of(const uint8_t *bytes, size_t len)
{
    struct heard h = { 0 };
    struct proto_decoder d;
    proto_decoder_init(&d, body, sizeof body);
    hear(&h, &d, bytes, len);
    return h;
}

static size_t encode(uint8_t *wire, size_t cap, uint8_t type, uint16_t sequence,
                     const uint8_t *payload, size_t len, size_t step)
{
    struct proto_encoder e;
    size_t n, all = 0;
    proto_send(&e, type, sequence, payload, len);
    while ((n = proto_encode(&e, wire + all, step)) > 0) {
        all += n;
        assert_true(all + step <= cap);
    }
    return all;
}

static void the_crc_is_that_of_zlib(void **state)
{
    (void)state;
    const uint8_t check[] = "123456789";
    assert_int_equal(crc32_add(0, check, 9), 0xCBF43926);
    assert_int_equal(crc32_add(crc32_add(0, check, 4), check + 4, 5),
                     0xCBF43926);
    assert_int_equal(crc32_add(0, check, 0), 0);
}

static void a_frame_on_the_wire_is_these_bytes(void **state)
{
    (void)state;
    const uint8_t payload[] = { 0x00, 0xFD, 0xFE, 0xFF, 0x41 };
    /* The CRC of 01 07 34 12 00 fd fe ff 41. */
    const uint8_t head[] = { 1, 7, 0x34, 0x12 };
    uint32_t crc = crc32_add(crc32_add(0, head, 4), payload, 5);
    assert_int_equal(crc, 0xB02C37F1);
    const uint8_t want[] = { 0xFE, 1,    7,    0x34, 0x12, 0x00,
                             0xFD, 0xDD, 0xFD, 0xDE, 0xFD, 0xDF,
                             0x41, 0xF1, 0x37, 0x2C, 0xB0, 0xFF };
    uint8_t wire[64];
    size_t len = encode(wire, sizeof wire, 7, 0x1234, payload, 5, 1);
    assert_int_equal(len, sizeof want);
    assert_memory_equal(wire, want, sizeof want);
}

static void every_length_comes_back_in_any_pieces(void **state)
{
    (void)state;
    uint8_t payload[PROTO_PAYLOAD_MAX], wire[2 * PROTO_BODY_MAX + 600];
    srand(1);
    for (size_t len = 0; len <= PROTO_PAYLOAD_MAX; len++) {
        for (size_t i = 0; i < len; i++)
            payload[i] = (uint8_t)(len % 3 ? rand() : 0xFC + rand() % 4);
        size_t n = encode(wire, sizeof wire, (uint8_t)len, (uint16_t)(len * 77),
                          payload, len, 1 + len % 40);
        assert_int_equal(wire[0], PROTO_BEGIN);
        assert_int_equal(wire[n - 1], PROTO_END);
        for (size_t i = 1; i < n - 1; i++)
            assert_true(wire[i] != PROTO_BEGIN && wire[i] != PROTO_END);
        struct heard h = heard_of(wire, n);
        assert_int_equal(h.frames, 1);
        assert_int_equal(h.faults, 0);
        assert_int_equal(h.text_len, 0);
        assert_int_equal(h.type, (uint8_t)len);
        assert_int_equal(h.sequence, (uint16_t)(len * 77));
        assert_int_equal(h.frame_len, len);
        assert_memory_equal(h.frame, payload, len);
    }
}

static void text_of_every_value_stays_text(void **state)
{
    (void)state;
    uint8_t wire[512], plain[256];
    size_t n = 0;
    for (uint32_t value = 0; value < 256; value++) {
        plain[value] = (uint8_t)value;
        n += proto_text(wire + n, (uint8_t)value);
    }
    assert_int_equal(n, 256 + 3);
    struct heard h = heard_of(wire, n);
    assert_int_equal(h.frames + h.faults, 0);
    assert_int_equal(h.text_len, 256);
    assert_memory_equal(h.text, plain, 256);
}

/* An app prints a whole frame, byte by byte. */
static void a_frame_inside_text_stays_text(void **state)
{
    (void)state;
    uint8_t frame[64], wire[128];
    const uint8_t payload[] = "install me";
    size_t len = encode(frame, sizeof frame, 1, 2, payload, 10, 8), n = 0;
    for (size_t i = 0; i < len; i++)
        n += proto_text(wire + n, frame[i]);
    struct heard h = heard_of(wire, n);
    assert_int_equal(h.frames + h.faults, 0);
    assert_int_equal(h.text_len, len);
    assert_memory_equal(h.text, frame, len);
}

static void no_single_wrong_bit_is_taken_for_a_frame(void **state)
{
    (void)state;
    uint8_t payload[40], wire[128];
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)(i * 37);
    size_t len = encode(wire, sizeof wire, 3, 9, payload, sizeof payload, 16);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(heard_of(wire, len).frames, 0);
        wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void what_is_lost_costs_one_frame(void **state)
{
    (void)state;
    uint8_t first[64], second[64], wire[128];
    const uint8_t a[] = { 1, 2, 0xFE, 4 }, b[] = { 5, 6 };
    size_t n = encode(first, sizeof first, 1, 1, a, sizeof a, 8);
    size_t m = encode(second, sizeof second, 2, 2, b, sizeof b, 8);
    for (size_t gone = 0; gone < n; gone++) {
        memcpy(wire, first, gone);
        memcpy(wire + gone, first + gone + 1, n - gone - 1);
        memcpy(wire + n - 1, second, m);
        struct heard h = heard_of(wire, n - 1 + m);
        assert_int_equal(h.frames, 1);
        assert_int_equal(h.type, 2);
        assert_memory_equal(h.frame, b, sizeof b);
    }
}

static void expect_fault(const uint8_t *bytes, size_t len,
                         enum proto_fault fault)
{
    struct heard h = heard_of(bytes, len);
    assert_int_equal(h.frames, 0);
    assert_int_equal(h.faults, 1);
    assert_int_equal(h.last_fault, fault);
}

static void each_fault_is_named(void **state)
{
    (void)state;
    uint8_t wire[1200], payload[4] = { 0 };
    expect_fault((const uint8_t *)"\xfe\xff", 2, PROTO_TOO_SHORT);
    expect_fault((const uint8_t *)"\xfe\x01\x02\x03\x04\x05\x06\x07\xff", 9,
                 PROTO_TOO_SHORT);
    expect_fault((const uint8_t *)"\xfe\x01\x02\x03\x04\x05\x06\x07\x08\xff",
                 10, PROTO_BAD_CRC);
    expect_fault((const uint8_t *)"\xfe\xfd\x41", 3, PROTO_BAD_ESCAPE);
    expect_fault((const uint8_t *)"\xfe\xfd\xfd", 3, PROTO_BAD_ESCAPE);
    expect_fault((const uint8_t *)"\xfe\xfd\xff", 3, PROTO_BAD_ESCAPE);
    expect_fault((const uint8_t *)"\xfe\x01\xfe", 3, PROTO_CUT);
    memset(wire, 7, sizeof wire);
    wire[0] = PROTO_BEGIN;
    expect_fault(wire, 1 + PROTO_BODY_MAX + 1, PROTO_TOO_LONG);
    /* Version 2, with a CRC that is right. */
    uint8_t raw[] = { 2, 1, 0, 0 };
    uint32_t crc = crc32_add(0, raw, 4);
    size_t n = 0;
    wire[n++] = PROTO_BEGIN;
    for (size_t i = 0; i < 4; i++)
        n += proto_text(wire + n, raw[i]);
    for (size_t i = 0; i < 4; i++)
        n += proto_text(wire + n, (uint8_t)(crc >> 8 * i));
    wire[n++] = PROTO_END;
    expect_fault(wire, n, PROTO_BAD_VERSION);
    n = encode(wire, sizeof wire, 1, 1, payload, 4, 8);
    assert_int_equal(heard_of(wire, n).frames, 1);
    for (uint32_t f = 0; f <= PROTO_CUT; f++)
        assert_string_not_equal(proto_fault_text(f), "unknown");
    assert_string_equal(proto_fault_text(99), "unknown");
}

static void a_small_buffer_refuses_what_does_not_fit(void **state)
{
    (void)state;
    uint8_t small[PROTO_HEAD + PROTO_CRC + 3], wire[64], payload[4] = { 0 };
    for (size_t len = 3; len <= 4; len++) {
        struct heard h = { 0 };
        struct proto_decoder d;
        proto_decoder_init(&d, small, sizeof small);
        size_t n = encode(wire, sizeof wire, 1, 1, payload, len, 8);
        hear(&h, &d, wire, n);
        assert_int_equal(h.frames, len == 3);
        assert_int_equal(h.faults, len == 4);
    }
}

static void silence_ends_a_frame(void **state)
{
    (void)state;
    struct proto_decoder d;
    proto_decoder_init(&d, body, sizeof body);
    assert_false(proto_give_up(&d));
    assert_int_equal(proto_decode(&d, PROTO_BEGIN), PROTO_NOTHING);
    assert_int_equal(proto_decode(&d, PROTO_ESCAPE), PROTO_NOTHING);
    assert_true(proto_give_up(&d));
    assert_int_equal(d.fault, PROTO_CUT);
    assert_int_equal(proto_decode(&d, 'x'), PROTO_TEXT);
    assert_int_equal(d.text, 'x');
}

static void a_stray_end_and_a_stray_escape_are_passed_over(void **state)
{
    (void)state;
    const uint8_t wire[] = { 0xFF, 'a',  0xFD, 'b',  0xFD,
                             0xFD, 0xDE, 0xFD, 0xFF, 'c' };
    struct heard h = heard_of(wire, sizeof wire);
    assert_int_equal(h.frames + h.faults, 0);
    assert_int_equal(h.text_len, 4);
    assert_memory_equal(h.text,
                        "ab\xfe"
                        "c",
                        4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_crc_is_that_of_zlib),
        cmocka_unit_test(a_frame_on_the_wire_is_these_bytes),
        cmocka_unit_test(every_length_comes_back_in_any_pieces),
        cmocka_unit_test(text_of_every_value_stays_text),
        cmocka_unit_test(a_frame_inside_text_stays_text),
        cmocka_unit_test(no_single_wrong_bit_is_taken_for_a_frame),
        cmocka_unit_test(what_is_lost_costs_one_frame),
        cmocka_unit_test(each_fault_is_named),
        cmocka_unit_test(a_small_buffer_refuses_what_does_not_fit),
        cmocka_unit_test(silence_ends_a_frame),
        cmocka_unit_test(a_stray_end_and_a_stray_escape_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
