/* SPDX-License-Identifier: Apache-2.0 */
/* The TBF parser over well-formed, malformed and hostile objects.
 * Every object is parsed from a heap block of exactly its size, once aligned
 * and once not, so that the sanitizers see each byte too many.
 * SOURCES: pic/tbf.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pic/reloc.h>

/* An object under construction: header entries first, then the body. */
struct object {
    uint8_t bytes[70000];
    uint32_t header;
    uint32_t total;
};

static void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v & 0xFFFF);
    put16(p + 2, v >> 16);
}

static uint32_t get32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static struct object *object_new(void)
{
    static struct object o;
    memset(&o, 0, sizeof o);
    o.header = TBF_BASE_SIZE;
    return &o;
}

static void object_add(struct object *o, uint32_t type, const void *payload,
                       uint32_t len)
{
    put16(o->bytes + o->header, type);
    put16(o->bytes + o->header + 2, len);
    if (len)
        memcpy(o->bytes + o->header + 4, payload, len);
    o->header += 4 + ((len + 3) & ~3u);
}

static void object_add_words(struct object *o, uint32_t type, uint32_t count,
                             const uint32_t *words)
{
    uint8_t payload[64];
    assert_true(count <= 16);
    for (uint32_t i = 0; i < count; i++)
        put32(payload + 4 * i, words[i]);
    object_add(o, type, payload, 4 * count);
}

#define ADD_WORDS(o, type, ...)                                                \
    object_add_words(o, type,                                                  \
                     sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t),   \
                     (uint32_t[]){ __VA_ARGS__ })

static void object_checksum(struct object *o)
{
    uint32_t sum = 0;
    put32(o->bytes + TBF_AT_CHECKSUM, 0);
    for (uint32_t i = 0; i + 4 <= o->header; i += 4)
        sum ^= get32(o->bytes + i);
    put32(o->bytes + TBF_AT_CHECKSUM, sum);
}

/* Give the object a body of `body` bytes and a valid base header. */
static void object_seal(struct object *o, uint32_t body)
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

static enum tbf_error parse_bytes(const uint8_t *bytes, uint32_t avail,
                                  struct tbf *out)
{
    struct tbf other;
    enum tbf_error e = parse_at(bytes, avail, 0, out);
    assert_int_equal(parse_at(bytes, avail, 1, &other), e);
    assert_memory_equal(out, &other, offsetof(struct tbf, is_padding));
    return e;
}

static enum tbf_error parse(const struct object *o, struct tbf *out)
{
    return parse_bytes(o->bytes, o->total, out);
}

#define BODY 64u

/* A sound object with Program, to which the caller adds entries. The binary
 * end is set by complete(), when the header's size is known. */
static struct object *app_new(void)
{
    struct object *o = object_new();
    ADD_WORDS(o, TBF_TLV_PROGRAM, 0, 0, 2048, 0, 7);
    return o;
}

static void complete(struct object *o)
{
    put32(o->bytes + TBF_BASE_SIZE + 4 + 12, o->header + BODY);
    object_seal(o, BODY);
}

static enum tbf_error app_parse(struct object *o, struct tbf *out)
{
    complete(o);
    return parse(o, out);
}

/* --- the walk --------------------------------------------------------- */

static void a_place_without_version_2_ends_the_chain(void **state)
{
    (void)state;
    static const uint8_t places[][16] = {
        { 0 },                                              /* zeroed */
        { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, /* erased */
        { 1, 0, 16, 0, 16, 0, 0, 0 },
        { 3, 0, 16, 0, 16, 0, 0, 0 },
        { 2, 1, 16, 0, 16, 0, 0, 0 }, /* version 0x0102 */
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct tbf t;
        assert_int_equal(parse_bytes(places[i], 16, &t), TBF_END);
        assert_int_equal(parse_bytes(places[i], 8, &t), TBF_END);
    }
}

static void fewer_than_8_bytes_are_the_end_of_the_region(void **state)
{
    (void)state;
    struct object *o = app_new();
    complete(o);
    struct tbf t;
    for (uint32_t avail = 0; avail < 8; avail++)
        assert_int_equal(parse_bytes(o->bytes, avail, &t), TBF_END_OF_REGION);
}

static void every_truncation_of_an_object_is_noticed(void **state)
{
    (void)state;
    struct object *o = app_new();
    complete(o);
    struct tbf t;
    for (uint32_t avail = 8; avail < o->total; avail++)
        assert_int_equal(parse_bytes(o->bytes, avail, &t), TBF_BAD_TOTAL_SIZE);
    assert_int_equal(parse_bytes(o->bytes, o->total, &t), TBF_OK);
    assert_int_equal(parse_bytes(o->bytes, o->total + 100, &t), TBF_OK);
    assert_int_equal(t.total_size, o->total);
}

static void an_impossible_total_size_ends_the_walk(void **state)
{
    (void)state;
    struct object *o = app_new();
    complete(o);
    const uint32_t sizes[] = { 0,          4,          12,           15,
                               17,         18,         o->total + 4, 0x80000000,
                               0xFFFFFFFC, 0xFFFFFFFF, o->total - 1 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct tbf t;
        put32(o->bytes + TBF_AT_TOTAL_SIZE, sizes[i]);
        object_checksum(o);
        assert_int_equal(parse(o, &t), TBF_BAD_TOTAL_SIZE);
    }
}

static void an_impossible_header_size_condemns_one_object(void **state)
{
    (void)state;
    struct object *o = app_new();
    complete(o);
    const uint32_t sizes[] = { 0,  4,  12,           15,     17,
                               18, 41, o->total + 4, 0xFFFC, 0xFFFF };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct tbf t;
        put16(o->bytes + TBF_AT_HEADER_SIZE, sizes[i]);
        object_checksum(o);
        assert_int_equal(parse(o, &t), TBF_BAD_HEADER_SIZE);
        assert_int_equal(t.total_size, o->total);
    }
}

