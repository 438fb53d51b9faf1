/* SPDX-License-Identifier: Apache-2.0 */
/* The relocation engine: what each rule of the format refuses, by name and
 * entry, and what comes of what it accepts. TBF and RAM are heap blocks of
 * exactly their size, so that the sanitizers see each byte too many.
 * SOURCES: pic/reloc.c pic/tbf.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pic/reloc.h>

#define FLASH_LINK 0x10000000u
#define RAM_LINK 0x60000000u
#define FLASH_AT 0x20040104u
#define RAM_AT 0x80001230u
#define RAM_LEN 1024u
#define OLD_CONTENT 0x5A5A5A5Au

/* A TBF as the engine sees it: header 64, no trailer, text 64, data image,
 * descriptor, table. */
enum { PROTECTED = 64, DATA = 128, DATA_MAX = 512, TABLE_MAX = 256 };

struct world {
    struct tbf tbf;
    uint32_t word[RELOC_WORDS];
    uint32_t data[DATA_MAX], data_words;
    uint32_t table[TABLE_MAX], table_words;
    uint32_t budget;
    uint32_t ram_len, flash_at, ram_at;
    /* after run() */
    uint32_t ram[RAM_LEN / 4 * 4];
    uint32_t entry;
};

static struct world w;

/* Stack 64, data 16 words, bss 32 bytes; nothing listed. */
static void world_reset(void)
{
    static const uint32_t word[RELOC_WORDS] = {
        [RELOC_FLASH_BASE] = FLASH_LINK,
        [RELOC_FLASH_LENGTH] = 64,
        [RELOC_RAM_BASE] = RAM_LINK,
        [RELOC_RAM_LENGTH] = 256,
        [RELOC_DATA_OFFSET] = DATA,
        [RELOC_DATA_AT] = 64,
        [RELOC_BSS_LENGTH] = 32,
        [RELOC_GP] = 0x864,
        [RELOC_TLS_AT] = 72,
        [RELOC_TLS_LENGTH] = 8,
        [RELOC_TP] = 72,
        [RELOC_RAM_ALIGNMENT] = 16,
        [RELOC_FLASH_ALIGNMENT] = 4,
        [RELOC_TABLE_ENCODING] = RELOC_RELR,
    };
    memset(&w, 0, sizeof w);
    memcpy(w.word, word, sizeof word);
    w.data_words = 16;
    for (uint32_t i = 0; i < DATA_MAX; i++)
        w.data[i] = i % 2 == 0 ? FLASH_LINK + i % 64 : RAM_LINK + i % 256;
    w.budget = UINT32_MAX;
    w.ram_len = 256;
    w.flash_at = FLASH_AT;
    w.ram_at = RAM_AT;
}

/* The places that follow from what is there; a test may then spoil them. */
static void world_lay_out(void)
{
    uint32_t descriptor = DATA + 4 * w.data_words;
    w.word[RELOC_DATA_LENGTH] = 4 * w.data_words;
    w.word[RELOC_TABLE_OFFSET] = descriptor + RELOC_DESCRIPTOR_SIZE;
    w.word[RELOC_TABLE_LENGTH] = 4 * w.table_words;
    w.tbf.descriptor = descriptor;
    w.tbf.protected_size = PROTECTED;
    w.tbf.binary_end = w.word[RELOC_TABLE_OFFSET] + 4 * w.table_words;
    w.tbf.total_size = w.tbf.binary_end;
}

static uint32_t *flash_make(void)
{
    uint32_t *flash = malloc(w.tbf.total_size);
    assert_non_null(flash);
    memset(flash, 0xF1, w.tbf.total_size);
    uint32_t *at = flash + DATA / 4;
    memcpy(at, w.data, 4 * w.data_words);
    memcpy(at + w.data_words, w.word, sizeof w.word);
    memcpy(at + w.data_words + RELOC_WORDS, w.table, 4 * w.table_words);
    return flash;
}

