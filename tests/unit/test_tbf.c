/* SPDX-License-Identifier: Apache-2.0 */
/* The TBF parser over well-formed, malformed and hostile objects: the walk from one
 * to the next, where the binary is, versions and names.
 * SOURCES: pic/tbf.c tests/fake/tbf_object.c */
#include <tests/fake/tbf_object.h>

/* ---- the walk ----------------------------------------------------------- */

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

/* ---- Main and Program --------------------------------------------------- */

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

/* ---- the largest header ------------------------------------------------- */

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

/* ---- versions, identities, words ---------------------------------------- */

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
        cmocka_unit_test(a_header_of_65532_bytes_is_parsed),
        cmocka_unit_test(
            the_kernel_fits_by_equal_major_and_lower_or_equal_minor),
        cmocka_unit_test(an_app_that_names_no_kernel_version_does_not_fit),
        cmocka_unit_test(names_become_the_short_ids_that_tock_gives_them),
        cmocka_unit_test(every_error_has_words_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