static void each_single_flipped_header_bit_is_noticed(void **state)
{
    (void)state;
    struct object *o = app_new();
    object_add(o, TBF_TLV_NAME, "flip", 4);
    complete(o);
    for (uint32_t bit = 0; bit < 8 * o->header; bit++) {
        struct tbf t;
        o->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(parse(o, &t), TBF_OK);
        o->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void a_wrong_checksum_still_tells_where_the_next_object_is(void **state)
{
    (void)state;
    struct object *o = app_new();
    complete(o);
    o->bytes[TBF_AT_CHECKSUM] ^= 1;
    struct tbf t;
    assert_int_equal(parse(o, &t), TBF_BAD_CHECKSUM);
    assert_int_equal(t.total_size, o->total);
}

static void a_header_of_16_bytes_is_padding(void **state)
{
    (void)state;
    for (uint32_t body = 0; body <= 8; body += 4) {
        struct object *o = object_new();
        object_seal(o, body);
        struct tbf t;
        assert_int_equal(parse(o, &t), TBF_OK);
        assert_true(t.is_padding);
        assert_int_equal(t.total_size, 16 + body);
        assert_int_equal(t.name.len, 0);
    }
}

static void padding_with_a_wrong_checksum_is_refused(void **state)
{
    (void)state;
    struct object *o = object_new();
    object_seal(o, 32);
    o->bytes[TBF_AT_FLAGS] ^= 1;
    struct tbf t;
    assert_int_equal(parse(o, &t), TBF_BAD_CHECKSUM);
}

static void only_three_errors_end_the_walk(void **state)
{
    (void)state;
    for (int e = TBF_OK; e <= TBF_BAD_RELOCATION; e++) {
        bool ends =
            e == TBF_END || e == TBF_END_OF_REGION || e == TBF_BAD_TOTAL_SIZE;
        assert_int_equal(tbf_ends_walk((enum tbf_error)e), ends);
    }
}

/* --- Main and Program -------------------------------------------------- */

static void program_says_where_the_binary_is(void **state)
{
    (void)state;
    struct object *o = object_new();
    ADD_WORDS(o, TBF_TLV_PROGRAM, 8 + 2, 8, 4096, 40 + 8 + 16, 9);
    object_seal(o, 32); /* 8 trailer, 16 binary, 8 footers */
    struct tbf t;
    assert_int_equal(parse(o, &t), TBF_OK);
    assert_false(t.is_padding);
    assert_int_equal(t.header_size, 40);
    assert_int_equal(t.flags, TBF_FLAG_ENABLED);
    assert_int_equal(t.init_offset, 40 + 10);
    assert_int_equal(t.protected_size, 48);
    assert_int_equal(t.minimum_ram, 4096);
    assert_int_equal(t.binary_end, 64);
    assert_int_equal(t.version, 9);
    assert_int_equal(t.fixed_ram, TBF_NO_ADDRESS);
    assert_int_equal(t.fixed_flash, TBF_NO_ADDRESS);
    assert_int_equal(t.short_id, 0);
    assert_false(t.has_kernel_version);
}

static void main_alone_means_no_footers_and_version_0(void **state)
{
    (void)state;
    struct object *o = object_new();
    ADD_WORDS(o, TBF_TLV_MAIN, 4, 4, 1000);
    object_seal(o, 32);
    struct tbf t;
    assert_int_equal(parse(o, &t), TBF_OK);
    assert_int_equal(t.init_offset, 32 + 4);
    assert_int_equal(t.protected_size, 32 + 4);
    assert_int_equal(t.minimum_ram, 1000);
    assert_int_equal(t.binary_end, o->total);
    assert_int_equal(t.version, 0);
}

static void program_is_preferred_wherever_it_stands(void **state)
{
    (void)state;
    for (int main_first = 0; main_first < 2; main_first++) {
        struct object *o = object_new();
        if (main_first)
            ADD_WORDS(o, TBF_TLV_MAIN, 0, 0, 111);
        ADD_WORDS(o, TBF_TLV_PROGRAM, 2, 0, 222, 60, 5);
        if (!main_first)
            ADD_WORDS(o, TBF_TLV_MAIN, 0, 0, 111);
        object_seal(o, 32);
        struct tbf t;
        assert_int_equal(parse(o, &t), TBF_OK);
        assert_int_equal(t.minimum_ram, 222);
        assert_int_equal(t.init_offset, 56 + 2);
        assert_int_equal(t.binary_end, 60);
        assert_int_equal(t.version, 5);
    }
}

static void the_first_of_several_main_or_program_wins(void **state)
{
    (void)state;
    struct object *o = object_new();
    ADD_WORDS(o, TBF_TLV_MAIN, 0, 0, 1);
    ADD_WORDS(o, TBF_TLV_MAIN, 0, 0, 2);
    object_seal(o, 32);
    struct tbf t;
    assert_int_equal(parse(o, &t), TBF_OK);
    assert_int_equal(t.minimum_ram, 1);

    o = object_new();
    ADD_WORDS(o, TBF_TLV_PROGRAM, 0, 0, 3, 80, 1);
    ADD_WORDS(o, TBF_TLV_PROGRAM, 0, 0, 4, 84, 2);
    object_seal(o, 32);
    assert_int_equal(parse(o, &t), TBF_OK);
    assert_int_equal(t.minimum_ram, 3);
    assert_int_equal(t.version, 1);
}

static void without_main_and_program_all_behind_the_header_is_binary(
    void **state)
{
    (void)state;
    struct object *o = object_new();
    object_add(o, TBF_TLV_NAME, "bare", 4);
    object_seal(o, 8);
    struct tbf t;
    assert_int_equal(parse(o, &t), TBF_OK);
    assert_int_equal(t.init_offset, 24);
    assert_int_equal(t.protected_size, 24);
    assert_int_equal(t.minimum_ram, 0);
    assert_int_equal(t.binary_end, 32);
    object_seal(o, 0); /* no binary: nothing to enter */
    assert_int_equal(parse(o, &t), TBF_BAD_ENTRY);
}

struct layout_case {
    uint32_t init, trailer, end; /* as in the TLV; header 40, total 104 */
    enum tbf_error expected;
};

static void entry_and_binary_end_are_checked_to_the_byte(void **state)
{
    (void)state;
    static const struct layout_case cases[] = {
        { 0, 0, 104, TBF_OK },
        { 62, 0, 104, TBF_OK },        /* last two bytes */
        { 64, 0, 104, TBF_BAD_ENTRY }, /* first byte behind */
        { 63, 0, 104, TBF_BAD_ENTRY }, /* odd */
        { 1, 0, 104, TBF_BAD_ENTRY },
        { 16, 16, 104, TBF_OK },        /* first byte of the binary */
        { 14, 16, 104, TBF_BAD_ENTRY }, /* in the trailer */
        { 0, 16, 104, TBF_BAD_ENTRY },
        { 0xFFFFFFFE, 0, 104, TBF_BAD_ENTRY },
        { 0xFFFFFFD8, 0, 104, TBF_BAD_ENTRY }, /* header + init wraps to 0 */
        { 0, 0, 100, TBF_OK },
        { 60, 0, 100, TBF_BAD_ENTRY }, /* in the footers */
        { 0, 0, 103, TBF_OK },
        { 0, 0, 105, TBF_BAD_BINARY_END },
        { 0, 0, 0xFFFFFFFF, TBF_BAD_BINARY_END },
        { 0, 0, 42, TBF_OK },
        { 0, 0, 40, TBF_BAD_ENTRY },      /* empty binary */
        { 0, 0, 39, TBF_BAD_BINARY_END }, /* ends inside the header */
        { 0, 0, 0, TBF_BAD_BINARY_END },
        { 60, 60, 104, TBF_OK },
        { 64, 64, 104, TBF_BAD_ENTRY }, /* empty binary behind a trailer */
        { 64, 65, 104, TBF_BAD_BINARY_END },
        { 20, 20, 59, TBF_BAD_BINARY_END }, /* ends inside the trailer */
        { 0, 0xFFFFFFD8, 104, TBF_BAD_BINARY_END }, /* header + it wraps to 0 */
        { 0, 0xFFFFFFFF, 104, TBF_BAD_BINARY_END },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct layout_case *c = &cases[i];
        struct object *o = object_new();
        ADD_WORDS(o, TBF_TLV_PROGRAM, c->init, c->trailer, 0, c->end, 0);
        object_seal(o, 64);
        struct tbf t;
        enum tbf_error e = parse(o, &t);
        if (e != c->expected)
            print_error("case %zu: %s\n", i, tbf_error_text(e));
        assert_int_equal(e, c->expected);
    }
}

static void main_with_a_trailer_beyond_the_object_is_refused(void **state)
{
    (void)state;
    struct object *o = object_new();
    ADD_WORDS(o, TBF_TLV_MAIN, 0, 33, 0);
    object_seal(o, 32);
    struct tbf t;
    assert_int_equal(parse(o, &t), TBF_BAD_BINARY_END);
}

/* --- other entries ------------------------------------------------------ */

static void entries_of_fixed_length_must_have_it(void **state)
{
    (void)state;
    static const struct {
        uint32_t type, len;
    } exact[] = {
        { TBF_TLV_MAIN, 12 },          { TBF_TLV_FIXED_ADDRESSES, 8 },
        { TBF_TLV_KERNEL_VERSION, 4 }, { TBF_TLV_PROGRAM, 20 },
        { TBF_TLV_SHORT_ID, 4 },
    };
    static const uint8_t payload[64];
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
        for (uint32_t len = 0; len <= 40; len++) {
            struct object *o = app_new();
            object_add(o, exact[i].type, payload, len);
            struct tbf t;
            assert_int_equal(app_parse(o, &t),
                             len == exact[i].len ? TBF_OK : TBF_BAD_TLV);
            assert_int_equal(t.total_size, o->total);
        }
    }
}

static void an_entry_may_not_run_past_the_header(void **state)
{
    (void)state;
    static const uint32_t types[] = { TBF_TLV_MAIN,        TBF_TLV_NAME,
                                      TBF_TLV_PERMISSIONS, TBF_TLV_STORAGE,
                                      TBF_TLV_RELOCATION,  0x1234 };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        for (uint32_t len = 9; len <= 0xFFFF; len += len < 20 ? 1 : 9999) {
            struct object *o = app_new();
            object_add(o, types[i], "12345678", 8);
            put16(o->bytes + o->header - 10, len);
            struct tbf t;
            assert_int_equal(app_parse(o, &t), TBF_TLV_OVERRUN);
        }
    }
}