/* The whole way; RAM as it is then. Flash stays as it was. */
static enum reloc_error run(void)
{
    uint32_t *flash = flash_make(), *copy = flash_make();
    uint32_t *ram = malloc(w.ram_len);
    assert_non_null(ram);
    assert_true(w.ram_len <= sizeof w.ram);
    for (uint32_t i = 0; i < w.ram_len / 4; i++)
        ram[i] = OLD_CONTENT;
    struct reloc reloc;
    struct reloc_job job;
    const struct reloc_place place = { flash, ram, w.flash_at, w.ram_at,
                                       w.ram_len };
    w.entry = UINT32_MAX;
    enum reloc_error e = reloc_read(&reloc, &w.entry, flash, &w.tbf);
    if (e == RELOC_OK)
        e = reloc_begin(&job, &w.entry, &reloc, &w.tbf, &place);
    if (e == RELOC_OK)
        do
            e = reloc_step(&job, &w.entry, w.budget);
        while (e == RELOC_MORE);
    memcpy(w.ram, ram, w.ram_len);
    assert_memory_equal(flash, copy, w.tbf.total_size);
    free(ram);
    free(copy);
    free(flash);
    return e;
}

static void assert_run(enum reloc_error error, uint32_t entry)
{
    enum reloc_error e = run();
    if (e != error)
        print_error("%s, wanted %s\n", reloc_error_text(e),
                    reloc_error_text(error));
    assert_int_equal(e, error);
    if (error != RELOC_OK)
        assert_int_equal(w.entry, entry);
}

static uint32_t moved(uint32_t value)
{
    if (value >= FLASH_LINK && value <= FLASH_LINK + w.word[RELOC_FLASH_LENGTH])
        return value - FLASH_LINK + w.flash_at + PROTECTED;
    assert_true(value >= RAM_LINK &&
                value <= RAM_LINK + w.word[RELOC_RAM_LENGTH]);
    return value - RAM_LINK + w.ram_at;
}

/* RAM holds the image, the listed words moved, bss, and what was there. */
static void assert_ram(const bool *is_listed)
{
    uint32_t first = w.word[RELOC_DATA_AT] / 4;
    uint32_t bss_end = first + w.data_words + w.word[RELOC_BSS_LENGTH] / 4;
    for (uint32_t i = 0; i < w.ram_len / 4; i++) {
        uint32_t want = OLD_CONTENT;
        if (i >= first && i < first + w.data_words)
            want = is_listed[i - first] ? moved(w.data[i - first])
                                        : w.data[i - first];
        else if (i >= first && i < bss_end)
            want = 0;
        assert_int_equal(w.ram[i], want);
    }
}

static void table_set(uint32_t count, const uint32_t *words)
{
    memcpy(w.table, words, 4 * count);
    w.table_words = count;
    world_lay_out();
}

#define TABLE(...)                                                             \
    table_set(sizeof((uint32_t[]){ __VA_ARGS__ }) / 4,                         \
              (uint32_t[]){ __VA_ARGS__ })

/* ---- what is accepted ---------------------------------------------------------- */

static void the_image_is_copied_and_bss_zeroed_and_nothing_else(void **state)
{
    (void)state;
    static const bool none[DATA_MAX];
    for (uint32_t words = 0; words < 40; words++) {
        world_reset();
        w.data_words = words;
        w.word[RELOC_TLS_LENGTH] = 0;
        world_lay_out();
        w.ram_len = 512;
        assert_run(RELOC_OK, 0);
        assert_ram(none);
    }
}

static void an_offset_and_bitmaps_list_words(void **state)
{
    (void)state;
    bool listed[DATA_MAX] = { [1] = true,  [2] = true,  [4] = true, [32] = true,
                              [33] = true, [64] = true, [70] = true };
    world_reset();
    w.data_words = 80;
    w.word[RELOC_RAM_LENGTH] = 512;
    w.ram_len = 512;
    TABLE(4, 1u | 1u << 1 | 1u << 3 | 1u << 31, 1u | 1u << 1, 64 * 4, 70 * 4);
    assert_run(RELOC_OK, 0);
    assert_ram(listed);
}

