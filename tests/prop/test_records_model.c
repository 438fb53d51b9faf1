/* SPDX-License-Identifier: Apache-2.0 */
/* Random operations on records against a model that remembers what there has to
 * be, in shrunken and in real worlds: 100,000 in all, and more with FULL=1.
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c
 * SOURCES: drivers/owners.c drivers/records.c tests/power/nor.c tests/power/records_world.c
 * SOURCES: pic/crc32.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tests/power/records_world.h>

#define KEYS 96u
#define VALUE_MAX 512u

static struct records_world w;
static uint32_t chance;

/* ---- the model ------------------------------------------------------------------ */

static struct known {
    bool is_there;
    uint32_t len, content;
} model[KEYS];

/* Keys of all kinds: of the same bytes, of none, of other people. */
static struct records_key key_of(uint32_t n, uint8_t *bytes)
{
    struct records_key key = { .type = (uint8_t)(n % 3),
                               .key_number = (uint8_t)(n / 3 % 2),
                               .id = n / 6 % 4,
                               .number = (uint16_t)(n / 24 % 2),
                               .bytes = bytes };
    key.len = (uint8_t)(n / 48 * w.config.key_max);
    memset(bytes, 'k', RECORDS_KEY_MAX);
    return key;
}

static uint8_t content_byte(uint32_t content, uint32_t i)
{
    return (uint8_t)((content * 0x9E3779B1u >> (i % 24)) + i);
}

static void check_key(uint32_t n)
{
    uint8_t bytes[RECORDS_KEY_MAX], value[VALUE_MAX];
    const struct records_key key = key_of(n, bytes);
    uint32_t len = 99, cap = nor_random(&chance) % (VALUE_MAX + 1);
    memset(value, 0xA5, sizeof value);
    err_t e = records_get(&w.records, &key, value, cap, &len);
    assert_int_equal(records_has(&w.records, &key), model[n].is_there);
    if (!model[n].is_there) {
        assert_int_equal(e, ERR_NODEVICE);
        return;
    }
    assert_int_equal(e, OK);
    assert_int_equal(len, model[n].len);
    for (uint32_t i = 0; i < VALUE_MAX; i++)
        assert_int_equal(value[i], i < len && i < cap
                                       ? content_byte(model[n].content, i)
                                       : 0xA5);
}

static uint32_t refused;

static void do_put(uint32_t n)
{
    static uint8_t value[VALUE_MAX];
    uint8_t bytes[RECORDS_KEY_MAX];
    const struct records_key key = key_of(n, bytes);
    uint32_t len = nor_random(&chance) % (w.config.value_max + 1);
    uint32_t content = nor_random(&chance);
    if (nor_random(&chance) % 8 == 0) { /* the same once more */
        len = model[n].len;
        content = model[n].content;
    }
    for (uint32_t i = 0; i < len; i++)
        value[i] = content_byte(content, i);
    err_t e =
        records_world_finish(&w, records_put(&w.records, &key, value, len));
    if (e == ERR_NOMEM) {
        refused++;
        return;
    }
    assert_int_equal(e, OK);
    model[n] = (struct known){ true, len, content };
}

static void do_remove(uint32_t n)
{
    uint8_t bytes[RECORDS_KEY_MAX];
    const struct records_key key = key_of(n, bytes);
    err_t e = records_world_finish(&w, records_remove(&w.records, &key));
    assert_int_equal(e, model[n].is_there ? OK : ERR_NODEVICE);
    model[n].is_there = false;
}

static void check_all(void)
{
    uint32_t types[RECORDS_TYPES] = { 0 };
    for (uint32_t n = 0; n < KEYS; n++) {
        check_key(n);
        types[n % 3] += model[n].is_there;
    }
    for (uint8_t t = 0; t < RECORDS_TYPES; t++)
        assert_int_equal(records_count(&w.records, t), types[t]);
}

/* ---- the walk ----------------------------------------------------------------------- */

struct size {
    uint32_t sector, sectors, word;
    bool reprogram;
    uint8_t key_max;
    uint32_t value_max;
    uint16_t index_size;
    uint32_t operations;
};

static void even_wear(void)
{
    uint32_t least = ~0u, most = 0, total = 0;
    for (uint32_t i = 1; i <= w.config.sectors; i++) {
        uint32_t n = w.nor.wear[i];
        least = n < least ? n : least;
        most = n > most ? n : most;
        total += n;
    }
    assert_int_equal(w.nor.wear[0], 0);
    assert_true(most - least <= 1);
    printf("    %u sectors of %u, word %u: capacity %u bytes of records, %u "
           "erases, each sector %u to %u, %u refused for want of room\n",
           (unsigned)w.config.sectors, (unsigned)w.nor.geometry.sector_size,
           (unsigned)w.nor.geometry.word_size, (unsigned)w.records.capacity,
           (unsigned)total, (unsigned)least, (unsigned)most, (unsigned)refused);
}

static void walk(const struct size *size)
{
    const struct flash_geometry g = {
        .size = size->sector * (size->sectors + 1),
        .sector_size = size->sector,
        .word_size = size->word,
        .burst = size->sector < 1024 ? 64 : 256,
        .reprogram = size->reprogram,
    };
    records_world_make(&w, &g, size->key_max, size->value_max,
                       size->index_size);
    memset(model, 0, sizeof model);
    refused = 0;
    assert_int_equal(records_world_boot(&w), OK);
    for (uint32_t i = 0; i < size->operations; i++) {
        uint32_t what = nor_random(&chance) % 16;
        /* Few keys are written often. */
        uint32_t n = nor_random(&chance) % KEYS;
        if (what < 8)
            n %= 7;
        if (what == 0)
            assert_int_equal(
                records_world_finish(&w, records_collect(&w.records)), OK);
        else if (what < 5)
            do_remove(n);
        else if (what < 13)
            do_put(n);
        else
            check_key(n);
        if (i % 997 == 0) {
            assert_int_equal(records_world_boot(&w), OK);
            check_all();
        }
    }
    check_all();
    assert_int_equal(records_world_boot(&w), OK);
    check_all();
    even_wear();
    records_world_free(&w);
}

static void random_operations_go_as_the_model_says(void **state)
{
    (void)state;
    static const struct size sizes[] = {
        { 256, 2, 1, true, 4, 40, 16, 10000 },
        { 256, 5, 4, false, 4, 40, 64, 15000 },
        { 512, 3, 32, false, 20, 60, 64, 15000 },
        { 512, 8, 16, true, 1, 100, 24, 10000 },
        { 4096, 4, 4, true, 64, 512, 512, 20000 },
        { 4096, 8, 32, false, 64, 512, 128, 15000 },
        { 65536, 3, 4, true, 64, 512, 512, 15000 },
    };
    const char *full = getenv("FULL");
    for (uint32_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        struct size size = sizes[i];
        if (full != NULL && *full != '\0')
            size.operations *= 10;
        chance = 77 + i;
        walk(&size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_go_as_the_model_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