static void unknown_entries_are_skipped_whatever_their_length(void **state)
{
    (void)state;
    static const uint32_t types[] = { 0,   4,   11,     127,    128,
                                      129, 255, 0x7FFF, 0x8000, 0xFFFF };
    static const uint8_t noise[32] = { 0xFF, 0xFF, 0x80, 2 };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        for (uint32_t len = 0; len < 32; len++) {
            struct object *o = app_new();
            object_add(o, types[i], noise, len);
            object_add(o, TBF_TLV_NAME, "kept", 4);
            struct tbf t;
            assert_int_equal(app_parse(o, &t), TBF_OK);
            assert_int_equal(t.name.len, 4);
            assert_int_equal(t.name.offset, o->header - 4);
            assert_memory_equal(o->bytes + t.name.offset, "kept", 4);
        }
    }
}

static void of_the_other_entries_the_last_wins(void **state)
{
    (void)state;
    struct object *o = app_new();
    object_add(o, TBF_TLV_NAME, "first", 5);
    object_add(o, TBF_TLV_NAME, "second", 6);
    ADD_WORDS(o, TBF_TLV_FIXED_ADDRESSES, 1, 2);
    ADD_WORDS(o, TBF_TLV_FIXED_ADDRESSES, 3, 4);
    ADD_WORDS(o, TBF_TLV_KERNEL_VERSION, 0x00010002);
    ADD_WORDS(o, TBF_TLV_KERNEL_VERSION, 0x00030002);
    ADD_WORDS(o, TBF_TLV_SHORT_ID, 5);
    ADD_WORDS(o, TBF_TLV_SHORT_ID, 6);
    struct tbf t;
    assert_int_equal(app_parse(o, &t), TBF_OK);
    assert_int_equal(t.name.len, 6);
    assert_memory_equal(o->bytes + t.name.offset, "second", 6);
    assert_int_equal(t.fixed_ram, 3);
    assert_int_equal(t.fixed_flash, 4);
    assert_true(t.has_kernel_version);
    assert_int_equal(t.kernel_major, 2);
    assert_int_equal(t.kernel_minor, 3);
    assert_int_equal(t.short_id, 6);
    assert_int_equal(t.descriptor, 0);
}