static void ends_of_ranges_belong_to_them(void **state)
{
    (void)state;
    bool listed[DATA_MAX] = { true, true, true, true };
    const uint32_t ends[] = { FLASH_LINK, FLASH_LINK + 64, RAM_LINK,
                              RAM_LINK + 256 };
    world_reset();
    memcpy(w.data, ends, sizeof ends);
    TABLE(0, 1u | 7u << 1);
    assert_run(RELOC_OK, 0);
    assert_ram(listed);
    for (uint32_t i = 0; i < 4; i++) {
        world_reset();
        memcpy(w.data, ends, sizeof ends);
        w.data[i] += i % 2 == 0 ? UINT32_MAX : 1; /* just outside */
        TABLE(0, 1u | 7u << 1);
        assert_run(RELOC_BAD_TARGET, 4 * i);
    }
}

static void link_ranges_may_lie_at_both_ends_of_memory(void **state)
{
    (void)state;
    world_reset();
    w.data[0] = 64;
    w.data[1] = UINT32_MAX;
    w.word[RELOC_FLASH_BASE] = 0;
    w.word[RELOC_RAM_BASE] = UINT32_MAX - 256;
    TABLE(0, 3);
    assert_run(RELOC_OK, 0);
    assert_int_equal(w.ram[16], FLASH_AT + PROTECTED + 64);
    assert_int_equal(w.ram[17], RAM_AT + 256);
}

static void a_step_does_no_more_than_it_may(void **state)
{
    (void)state;
    struct reloc reloc;
    struct reloc_job job;
    uint32_t entry, steps = 0;
    world_reset();
    w.data_words = 200;
    w.word[RELOC_RAM_LENGTH] = 1024;
    w.word[RELOC_BSS_LENGTH] = 64;
    w.ram_len = 1024;
    TABLE(0, 3, 3, 3);
    uint32_t *flash = flash_make(), *ram = malloc(1024);
    assert_non_null(ram);
    const struct reloc_place place = { flash, ram, FLASH_AT, RAM_AT, 1024 };
    assert_int_equal(reloc_read(&reloc, &entry, flash, &w.tbf), RELOC_OK);
    assert_int_equal(reloc_begin(&job, &entry, &reloc, &w.tbf, &place),
                     RELOC_OK);
    while (reloc_step(&job, &entry, 64) == RELOC_MORE)
        steps++;
    assert_in_range(steps, (200 + 16 + 4 * 64) / 64, 10);
    free(ram);
    free(flash);
}

/* ---- what is refused ----------------------------------------------------------- */

