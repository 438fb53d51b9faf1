/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/tbf_object.h>

void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

void put32(uint8_t *p, uint32_t v)
{
    put16(p, v & 0xFFFF);
    put16(p + 2, v >> 16);
}

static uint32_t get32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

struct object *object_new(void)
{
    static struct object o;
    memset(&o, 0, sizeof o);
    o.header = TBF_BASE_SIZE;
    return &o;
}

void object_add(struct object *o, uint32_t type, const void *payload,
                uint32_t len)
{
    put16(o->bytes + o->header, type);
    put16(o->bytes + o->header + 2, len);
    if (len)
        memcpy(o->bytes + o->header + 4, payload, len);
    o->header += 4 + ((len + 3) & ~3u);
}

void object_add_words(struct object *o, uint32_t type, uint32_t count,
                      const uint32_t *words)
{
    uint8_t payload[64];
    assert_true(count <= 16);
    for (uint32_t i = 0; i < count; i++)
        put32(payload + 4 * i, words[i]);
    object_add(o, type, payload, 4 * count);
}

void object_checksum(struct object *o)
{
    uint32_t sum = 0;
    put32(o->bytes + TBF_AT_CHECKSUM, 0);
    for (uint32_t i = 0; i + 4 <= o->header; i += 4)
        sum ^= get32(o->bytes + i);
    put32(o->bytes + TBF_AT_CHECKSUM, sum);
}

void object_seal(struct object *o, uint32_t body)
{
    o->total = o->header + body;
    assert_true(o->total <= sizeof o->bytes);
    memset(o->bytes + o->header, 0xA5, body);
    put16(o->bytes + TBF_AT_VERSION, 2);
    put16(o->bytes + TBF_AT_HEADER_SIZE, o->header);
    put32(o->bytes + TBF_AT_TOTAL_SIZE, o->total);
    put32(o->bytes + TBF_AT_FLAGS, TBF_FLAG_ENABLED);
    object_checksum(o);
}

static enum tbf_error parse_at(const uint8_t *bytes, uint32_t avail,
                               uint32_t shift, struct tbf *out)
{
    uint8_t *block = malloc(avail + shift + (avail + shift == 0));
    assert_non_null(block);
    if (avail)
        memcpy(block + shift, bytes, avail);
    enum tbf_error e = tbf_parse(block + shift, avail, out);
    free(block);
    return e;
}

enum tbf_error parse_bytes(const uint8_t *bytes, uint32_t avail,
                           struct tbf *out)
{
    struct tbf other;
    enum tbf_error e = parse_at(bytes, avail, 0, out);
    assert_int_equal(parse_at(bytes, avail, 1, &other), e);
    assert_memory_equal(out, &other, offsetof(struct tbf, is_padding));
    return e;
}

enum tbf_error parse(const struct object *o, struct tbf *out)
{
    return parse_bytes(o->bytes, o->total, out);
}

#define BODY 64u

struct object *app_new(void)
{
    struct object *o = object_new();
    ADD_WORDS(o, TBF_TLV_PROGRAM, 0, 0, 2048, 0, 7);
    return o;
}

void complete(struct object *o)
{
    put32(o->bytes + TBF_BASE_SIZE + 4 + 12, o->header + BODY);
    object_seal(o, BODY);
}

enum tbf_error app_parse(struct object *o, struct tbf *out)
{
    complete(o);
    return parse(o, out);
}