/* Header 68, trailer 8, binary 76 to 172 of 176: 28 bytes of choice. */
static enum tbf_error relocation_parse(uint32_t version, uint32_t descriptor,
                                       struct tbf *t)
{
    struct object *o = object_new();
    ADD_WORDS(o, TBF_TLV_PROGRAM, 8, 8, 0, 172, 0);
    ADD_WORDS(o, TBF_TLV_SHORT_ID, 1);
    ADD_WORDS(o, TBF_TLV_SHORT_ID, 2);
    ADD_WORDS(o, TBF_TLV_RELOCATION, version, descriptor);
    assert_int_equal(o->header, 68);
    object_seal(o, 108);
    return parse(o, t);
}

static void a_relocation_entry_has_two_words(void **state)
{
    (void)state;
    for (uint32_t len = 0; len <= 16; len++) {
        struct object *o = app_new();
        struct tbf t;
        object_add(o, TBF_TLV_RELOCATION, "\1\0\0\0\x10\0\0\0\0\0\0\0\0\0\0",
                   len);
        assert_int_equal(app_parse(o, &t),
                         len == 8 ? TBF_BAD_RELOCATION : TBF_BAD_TLV);
    }
}

static void a_relocation_entry_names_a_descriptor_in_the_binary(void **state)
{
    (void)state;
    static const struct {
        uint32_t version, descriptor;
        bool is_good;
    } cases[] = {
        { 1, 76, true },      { 1, 104, true },  { 1, 72, false },
        { 1, 108, false },    { 1, 172, false }, { 1, 0, false },
        { 1, 78, false },     { 1, 77, false },  { 0, 76, false },
        { 2, 76, false },     { 1, 68, false },  { 1, 0xFFFFFFFC, false },
        { 0x101, 76, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tbf t;
        enum tbf_error e =
            relocation_parse(cases[i].version, cases[i].descriptor, &t);
        assert_int_equal(e, cases[i].is_good ? TBF_OK : TBF_BAD_RELOCATION);
        if (cases[i].is_good)
            assert_int_equal(t.descriptor, cases[i].descriptor);
    }
}

static void a_name_is_utf_8_without_nul(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t len;
        bool is_good;
    } names[] = {
        { "", 0, true },
        { "blink", 5, true },
        { "\x01\x7F", 2, true },
        { "\xC2\x80", 2, true },         /* U+0080, the least of two bytes */
        { "\xDF\xBF", 2, true },         /* U+07FF */
        { "\xE0\xA0\x80", 3, true },     /* U+0800 */
        { "\xED\x9F\xBF", 3, true },     /* U+D7FF */
        { "\xEE\x80\x80", 3, true },     /* U+E000 */
        { "\xEF\xBF\xBF", 3, true },     /* U+FFFF */
        { "\xF0\x90\x80\x80", 4, true }, /* U+10000 */
        { "\xF4\x8F\xBF\xBF", 4, true }, /* U+10FFFF */
        { "gr\xC3\xBC\xC3\x9F \xF0\x9F\x9A\xA2!", 12, true },
        { "a\0b", 3, false },
        { "\x80", 1, false }, /* continuation without a lead */
        { "\xBF", 1, false },
        { "\xC0\x80", 2, false },         /* U+0000 too long */
        { "\xC1\xBF", 2, false },         /* U+007F too long */
        { "\xE0\x9F\xBF", 3, false },     /* U+07FF too long */
        { "\xF0\x8F\xBF\xBF", 4, false }, /* U+FFFF too long */
        { "\xED\xA0\x80", 3, false },     /* U+D800, surrogate */
        { "\xED\xBF\xBF", 3, false },     /* U+DFFF */
        { "\xF4\x90\x80\x80", 4, false }, /* U+110000 */
        { "\xF5\x80\x80\x80", 4, false },
        { "\xF8\x88\x80\x80\x80", 5, false },
        { "\xFE", 1, false },
        { "\xFF", 1, false },
        { "\xC3", 1, false }, /* cut off */
        { "\xE2\x82", 2, false },
        { "\xF0\x9F\x9A", 3, false },
        { "\xC3(", 2, false }, /* no continuation */
        { "\xE2\x82(", 3, false },
        { "\xE2(\xA1", 3, false },
        { "\xF0\x9F\x9A\xC0", 4, false },
        { "ok then \xFF", 9, false },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct object *o = app_new();
        object_add(o, TBF_TLV_NAME, names[i].text, names[i].len);
        struct tbf t;
        enum tbf_error e = app_parse(o, &t);
        if ((e == TBF_OK) != names[i].is_good)
            print_error("name %zu\n", i);
        assert_int_equal(e, names[i].is_good ? TBF_OK : TBF_BAD_NAME);
    }
}