static void each_bad_word_of_the_descriptor_has_its_error(void **state)
{
    (void)state;
    static const struct {
        uint32_t word, value;
        enum reloc_error error;
        uint32_t entry;
    } cases[] = {
        { RELOC_TABLE_ENCODING, 0, RELOC_BAD_ENCODING, 16 },
        { RELOC_TABLE_ENCODING, 3, RELOC_BAD_ENCODING, 16 },
        { RELOC_TABLE_ENCODING, 0xFFFFFFFF, RELOC_BAD_ENCODING, 16 },
        { RELOC_RAM_ALIGNMENT, 0, RELOC_BAD_ALIGNMENT, 12 },
        { RELOC_RAM_ALIGNMENT, 2, RELOC_BAD_ALIGNMENT, 12 },
        { RELOC_RAM_ALIGNMENT, 24, RELOC_BAD_ALIGNMENT, 12 },
        { RELOC_FLASH_ALIGNMENT, 1, RELOC_BAD_ALIGNMENT, 13 },
        { RELOC_FLASH_ALIGNMENT, 0xFFFFFFFF, RELOC_BAD_ALIGNMENT, 13 },
        { RELOC_FLASH_BASE, 0xFFFFFFE0, RELOC_BAD_RANGES, 1 },
        { RELOC_FLASH_BASE, RAM_LINK - 64, RELOC_BAD_RANGES, 3 },
        { RELOC_FLASH_BASE, RAM_LINK + 256, RELOC_BAD_RANGES, 3 },
        { RELOC_RAM_BASE, 0xFFFFFF80, RELOC_BAD_RANGES, 3 },
        { RELOC_RAM_LENGTH, 0xFFFFFFFF, RELOC_BAD_RANGES, 3 },
        { RELOC_FLASH_LENGTH, 197, RELOC_BAD_FLASH_LENGTH, 1 },
        { RELOC_FLASH_LENGTH, 0x40000000, RELOC_BAD_FLASH_LENGTH, 1 },
        { RELOC_DATA_OFFSET, 130, RELOC_BAD_DATA, 4 },
        { RELOC_DATA_OFFSET, 60, RELOC_BAD_DATA, 4 },
        { RELOC_DATA_OFFSET, 272, RELOC_BAD_DATA, 4 },
        { RELOC_DATA_OFFSET, 0xFFFFFFFC, RELOC_BAD_DATA, 4 },
        { RELOC_DATA_LENGTH, 66, RELOC_BAD_DATA, 5 },
        { RELOC_DATA_LENGTH, 144, RELOC_BAD_DATA, 5 },
        { RELOC_DATA_LENGTH, 0xFFFFFFFC, RELOC_BAD_DATA, 5 },
        { RELOC_TABLE_OFFSET, 258, RELOC_BAD_TABLE, 14 },
        { RELOC_TABLE_OFFSET, 0, RELOC_BAD_TABLE, 14 },
        { RELOC_TABLE_OFFSET, 280, RELOC_BAD_TABLE, 14 },
        { RELOC_TABLE_LENGTH, 2, RELOC_BAD_TABLE, 15 },
        { RELOC_TABLE_LENGTH, 12, RELOC_BAD_TABLE, 15 },
        { RELOC_TABLE_LENGTH, 0xFFFFFFF8, RELOC_BAD_TABLE, 15 },
        { RELOC_DATA_AT, 72, RELOC_BAD_STACK, 6 },
        { RELOC_DATA_AT, 272, RELOC_BAD_STACK, 6 },
        { RELOC_DATA_AT, 0xFFFFFFF0, RELOC_BAD_STACK, 6 },
        { RELOC_DATA_AT, 208, RELOC_BAD_BSS, 7 },
        { RELOC_BSS_LENGTH, 30, RELOC_BAD_BSS, 7 },
        { RELOC_BSS_LENGTH, 132, RELOC_BAD_BSS, 7 },
        { RELOC_BSS_LENGTH, 0xFFFFFFC0, RELOC_BAD_BSS, 7 },
        { RELOC_TLS_AT, 60, RELOC_BAD_TLS, 9 },
        { RELOC_TLS_AT, 164, RELOC_BAD_TLS, 9 },
        { RELOC_TLS_AT, 156, RELOC_BAD_TLS, 10 },
        { RELOC_TLS_LENGTH, 89, RELOC_BAD_TLS, 10 },
        { RELOC_TLS_LENGTH, 0xFFFFFFF8, RELOC_BAD_TLS, 10 },
        { RELOC_RAM_LENGTH, 257, RELOC_NO_ROOM, 3 },
        { RELOC_FLASH_ALIGNMENT, 8, RELOC_MISPLACED_FLASH, 13 },
        { RELOC_RAM_ALIGNMENT, 32, RELOC_MISPLACED_RAM, 12 },
        /* and what is just right */
        { RELOC_FLASH_LENGTH, 196, RELOC_OK, 0 },
        { RELOC_DATA_AT, 160, RELOC_OK, 0 },
        { RELOC_BSS_LENGTH, 128, RELOC_OK, 0 },
        { RELOC_TLS_AT, 152, RELOC_OK, 0 },
        { RELOC_TLS_LENGTH, 88, RELOC_OK, 0 },
        { RELOC_RAM_ALIGNMENT, 4, RELOC_OK, 0 },
        { RELOC_GP, 0xFFFFFFFF, RELOC_OK, 0 },
        { RELOC_TP, 0xFFFFFFFF, RELOC_OK, 0 },
        { RELOC_FLASH_BASE, RAM_LINK - 65, RELOC_OK, 0 },
        { RELOC_FLASH_BASE, RAM_LINK + 257, RELOC_OK, 0 },
        { RELOC_TABLE_LENGTH, 0, RELOC_OK, 0 },
        { RELOC_DATA_LENGTH, 0, RELOC_OK, 0 },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        world_reset();
        w.table_words = 0;
        world_lay_out();
        w.word[cases[i].word] = cases[i].value;
        if (cases[i].word == RELOC_DATA_AT && cases[i].error == RELOC_OK)
            w.word[RELOC_TLS_LENGTH] = 0;
        if (cases[i].word == RELOC_DATA_LENGTH && cases[i].error == RELOC_OK)
            w.word[RELOC_TLS_AT] = 64;
        enum reloc_error e = run();
        if (e != cases[i].error || (e != RELOC_OK && w.entry != cases[i].entry))
            print_error("case %zu: %s at %u\n", i, reloc_error_text(e),
                        (unsigned)w.entry);
        assert_int_equal(e, cases[i].error);
        if (e != RELOC_OK)
            assert_int_equal(w.entry, cases[i].entry);
    }
}

