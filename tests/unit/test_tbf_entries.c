/* SPDX-License-Identifier: Apache-2.0 */
/* The TBF parser over well-formed and malformed entries of a header: all but Main and
 * Program.
 * SOURCES: pic/tbf.c tests/fake/tbf_object.c */
#include <tests/fake/tbf_object.h>

/* ---- other entries ------------------------------------------------------ */

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

/* ---- writeable flash ---------------------------------------------------- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