static void permissions_are_read_back_as_written(void **state)
{
    (void)state;
    uint8_t payload[2 + 32] = { 2, 0 };
    put32(payload + 2, 0x40001);
    put32(payload + 10, 0x01234567);
    put32(payload + 14, 0x89ABCDEF);
    put32(payload + 18, 0x90000000);
    put32(payload + 22, 3);
    put32(payload + 26, 1);
    struct object *o = app_new();
    object_add(o, TBF_TLV_PERMISSIONS, payload, sizeof payload);
    struct tbf t;
    struct tbf_permission p;
    assert_int_equal(app_parse(o, &t), TBF_OK);
    assert_int_equal(t.permissions.len, sizeof payload);
    assert_true(tbf_permission(o->bytes, &t, 0, &p));
    assert_int_equal(p.driver, 0x40001);
    assert_int_equal(p.offset, 0);
    assert_true(p.commands == 0x89ABCDEF01234567u);
    assert_true(tbf_permission(o->bytes, &t, 1, &p));
    assert_int_equal(p.driver, 0x90000000);
    assert_int_equal(p.offset, 3);
    assert_true(p.commands == 1);
    assert_false(tbf_permission(o->bytes, &t, 2, &p));
    assert_false(tbf_permission(o->bytes, &t, 0xFFFFFFFF, &p));
}