static void a_place_that_is_not_16_aligned_is_refused(void **state)
{
    (void)state;
    world_reset();
    world_lay_out();
    w.word[RELOC_RAM_ALIGNMENT] = 4;
    w.ram_at = RAM_AT + 8;
    assert_run(RELOC_MISPLACED_RAM, 12);
}

static void a_descriptor_outside_the_binary_is_refused(void **state)
{
    (void)state;
    const uint32_t bad[] = { 60, 196, 194, 0xFFFFFFFC, 0 };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        world_reset();
        world_lay_out();
        w.tbf.descriptor = bad[i];
        assert_run(RELOC_BAD_DESCRIPTOR, 0);
    }
}

static void each_bad_word_of_the_table_has_its_error(void **state)
{
    (void)state;
    static const struct {
        uint32_t table[3], count;
        enum reloc_error error;
        uint32_t entry;
    } cases[] = {
        { { 1 }, 1, RELOC_BITMAP_FIRST, 0 },
        { { 3, 0 }, 2, RELOC_BITMAP_FIRST, 0 },
        { { 2 }, 1, RELOC_UNALIGNED, 0 },
        { { 0, 6 }, 2, RELOC_UNALIGNED, 1 },
        { { 0xFFFFFFFE }, 1, RELOC_UNALIGNED, 0 },
        { { 0, 0 }, 2, RELOC_NOT_ASCENDING, 1 },
        { { 8, 4 }, 2, RELOC_NOT_ASCENDING, 1 },
        { { 0, 3, 60 }, 3, RELOC_NOT_ASCENDING, 2 },
        { { 64 }, 1, RELOC_OFFSET_OUTSIDE, 0 },
        { { 0, 0xFFFFFFFC }, 2, RELOC_OFFSET_OUTSIDE, 1 },
        { { 60, 1 }, 2, RELOC_BITMAP_OUTSIDE, 1 },
        { { 60, 3 }, 2, RELOC_BITMAP_OUTSIDE, 1 },
        { { 56, 5 }, 2, RELOC_BITMAP_OUTSIDE, 1 },
        { { 0, 1u | 1u << 16 }, 2, RELOC_BITMAP_OUTSIDE, 1 },
        { { 0, 1, 1 }, 3, RELOC_BITMAP_OUTSIDE, 2 },
        { { 60 }, 1, RELOC_OK, 0 },
        { { 56, 3 }, 2, RELOC_OK, 0 },
        { { 0, 1u | 1u << 15 }, 2, RELOC_OK, 0 },
        { { 0, 1 }, 2, RELOC_OK, 0 },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        world_reset();
        table_set(cases[i].count, cases[i].table);
        enum reloc_error e = run();
        if (e != cases[i].error)
            print_error("case %zu: %s\n", i, reloc_error_text(e));
        assert_int_equal(e, cases[i].error);
        if (e != RELOC_OK)
            assert_int_equal(w.entry, cases[i].entry);
    }
}