static void an_empty_permissions_list_is_a_list(void **state)
{
    (void)state;
    struct object *o = app_new();
    object_add(o, TBF_TLV_PERMISSIONS, "\0", 2);
    struct tbf t;
    struct tbf_permission p;
    assert_int_equal(app_parse(o, &t), TBF_OK);
    assert_int_equal(t.permissions.len, 2);
    assert_false(tbf_permission(o->bytes, &t, 0, &p));
}

static void without_a_permissions_entry_there_is_none_to_read(void **state)
{
    (void)state;
    struct object *o = app_new();
    struct tbf t;
    struct tbf_permission p;
    assert_int_equal(app_parse(o, &t), TBF_OK);
    assert_int_equal(t.permissions.len, 0);
    assert_false(tbf_permission(o->bytes, &t, 0, &p));
}

static void malformed_permissions_are_refused(void **state)
{
    (void)state;
    uint8_t payload[64];
    for (uint32_t len = 0; len <= 50; len++) {
        for (uint32_t count = 0; count < 5; count++) {
            memset(payload, 0, sizeof payload);
            put16(payload, count == 4 ? 0xFFFF : count);
            struct object *o = app_new();
            object_add(o, TBF_TLV_PERMISSIONS, payload, len);
            bool is_good = len == 2 + 16 * count && count != 4;
            struct tbf t;
            assert_int_equal(app_parse(o, &t),
                             is_good ? TBF_OK : TBF_BAD_PERMISSIONS);
        }
    }
}

static void malformed_storage_permissions_are_refused(void **state)
{
    (void)state;
    uint8_t payload[64];
    for (uint32_t len = 0; len <= 40; len++) {
        for (uint32_t reads = 0; reads < 6; reads++) {
            for (uint32_t writes = 0; writes < 6; writes++) {
                memset(payload, 0xFF, sizeof payload);
                put16(payload + 4, reads == 5 ? 0xFFFF : reads);
                put16(payload + 6 + 4 * reads, writes == 5 ? 0xFFFF : writes);
                struct object *o = app_new();
                object_add(o, TBF_TLV_STORAGE, payload, len);
                bool is_good = len == 8 + 4 * reads + 4 * writes &&
                               reads != 5 && writes != 5;
                struct tbf t;
                assert_int_equal(app_parse(o, &t),
                                 is_good ? TBF_OK : TBF_BAD_STORAGE);
            }
        }
    }
}

/* With no body behind the header, one byte too far is outside the object. */
static void malformed_entries_at_the_end_of_an_object_are_not_read_past(
    void **state)
{
    (void)state;
    static const uint8_t payload[] = { 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 };
    for (uint32_t len = 0; len <= sizeof payload; len += 4) {
        struct object *o = object_new();
        object_add(o, TBF_TLV_STORAGE, payload, len);
        object_seal(o, 0);
        struct tbf t;
        assert_int_equal(parse(o, &t),
                         len == 12 ? TBF_BAD_ENTRY : TBF_BAD_STORAGE);
        o = object_new();
        object_add(o, TBF_TLV_PERMISSIONS, payload + 4, len < 8 ? len : 8);
        object_seal(o, 0);
        assert_int_equal(parse(o, &t), TBF_BAD_PERMISSIONS);
    }
}

/* --- writeable flash ----------------------------------------------------- */

static void writeable_regions_add_up_over_all_entries(void **state)
{
    (void)state;
    struct object *o = app_new(); /* header 40 + 12 + 20 + 4 + 12 = 88 */
    ADD_WORDS(o, TBF_TLV_WRITEABLE_FLASH, 88, 4);
    ADD_WORDS(o, TBF_TLV_WRITEABLE_FLASH, 92, 8, 100, 12);
    object_add(o, TBF_TLV_WRITEABLE_FLASH, NULL, 0);
    ADD_WORDS(o, TBF_TLV_WRITEABLE_FLASH, 112, 40);
    struct tbf t;
    assert_int_equal(app_parse(o, &t), TBF_OK);
    assert_int_equal(t.header_size, 88);
    static const struct tbf_span expected[] = {
        { 88, 4 }, { 92, 8 }, { 100, 12 }, { 112, 40 }
    };
    struct tbf_span span;
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(tbf_writeable(o->bytes, &t, i, &span));
        assert_int_equal(span.offset, expected[i].offset);
        assert_int_equal(span.len, expected[i].len);
    }
    assert_false(tbf_writeable(o->bytes, &t, 4, &span));
    assert_false(tbf_writeable(o->bytes, &t, 0xFFFFFFFF, &span));
}

static void a_writeable_region_lies_inside_the_binary(void **state)
{
    (void)state;
    static const struct {
        uint32_t offset, len;
        bool is_good;
    } cases[] = {
        /* header 52, trailer 8, binary 60 to 116, total 120 */
        { 60, 56, true },          { 60, 57, false },
        { 59, 1, false },          { 52, 8, false },
        { 0, 4, false },           { 115, 1, true },
        { 116, 0, true },          { 116, 1, false },
        { 117, 0, false },         { 60, 0xFFFFFFFF, false },
        { 64, 0xFFFFFFC8, false }, { 0xFFFFFFFC, 8, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct object *o = object_new();
        ADD_WORDS(o, TBF_TLV_PROGRAM, 8, 8, 0, 116, 0);
        ADD_WORDS(o, TBF_TLV_WRITEABLE_FLASH, cases[i].offset, cases[i].len);
        object_seal(o, 68);
        struct tbf t;
        enum tbf_error e = parse(o, &t);
        if ((e == TBF_OK) != cases[i].is_good)
            print_error("region %zu\n", i);
        assert_int_equal(e, cases[i].is_good ? TBF_OK : TBF_BAD_WRITEABLE);
    }
}

static void a_bad_region_behind_a_good_one_is_found(void **state)
{
    (void)state;
    struct object *o = app_new(); /* header 72, binary to 136 */
    ADD_WORDS(o, TBF_TLV_WRITEABLE_FLASH, 72, 8);
    ADD_WORDS(o, TBF_TLV_WRITEABLE_FLASH, 72, 8, 136, 1);
    struct tbf t;
    assert_int_equal(app_parse(o, &t), TBF_BAD_WRITEABLE);
}

static void good_regions_do_not_hide_a_bad_layout(void **state)
{
    (void)state;
    struct object *o = object_new(); /* header 52, binary to 116 */
    ADD_WORDS(o, TBF_TLV_PROGRAM, 64, 0, 0, 116, 0);
    ADD_WORDS(o, TBF_TLV_WRITEABLE_FLASH, 52, 64);
    object_seal(o, 64);
    struct tbf t;
    assert_int_equal(parse(o, &t), TBF_BAD_ENTRY);
}

static void a_writeable_entry_is_a_multiple_of_8_long(void **state)
{
    (void)state;
    for (uint32_t len = 1; len < 24; len++) {
        if (len % 8 == 0)
            continue;
        struct object *o = app_new();
        ADD_WORDS(o, TBF_TLV_WRITEABLE_FLASH, 0, 0, 0, 0, 0, 0);
        put16(o->bytes + o->header - 26, len);
        struct tbf t;
        assert_int_equal(app_parse(o, &t), TBF_BAD_TLV);
    }
}

/* --- the largest header --------------------------------------------------- */

static void a_header_of_65532_bytes_is_parsed(void **state)
{
    (void)state;
    struct object *o = app_new();
    while (o->header < 65532)
        object_add(o, 0x7000, "", 0);
    struct tbf t;
    assert_int_equal(app_parse(o, &t), TBF_OK);
    assert_int_equal(t.header_size, 65532);
    assert_int_equal(t.init_offset, 65532);
}

/* --- versions, identities, words ------------------------------------------- */

static void the_kernel_fits_by_equal_major_and_lower_or_equal_minor(
    void **state)
{
    (void)state;
    static const struct {
        uint16_t major, minor;
        bool fits;
    } cases[] = {
        { 2, 0, true },  { 2, 1, true },       { 2, 2, true },
        { 2, 3, true },  { 2, 4, false },      { 1, 3, false },
        { 3, 0, false }, { 0, 0, false },      { 1, 0, false },
        { 3, 3, false }, { 2, 0xFFFF, false }, { 0xFFFF, 0, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct object *o = app_new();
        ADD_WORDS(o, TBF_TLV_KERNEL_VERSION,
                  cases[i].major | (uint32_t)cases[i].minor << 16);
        struct tbf t;
        assert_int_equal(app_parse(o, &t), TBF_OK);
        assert_int_equal(tbf_kernel_fits(&t), cases[i].fits);
    }
}

static void an_app_that_names_no_kernel_version_does_not_fit(void **state)
{
    (void)state;
    struct tbf t;
    assert_int_equal(app_parse(app_new(), &t), TBF_OK);
    assert_false(tbf_kernel_fits(&t));
}

static void names_become_the_short_ids_that_tock_gives_them(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t id;
    } known[] = { { "kv_unit_tests", 0x44BE450A },
                  { "blink", 0x1D19E248 },
                  { "123456789", 0x765E7680 },
                  { "", 0xFFFFFFFF } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint8_t name[16];
        uint32_t len = (uint32_t)strlen(known[i].name);
        memcpy(name, known[i].name, len);
        assert_int_equal(tbf_short_id_of_name(name, len), known[i].id);
    }
}

static void every_error_has_words_of_its_own(void **state)
{
    (void)state;
    for (int e = TBF_OK; e <= TBF_BAD_RELOCATION; e++) {
        const char *text = tbf_error_text((enum tbf_error)e);
        assert_true(strlen(text) > 5);
        for (int other = TBF_OK; other < e; other++)
            assert_string_not_equal(text,
                                    tbf_error_text((enum tbf_error)other));
    }
    assert_string_equal(
        tbf_error_text((enum tbf_error)(TBF_BAD_RELOCATION + 1)),
        "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_without_version_2_ends_the_chain),
        cmocka_unit_test(fewer_than_8_bytes_are_the_end_of_the_region),
        cmocka_unit_test(every_truncation_of_an_object_is_noticed),
        cmocka_unit_test(an_impossible_total_size_ends_the_walk),
        cmocka_unit_test(an_impossible_header_size_condemns_one_object),
        cmocka_unit_test(each_single_flipped_header_bit_is_noticed),
        cmocka_unit_test(a_wrong_checksum_still_tells_where_the_next_object_is),
        cmocka_unit_test(a_header_of_16_bytes_is_padding),
        cmocka_unit_test(padding_with_a_wrong_checksum_is_refused),
        cmocka_unit_test(only_three_errors_end_the_walk),
        cmocka_unit_test(program_says_where_the_binary_is),
        cmocka_unit_test(main_alone_means_no_footers_and_version_0),
        cmocka_unit_test(program_is_preferred_wherever_it_stands),
        cmocka_unit_test(the_first_of_several_main_or_program_wins),
        cmocka_unit_test(
            without_main_and_program_all_behind_the_header_is_binary),
        cmocka_unit_test(entry_and_binary_end_are_checked_to_the_byte),
        cmocka_unit_test(main_with_a_trailer_beyond_the_object_is_refused),
        cmocka_unit_test(entries_of_fixed_length_must_have_it),
        cmocka_unit_test(an_entry_may_not_run_past_the_header),
        cmocka_unit_test(unknown_entries_are_skipped_whatever_their_length),
        cmocka_unit_test(of_the_other_entries_the_last_wins),
        cmocka_unit_test(a_relocation_entry_has_two_words),
        cmocka_unit_test(a_relocation_entry_names_a_descriptor_in_the_binary),
        cmocka_unit_test(a_name_is_utf_8_without_nul),
        cmocka_unit_test(permissions_are_read_back_as_written),
        cmocka_unit_test(an_empty_permissions_list_is_a_list),
        cmocka_unit_test(without_a_permissions_entry_there_is_none_to_read),
        cmocka_unit_test(malformed_permissions_are_refused),
        cmocka_unit_test(malformed_storage_permissions_are_refused),
        cmocka_unit_test(
            malformed_entries_at_the_end_of_an_object_are_not_read_past),
        cmocka_unit_test(writeable_regions_add_up_over_all_entries),
        cmocka_unit_test(a_writeable_region_lies_inside_the_binary),
        cmocka_unit_test(a_bad_region_behind_a_good_one_is_found),
        cmocka_unit_test(good_regions_do_not_hide_a_bad_layout),
        cmocka_unit_test(a_writeable_entry_is_a_multiple_of_8_long),
        cmocka_unit_test(a_header_of_65532_bytes_is_parsed),
        cmocka_unit_test(
            the_kernel_fits_by_equal_major_and_lower_or_equal_minor),
        cmocka_unit_test(an_app_that_names_no_kernel_version_does_not_fit),
        cmocka_unit_test(names_become_the_short_ids_that_tock_gives_them),
        cmocka_unit_test(every_error_has_words_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