static void offset_words_speak_of_near_words_in_the_second_encoding(
    void **state)
{
    (void)state;
    static const struct {
        uint32_t table[3], count;
        enum reloc_error error;
        uint32_t entry;
    } cases[] = {
        { { 0x05000000 }, 1, RELOC_OK, 0 },
        { { 0xFF000000, 0xFF00001C }, 2, RELOC_NOT_ASCENDING, 1 },
        { { 0xFF000000, 36 }, 2, RELOC_OK, 0 },
        { { 0, 32 }, 2, RELOC_NOT_ASCENDING, 1 },
        { { 0, 0x81 }, 2, RELOC_OK, 0 }, /* 36 + 24: the last word */
        { { 0, 0x101 }, 2, RELOC_BITMAP_OUTSIDE, 1 },
        { { 0x40000020 }, 1, RELOC_OK, 0 },
        { { 0x80000020 }, 1, RELOC_BITMAP_OUTSIDE, 0 },
        { { 60 }, 1, RELOC_OK, 0 },
        { { 0x0100003C }, 1, RELOC_BITMAP_OUTSIDE, 0 },
        { { 60, 1 }, 2, RELOC_BITMAP_OUTSIDE, 1 },
        { { 64 }, 1, RELOC_OFFSET_OUTSIDE, 0 },
        { { 0xFF000002 }, 1, RELOC_UNALIGNED, 0 },
        { { 1 }, 1, RELOC_BITMAP_FIRST, 0 },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        world_reset();
        w.word[RELOC_TABLE_ENCODING] = RELOC_RELR_NEAR;
        table_set(cases[i].count, cases[i].table);
        enum reloc_error e = run();
        if (e != cases[i].error)
            print_error("case %zu: %s\n", i, reloc_error_text(e));
        assert_int_equal(e, cases[i].error);
        if (e != RELOC_OK)
            assert_int_equal(w.entry, cases[i].entry);
    }
    world_reset();
    w.word[RELOC_TABLE_ENCODING] = RELOC_RELR_NEAR;
    bool listed[16] = { [1] = true, [2] = true, [4] = true, [15] = true };
    TABLE(0x05000004, 1u | 1u << 6);
    assert_run(RELOC_OK, 0);
    assert_ram(listed);
}

static void a_bad_target_is_told_by_its_place_in_the_image(void **state)
{
    (void)state;
    world_reset();
    w.data[0] = 0;
    TABLE(0);
    assert_run(RELOC_BAD_TARGET, 0);
    world_reset();
    w.data[13] = 0x80000000;
    TABLE(0, 1u | 1u << 5 | 1u << 13);
    assert_run(RELOC_BAD_TARGET, 52);
}

static void every_error_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int e = RELOC_OK; e <= RELOC_BAD_TARGET + 1; e++) {
        const char *text = reloc_error_text((enum reloc_error)e);
        assert_in_range(strlen(text), 6, 40);
        for (int f = RELOC_OK; f < e; f++)
            assert_string_not_equal(text,
                                    reloc_error_text((enum reloc_error)f));
    }
    assert_string_equal(reloc_error_text((enum reloc_error) - 1),
                        "unknown error");
}

/* ---- at random -------------------------------------------------------------------- */

static uint32_t random_state;

static uint32_t random_below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % n;
}

/* The encoding as the format describes it. */
static void table_encode(const bool *is_listed)
{
    uint32_t i = 0;
    w.table_words = 0;
    while (i < w.data_words) {
        if (!is_listed[i]) {
            i++;
            continue;
        }
        w.table[w.table_words++] = 4 * i++;
        for (;;) {
            uint32_t bits = 0;
            for (uint32_t n = 0; n < 31 && i + n < w.data_words; n++)
                bits |= (uint32_t)is_listed[i + n] << (n + 1);
            if (bits == 0)
                break;
            w.table[w.table_words++] = bits | 1;
            i += 31;
        }
    }
}

/* The second encoding, with an offset now and then where a bitmap would do. */
static void near_table_encode(const bool *is_listed)
{
    uint32_t i = 0;
    w.table_words = 0;
    while (i < w.data_words) {
        if (!is_listed[i]) {
            i++;
            continue;
        }
        uint32_t word = 4 * i++;
        for (uint32_t n = 0; n < 8 && i + n < w.data_words; n++)
            word |= (uint32_t)is_listed[i + n] << (24 + n);
        w.table[w.table_words++] = word;
        i += 8;
        while (i < w.data_words && random_below(3) != 0) {
            uint32_t bits = 0;
            for (uint32_t n = 0; n < 31 && i + n < w.data_words; n++)
                bits |= (uint32_t)is_listed[i + n] << (n + 1);
            w.table[w.table_words++] = bits | 1;
            i += 31;
        }
    }
}

static void random_images_come_out_as_the_format_says(void **state)
{
    (void)state;
    random_state = 0xBE5714;
    for (uint32_t round = 0; round < 3000; round++) {
        bool listed[DATA_MAX] = { false };
        world_reset();
        w.data_words = random_below(200);
        w.word[RELOC_DATA_AT] = 16 * random_below(8);
        w.word[RELOC_BSS_LENGTH] = 4 * random_below(20);
        w.word[RELOC_TLS_LENGTH] = 0;
        w.word[RELOC_RAM_LENGTH] = 1020;
        w.ram_len = 1024;
        w.ram_at = 16 * random_below(0x0F000000);
        w.flash_at = 4 * random_below(0x3FFFFF00);
        w.budget = random_below(2) ? 64 + random_below(100) : UINT32_MAX;
        uint32_t sparse = 1 + random_below(60);
        for (uint32_t i = 0; i < w.data_words; i++) {
            listed[i] = random_below(sparse) == 0;
            w.data[i] = !listed[i]        ? random_below(UINT32_MAX)
                        : random_below(2) ? FLASH_LINK + random_below(65)
                                          : RAM_LINK + random_below(1021);
        }
        if (random_below(2)) {
            w.word[RELOC_TABLE_ENCODING] = RELOC_RELR_NEAR;
            near_table_encode(listed);
        } else {
            table_encode(listed);
        }
        world_lay_out();
        assert_run(RELOC_OK, 0);
        assert_ram(listed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_image_is_copied_and_bss_zeroed_and_nothing_else),
        cmocka_unit_test(an_offset_and_bitmaps_list_words),
        cmocka_unit_test(ends_of_ranges_belong_to_them),
        cmocka_unit_test(link_ranges_may_lie_at_both_ends_of_memory),
        cmocka_unit_test(a_step_does_no_more_than_it_may),
        cmocka_unit_test(each_bad_word_of_the_descriptor_has_its_error),
        cmocka_unit_test(a_place_that_is_not_16_aligned_is_refused),
        cmocka_unit_test(a_descriptor_outside_the_binary_is_refused),
        cmocka_unit_test(each_bad_word_of_the_table_has_its_error),
        cmocka_unit_test(
            offset_words_speak_of_near_words_in_the_second_encoding),
        cmocka_unit_test(a_bad_target_is_told_by_its_place_in_the_image),
        cmocka_unit_test(every_error_has_a_text_of_its_own),
        cmocka_unit_test(random_images_come_out_as_the_format_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
