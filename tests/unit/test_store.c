/* SPDX-License-Identifier: Apache-2.0 */
/* The app store, defect by defect: known_N checks number N of the known defects
 * of loaders (docs/design/store.md). Each runs on four kinds of flash.
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c pic/tbf.c pic/crc32.c
 * SOURCES: tests/power/nor.c tests/power/world.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loader/store_priv.h>
#include <tests/power/world.h>

#define APP_MAX 65536u

static struct world w;
static struct store *const s = &w.store;
static uint8_t app[APP_MAX], other[APP_MAX];
static const struct flash_geometry *geometry;

static const struct flash_geometry geometries[] = {
    { 16 * 4096, 4096, 1, 256, true, false },
    { 16 * 4096, 4096, 4, 256, false, false },
    { 16 * 4096, 4096, 32, 256, true, true },
    { 64 * 512, 512, 32, 64, false, false },
};

static void start(void)
{
    world_make(&w, geometry, 2, 1);
    assert_int_equal(world_boot(&w), OK);
}

static void again(void)
{
    nor_power_up(&w.nor);
    assert_int_equal(world_boot(&w), OK);
}

static void end(void)
{
    assert_null(world_check(&w));
    world_free(&w);
}

#define ON_EVERY_FLASH(test)                                                   \
    for (uint32_t g_ = 0; g_ < ARRAY_COUNT(geometries); g_++) {                \
        geometry = &geometries[g_];                                            \
        start();                                                               \
        test();                                                                \
        end();                                                                 \
    }

static uint32_t unit_up(uint32_t n)
{
    return round_up(n, store_unit(s));
}

static err_t install(uint32_t size, uint32_t number)
{
    app_make(app, size, number);
    return world_install(&w, app, size, 256, NULL);
}

static bool has(uint32_t size, uint32_t number, struct store_object *o)
{
    app_make(app, size, number);
    return world_find(&w, app, size, o);
}

static struct store_object object(uint32_t size, uint32_t number)
{
    struct store_object o;
    assert_true(has(size, number, &o));
    return o;
}

static void removed(uint32_t size, uint32_t number)
{
    struct store_object o = object(size, number);
    assert_int_equal(world_finish(&w, store_remove(s, o.handle)), OK);
    assert_false(has(size, number, &o));
}

static uint32_t apps(void)
{
    struct store_object o;
    uint32_t at = STORE_NONE, n = 0;
    while (store_walk(s, &at, &o))
        n += !o.is_free && o.error == TBF_OK;
    return n;
}

static uint32_t room(void)
{
    return w.layout.end - w.layout.start;
}

static void assert_space(uint32_t free, uint32_t largest)
{
    uint32_t is;
    assert_int_equal(store_space(s, &is), free);
    assert_int_equal(is, largest);
}

static err_t open_size(uint32_t owner, uint32_t size, uint32_t id)
{
    const struct store_request request = { size, id, 0, STORE_NONE };
    return world_finish(&w, store_open(s, owner, &request));
}

static err_t write_app(uint32_t owner, uint32_t from, uint32_t to)
{
    err_t e = OK;
    while (e == OK && from < to) {
        uint32_t len = to - from < 256 ? to - from : 256;
        e = world_finish(&w, store_write(s, owner, from, app + from, len));
        from += len;
    }
    return e;
}

/* A chain as a programmer would write it; padding is number 0. */
static uint32_t preset(uint32_t at, uint32_t size, uint32_t number)
{
    if (number != 0) {
        app_make(app, size, number);
    } else {
        memset(app, 0xFF, size);
        for (uint32_t i = 0; i < TBF_BASE_SIZE; i += 4) {
            uint32_t word = pad_word(size, i);
            memcpy(app + i, &word, 4);
        }
    }
    nor_preset(&w.nor, at, app, size);
    return at + size;
}

/* ---- space ---------------------------------------------------------------- */

static void many(void)
{
    for (uint32_t n = 1; n <= 40; n++)
        assert_int_equal(install(64, n), OK);
    assert_int_equal(apps(), 40);
    again();
    for (uint32_t n = 1; n <= 40; n++)
        assert_true(has(64, n, &(struct store_object){ 0 }));
}

static void known_1_more_apps_than_any_table(void **state)
{
    (void)state;
    ON_EVERY_FLASH(many);
}

static void none(void)
{
    struct store_object o;
    uint32_t at = STORE_NONE;
    assert_false(store_walk(s, &at, &o));
    assert_int_equal(world_finish(&w, store_compact_plan(s)), ERR_ALREADY);
    assert_int_equal(install(300, 1), OK);
    assert_int_equal(object(300, 1).at, w.layout.start);
    removed(300, 1);
    assert_int_equal(apps(), 0);
    assert_int_equal(install(room(), 2), OK);
}

static void known_2_a_flash_without_apps(void **state)
{
    (void)state;
    ON_EVERY_FLASH(none);
}

static void before_first(void)
{
    uint32_t at = preset(w.layout.start, 1024, 0);
    preset(at, room() - 1024, 5);
    assert_int_equal(install(512, 6), OK);
    assert_int_equal(object(512, 6).at, w.layout.start);
    assert_true(has(room() - 1024, 5, &(struct store_object){ 0 }));
}

static void known_3_and_4_room_in_front_of_the_first_app(void **state)
{
    (void)state;
    ON_EVERY_FLASH(before_first);
}

static void exact(void)
{
    uint32_t at = preset(w.layout.start, 512, 4);
    at = preset(at, 1024, 0);
    preset(at, room() - 1536, 5);
    assert_space(1024, 1024);
    assert_int_equal(install(1024, 6), OK);
    assert_space(0, 0);
    assert_int_equal(object(1024, 6).at, w.layout.start + 512);
    assert_true(has(512, 4, &(struct store_object){ 0 }));
    assert_true(has(room() - 1536, 5, &(struct store_object){ 0 }));
    assert_int_equal(install(64, 7), ERR_NOMEM);
    again();
    assert_true(has(1024, 6, &(struct store_object){ 0 }));
}

static void known_5_and_6_a_gap_that_fits_exactly(void **state)
{
    (void)state;
    ON_EVERY_FLASH(exact);
}

static void gaps_and_the_end(void)
{
    assert_space(room(), room());
    uint32_t at = preset(w.layout.start, 512, 4);
    assert_space(room() - 512, room() - 512);
    at = preset(at, 1024, 0);
    at = preset(at, 512, 0); /* next to the one before */
    at = preset(at, 512, 5);
    assert_space(room() - 1024, w.layout.end - at);
    preset(at, w.layout.end - at - 512, 6);
    assert_space(1536 + 512, 1536);
    removed(512, 5);
    assert_space(2048 + 512, 2048);
}

static void free_space_is_all_gaps_and_the_end(void **state)
{
    (void)state;
    ON_EVERY_FLASH(gaps_and_the_end);
}

/* Gaps that would be left with 4, 8 or 12 bytes are not used. */
static void slivers(void)
{
    for (uint32_t left = 4; left < 40; left += 4) {
        world_free(&w);
        start();
        uint32_t at = preset(w.layout.start, 1024, 0);
        preset(at, room() - 1024, 5);
        err_t e = install(1024 - left, 6);
        assert_int_equal(
            e, left < 16 || unit_up(1024 - left + 16) > 1024 ? ERR_NOMEM : OK);
        assert_null(world_check(&w));
        assert_true(has(room() - 1024, 5, &(struct store_object){ 0 }));
        again();
        assert_true(has(room() - 1024, 5, &(struct store_object){ 0 }));
    }
}

static void known_7_gaps_too_small_for_a_header_are_never_made(void **state)
{
    (void)state;
    ON_EVERY_FLASH(slivers);
}

static void lengths(void)
{
    static const uint32_t bad[] = { 0, 4, 12, 63, 65, 0x80000001 };
    for (uint32_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_int_not_equal(open_size(1, bad[i], 0), OK);
    assert_int_equal(open_size(1, room() + 4, 0), ERR_SIZE);
    assert_int_equal(open_size(1, 0xFFFFFFFC, 0), ERR_SIZE);
    const struct store_request odd = { 64, 0, 3, STORE_NONE };
    assert_int_equal(store_open(s, 1, &odd), ERR_INVAL);
    assert_int_equal(store_open(s, 0, &(struct store_request){ 64, 0, 0, 0 }),
                     ERR_INVAL);
    assert_int_equal(install(64, 1), OK);
}

static void known_8_lengths_that_make_no_sense(void **state)
{
    (void)state;
    ON_EVERY_FLASH(lengths);
}

static void to_the_end(void)
{
    assert_int_equal(install(512, 1), OK);
    assert_int_equal(install(room() - 512, 2), OK);
    again();
    assert_int_equal(apps(), 2);
    assert_int_equal(install(64, 3), ERR_NOMEM);
    removed(512, 1);
    assert_int_equal(install(512, 4), OK);
    removed(room() - 512, 2);
    assert_int_equal(install(room() - 512, 5), OK);
    again();
    assert_int_equal(apps(), 2);
}

static void known_9_the_last_byte_of_the_flash_is_used(void **state)
{
    (void)state;
    ON_EVERY_FLASH(to_the_end);
}

static void only_padding(void)
{
    preset(w.layout.start, room(), 0);
    assert_int_equal(install(room(), 1), OK);
    assert_int_equal(object(room(), 1).at, w.layout.start);
}

static void known_10_a_chain_of_nothing_but_padding(void **state)
{
    (void)state;
    ON_EVERY_FLASH(only_padding);
}

/* What an old chain left behind the end does not come back to life. */
static void stale(void)
{
    uint32_t at = w.layout.start + 1024;
    for (uint32_t n = 0; n < 6; n++)
        at = preset(at, 512, 20 + n);
    assert_int_equal(apps(), 0);
    assert_int_equal(install(1024, 1), OK);
    assert_int_equal(apps(), 1);
    assert_int_equal(install(512, 2), OK);
    assert_int_equal(apps(), 2);
    again();
    assert_int_equal(apps(), 2);
}

static void known_11_stale_objects_behind_the_end(void **state)
{
    (void)state;
    ON_EVERY_FLASH(stale);
}

static void absurd(void)
{
    static const uint32_t sizes[] = { 0, 4, 17, 0x7FFFFFFC, 0xFFFFFFFF };
    for (uint32_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        world_free(&w);
        start();
        uint32_t at = preset(w.layout.start, 512, 3);
        preset(at, 512, 4);
        nor_preset(&w.nor, at + TBF_AT_TOTAL_SIZE, &sizes[i], 4);
        again();
        struct store_object o;
        uint32_t next = STORE_NONE;
        assert_true(store_walk(s, &next, &o));
        assert_true(store_walk(s, &next, &o));
        assert_int_equal(o.error, TBF_BAD_TOTAL_SIZE);
        assert_false(store_walk(s, &next, &o));
        assert_int_equal(install(512, 5), OK);
        assert_int_equal(apps(), 2);
    }
}

static void known_12_absurd_sizes_end_the_walk_and_are_told(void **state)
{
    (void)state;
    ON_EVERY_FLASH(absurd);
}

/* ... and where the journal knows an object behind it the walk goes on. */
static void resumes(void)
{
    uint32_t size = unit_up(500), bad = 4;
    for (uint32_t n = 1; n <= 4; n++)
        assert_int_equal(install(size, n), OK);
    uint32_t at = object(size, 2).at;
    nor_preset(&w.nor, at + TBF_AT_TOTAL_SIZE, &bad, 4);
    again();
    struct store_object o;
    assert_true(has(size, 1, &o));
    assert_true(has(size, 3, &o));
    assert_true(has(size, 4, &o));
    uint32_t next = at;
    assert_true(store_walk(s, &next, &o));
    assert_int_equal(o.error, TBF_BAD_TOTAL_SIZE);
    assert_false(o.is_free);
    assert_int_equal(o.size, size);
    world_free(&w);
    start();
}

static void a_corrupt_size_does_not_hide_what_the_journal_knows(void **state)
{
    (void)state;
    ON_EVERY_FLASH(resumes);
}

/* ---- transfers ------------------------------------------------------------ */

static void second_open(void)
{
    app_make(app, 1024, 1);
    assert_int_equal(open_size(1, 1024, 0), OK);
    assert_int_equal(write_app(1, 0, 512), OK);
    assert_int_equal(open_size(1, 512, 0), ERR_BUSY);
    assert_int_equal(open_size(2, 512, 0), ERR_BUSY);
    assert_int_equal(write_app(1, 512, 1024), OK);
    assert_int_equal(world_finish(&w, store_seal(s, 1)), OK);
    assert_int_equal(open_size(2, 512, 0), ERR_BUSY);
    assert_int_equal(world_finish(&w, store_commit(s, 1, NULL)), OK);
    assert_int_equal(apps(), 1);
}

static void known_13_and_19_a_second_transfer_harms_none(void **state)
{
    (void)state;
    ON_EVERY_FLASH(second_open);
}

/* The flash fails in each operation of an install, an abort and a removal: one
 * answer, and after a mount the store is as good as new. */
static void failing(void)
{
    assert_int_equal(install(600, 1), OK);
    assert_int_equal(install(unit_up(200), 2), OK);
    removed(600, 1);
    bool failed = true;
    for (uint64_t n = 0; failed; n++) {
        again();
        w.nor.fail_at = n;
        uint32_t size = unit_up(700) + 32 * (uint32_t)n;
        app_make(app, size, 3);
        err_t e = world_install(&w, app, size, 256, NULL);
        if (e == OK)
            e = world_finish(&w, store_remove(s, object(size, 3).handle));
        failed = e != OK;
        if (failed) {
            assert_int_equal(e, ERR_FAIL);
            assert_int_equal(
                store_open(s, 1, &(struct store_request){ .size = 64 }),
                ERR_OFF);
            w.nor.fail_at = NOR_NEVER;
            assert_int_equal(world_finish(&w, store_mount(s)), OK);
        }
        assert_true(has(unit_up(200), 2, &(struct store_object){ 0 }));
        e = world_finish(&w, store_abort(s, 9));
        assert_true(e == OK || e == ERR_INVAL);
        struct store_object o;
        if (has(size, 3, &o))
            removed(size, 3);
        if (n > 5)
            assert_int_equal(world_compact(&w), OK);
    }
}

static void known_14_and_15_errors_of_the_flash_come_back_once(void **state)
{
    (void)state;
    ON_EVERY_FLASH(failing);
}

static void unknown(void)
{
    const struct store_handle nothing = { w.layout.start, 123 };
    const struct store_handle outside = { 0xFFFFFFF0, 123 };
    assert_int_equal(store_remove(s, nothing), ERR_NODEVICE);
    assert_int_equal(store_roll_back(s, outside), ERR_NODEVICE);
    assert_int_equal(install(64, 1), OK);
}

static void known_16_an_unknown_object_leaves_the_store_idle(void **state)
{
    (void)state;
    ON_EVERY_FLASH(unknown);
}

static void abort_in_write(void)
{
    app_make(app, 1024, 1);
    assert_int_equal(open_size(1, 1024, 0), OK);
    assert_int_equal(store_write(s, 1, 0, app, 256), OK);
    assert_int_equal(store_abort(s, 1), ERR_BUSY);
    assert_int_equal(store_write(s, 1, 256, app + 256, 256), ERR_BUSY);
    assert_int_equal(world_finish(&w, OK), OK);
    assert_int_equal(world_finish(&w, store_abort(s, 1)), OK);
    assert_int_equal(store_abort(s, 1), ERR_INVAL);
    assert_int_equal(apps(), 0);
    assert_int_equal(install(room(), 2), OK);
}

static void known_17_an_abort_waits_for_the_write(void **state)
{
    (void)state;
    ON_EVERY_FLASH(abort_in_write);
}

static void abort_fails(void)
{
    app_make(app, 1024, 1);
    assert_int_equal(open_size(1, 1024, 0), OK);
    assert_int_equal(write_app(1, 0, 768), OK);
    w.nor.operations = 0;
    w.nor.fail_at = 0;
    assert_int_equal(world_finish(&w, store_abort(s, 1)), ERR_FAIL);
    w.nor.fail_at = NOR_NEVER;
    assert_int_equal(world_finish(&w, store_mount(s)), OK);
    assert_int_equal(world_finish(&w, store_abort(s, 1)), OK);
    assert_int_equal(install(room(), 2), OK);
}

static void known_18_an_abort_that_failed_can_be_repeated(void **state)
{
    (void)state;
    ON_EVERY_FLASH(abort_fails);
}

/* The body of an app that was given up or removed is nowhere in the flash but
 * perhaps in the spare sector; its last bytes are looked for. */
static bool is_wiped(uint32_t size, uint32_t number)
{
    app_make(app, size, number);
    for (uint32_t at = w.layout.start; at + 32 <= w.layout.end; at++)
        if (memcmp(w.nor.shown + at, app + 40, 24) == 0)
            return false;
    return true;
}

static void wiped(void)
{
    assert_int_equal(install(unit_up(100), 9), OK);
    app_make(app, 1024, 1);
    assert_int_equal(open_size(1, 1024, 0), OK);
    assert_int_equal(write_app(1, 0, 768), OK);
    assert_false(is_wiped(1024, 1));
    assert_int_equal(world_finish(&w, store_abort(s, 1)), OK);
    assert_true(is_wiped(1024, 1));
    assert_int_equal(install(1024, 2), OK);
    assert_int_equal(install(unit_up(100), 8), OK);
    assert_false(is_wiped(1024, 2));
    removed(1024, 2);
    assert_true(is_wiped(1024, 2));
}

static void known_25_what_was_removed_cannot_be_read(void **state)
{
    (void)state;
    ON_EVERY_FLASH(wiped);
}

static void incomplete(void)
{
    app_make(app, 1024, 1);
    assert_int_equal(open_size(1, 1024, 0), OK);
    assert_int_equal(store_seal(s, 1), ERR_SIZE);
    assert_int_equal(store_commit(s, 1, NULL), ERR_RESERVE);
    assert_int_equal(write_app(1, 0, 256), OK);
    assert_int_equal(store_seal(s, 1), ERR_SIZE);
    /* A hole in the middle. */
    assert_int_equal(store_write(s, 1, 512, app + 512, 256), ERR_INVAL);
    assert_int_equal(store_write(s, 1, 0, app, 256), ERR_INVAL);
    assert_int_equal(store_commit(s, 1, NULL), ERR_RESERVE);
    assert_int_equal(write_app(1, 256, 1024), OK);
    assert_int_equal(store_commit(s, 1, NULL), ERR_RESERVE);
    assert_int_equal(world_finish(&w, store_seal(s, 1)), OK);
    assert_int_equal(store_write(s, 1, 1024, app, 4), ERR_ALREADY);
    assert_int_equal(apps(), 0);
    assert_int_equal(world_finish(&w, store_commit(s, 1, NULL)), OK);
    assert_int_equal(apps(), 1);
}

static void known_27_nothing_is_taken_before_all_bytes_are_there(void **state)
{
    (void)state;
    ON_EVERY_FLASH(incomplete);
}

/* Each field of the header made wrong in turn, and an image that is not what
 * was announced: never an object, and the space comes back. */
static void bad_headers(void)
{
    for (uint32_t byte = 0; byte < 32; byte++) {
        app_make(app, 512, 1);
        app[byte] ^= 0x40;
        err_t e = open_size(1, 512, 0);
        assert_int_equal(e, OK);
        e = write_app(1, 0, 512);
        if (e == OK)
            e = world_finish(&w, store_seal(s, 1));
        assert_int_equal(e, ERR_INVAL);
        assert_int_equal(store_commit(s, 1, NULL), ERR_RESERVE);
        assert_int_equal(world_finish(&w, store_abort(s, 1)), OK);
        assert_int_equal(apps(), 0);
    }
    app_make(app, 4096, 1);
    app[2] = 0x04; /* a header of 2052 bytes */
    app[3] = 0x08;
    assert_int_equal(open_size(1, 4096, 0), OK);
    assert_int_equal(write_app(1, 0, 256), ERR_INVAL);
    assert_int_equal(world_finish(&w, store_abort(s, 1)), OK);
    app_make(app, 512, 1);
    assert_int_equal(open_size(1, 512, 0x12345), OK);
    assert_int_equal(write_app(1, 0, 512), OK);
    assert_int_equal(world_finish(&w, store_seal(s, 1)), ERR_FAIL);
    assert_int_equal(world_finish(&w, store_abort(s, 1)), OK);
    assert_int_equal(install(room(), 2), OK);
}

static void known_28_the_whole_header_is_judged_first(void **state)
{
    (void)state;
    ON_EVERY_FLASH(bad_headers);
}

static void timeout(void)
{
    app_make(app, 1024, 1);
    s->idle_limit = 10;
    assert_int_equal(open_size(1, 1024, 0), OK);
    store_tick(s, 9);
    assert_int_equal(write_app(1, 0, 256), OK);
    store_tick(s, 9);
    assert_int_equal(write_app(1, 256, 512), OK);
    store_tick(s, 10);
    assert_int_equal(store_write(s, 1, 512, app + 512, 256), ERR_RESERVE);
    assert_int_equal(open_size(2, room(), 0), OK);
    assert_int_equal(s->transfer.owner, 2);
    assert_int_equal(world_finish(&w, store_abort(s, 2)), OK);
}

static void known_28_a_silent_owner_loses_the_transfer(void **state)
{
    (void)state;
    ON_EVERY_FLASH(timeout);
}

static void owners(void)
{
    app_make(app, 1024, 1);
    assert_int_equal(store_write(s, 1, 0, app, 256), ERR_RESERVE);
    assert_int_equal(store_abort(s, 1), ERR_INVAL);
    assert_int_equal(open_size(1, 1024, 0), OK);
    assert_int_equal(store_write(s, 2, 0, app, 256), ERR_BUSY);
    assert_int_equal(store_seal(s, 2), ERR_BUSY);
    assert_int_equal(store_abort(s, 2), ERR_BUSY);
    assert_int_equal(store_commit(s, 2, NULL), ERR_BUSY);
    store_owner_gone(s, 2);
    assert_int_equal(write_app(1, 0, 1024), OK);
    assert_int_equal(world_finish(&w, store_seal(s, 1)), OK);
    assert_int_equal(store_commit(s, 2, NULL), ERR_BUSY);
    store_owner_gone(s, 1);
    assert_int_equal(store_commit(s, 1, NULL), ERR_RESERVE);
    assert_int_equal(open_size(2, 512, 0), OK);
    assert_int_equal(world_finish(&w, store_abort(s, 2)), OK);
    assert_int_equal(apps(), 0);
}

static void known_29_a_transfer_is_its_owners_until_death(void **state)
{
    (void)state;
    ON_EVERY_FLASH(owners);
}

static void write_lengths(void)
{
    app_make(app, 1024, 1);
    assert_int_equal(open_size(1, 1024, 0), OK);
    assert_int_equal(store_write(s, 1, 0, app, 0), ERR_SIZE);
    assert_int_equal(store_write(s, 1, 0, app, 257), ERR_SIZE);
    assert_int_equal(store_write(s, 1, 0, app, 4096), ERR_SIZE);
    assert_int_equal(store_write(s, 1, 0, app, 8), ERR_INVAL);
    assert_int_equal(store_write(s, 1, 0, app, 66), ERR_INVAL);
    assert_int_equal(write_app(1, 0, 896), OK);
    assert_int_equal(store_write(s, 1, 896, app + 896, 132), ERR_SIZE);
    assert_int_equal(world_finish(&w, store_abort(s, 1)), OK);
}

static void known_30_lengths_of_writes_are_kept_to(void **state)
{
    (void)state;
    ON_EVERY_FLASH(write_lengths);
}

/* ---- objects -------------------------------------------------------------- */

static void states(void)
{
    assert_int_equal(install(200, 1), OK);
    assert_int_equal(install(200, 3), OK);
    struct store_object on = object(200, 1), off = object(200, 3);
    assert_true(on.is_enabled);
    assert_false(off.is_enabled); /* as its header says */
    uint64_t before = w.nor.operations;
    assert_int_equal(world_finish(&w, store_enable(s, on.handle, true)), OK);
    assert_int_equal(w.nor.operations, before);
    assert_int_equal(world_finish(&w, store_enable(s, on.handle, false)), OK);
    assert_int_equal(world_finish(&w, store_enable(s, off.handle, true)), OK);
    again();
    assert_false(object(200, 1).is_enabled);
    assert_true(object(200, 3).is_enabled);
    removed(200, 1);
    /* The same object at the same place begins anew. */
    assert_int_equal(install(200, 1), OK);
    assert_true(object(200, 1).is_enabled);
    removed(200, 3);
    assert_int_equal(apps(), 1);
}

static void known_32_any_stored_object_can_be_operated_on(void **state)
{
    (void)state;
    ON_EVERY_FLASH(states);
}

static void handles(void)
{
    struct store_object o, found;
    assert_int_equal(install(200, 1), OK);
    o = object(200, 1);
    assert_int_equal(store_find(s, o.handle, &found), OK);
    for (uint32_t bit = 0; bit < 64; bit++) {
        struct store_handle forged = o.handle;
        if (bit < 32)
            forged.at ^= 1u << bit;
        else
            forged.tag ^= 1u << (bit - 32);
        assert_int_equal(store_find(s, forged, &found), ERR_NODEVICE);
    }
    /* A change of state makes none stale, a change of the set makes all. */
    assert_int_equal(world_finish(&w, store_enable(s, o.handle, false)), OK);
    assert_int_equal(store_find(s, o.handle, &found), OK);
    assert_int_equal(world_finish(&w, store_remove(s, o.handle)), OK);
    assert_int_equal(install(200, 1), OK);
    assert_int_equal(store_find(s, o.handle, &found), ERR_NODEVICE);
    assert_int_equal(store_remove(s, o.handle), ERR_NODEVICE);
    o = object(200, 1);
    assert_int_equal(install(200, 2), OK);
    again();
    assert_int_equal(store_find(s, o.handle, &found), ERR_NODEVICE);
}

static void known_33_handles_are_not_forged_and_not_stale(void **state)
{
    (void)state;
    ON_EVERY_FLASH(handles);
}

/* An app that carries another one, as an installer does: that is no object, and
 * even its right tag, which can be worked out, names none. */
static void inner(void)
{
    struct store_object found;
    static uint8_t outer[1024];
    uint32_t at = w.layout.start;
    app_make(outer, sizeof outer, 1);
    app_make(app, 256, 2);
    memcpy(outer + 512, app, 256);
    nor_preset(&w.nor, at, outer, sizeof outer);
    (void)preset(at + sizeof outer, 512, 3);
    again();
    assert_int_equal(store_find(s, store_handle_of(s, at), &found), OK);
    at += 512;
    assert_int_equal(store_find(s, store_handle_of(s, at), &found),
                     ERR_NODEVICE);
    assert_int_equal(store_remove(s, store_handle_of(s, at)), ERR_NODEVICE);
    assert_int_equal(store_seek(s, at), w.layout.start + sizeof outer);
    assert_int_equal(store_seek(s, at + 512), at + 512);
    assert_int_equal(store_seek(s, at + 513), at + 1024);
    assert_int_equal(store_seek(s, at + 1025), w.layout.end);
    assert_int_equal(store_seek(s, 0), w.layout.start);
}

/* What is refused leaves the operation alone that it was refused for. */
static void refused_meanwhile(void)
{
    struct store_object o;
    uint32_t size = unit_up(500);
    for (uint32_t n = 1; n <= 2; n++)
        assert_int_equal(install(size, n), OK);
    app_make(app, size, 3);
    assert_int_equal(open_size(1, size, 0), OK);
    assert_int_equal(store_enable(s, object(size, 2).handle, false), OK);
    assert_int_equal(store_commit(s, 1, NULL), ERR_BUSY);
    assert_int_equal(store_seal(s, 1), ERR_BUSY);
    assert_int_equal(store_abort(s, 1), ERR_BUSY);
    assert_int_equal(world_finish(&w, OK), OK);
    assert_true(has(size, 2, &o));
    assert_false(o.is_enabled);
    assert_true(has(size, 1, &o));
    assert_true(o.is_enabled);
}

static void what_is_refused_disturbs_no_operation(void **state)
{
    (void)state;
    ON_EVERY_FLASH(refused_meanwhile);
}

static void what_lies_within_an_object_is_none(void **state)
{
    (void)state;
    ON_EVERY_FLASH(inner);
}

/* Interrupted by a reset, by the owner's death, and by a reset after the seal:
 * taken up where it was, and nothing is sent twice but the head and a burst. */
static void resumed(void)
{
    uint32_t size = 3000;
    struct store_object o;
    app_make(app, size, 1);
    uint32_t id = app_id(app, size);
    assert_int_equal(open_size(1, size, id), OK);
    assert_int_equal(write_app(1, 0, 2048), OK);
    again();
    assert_int_equal(open_size(2, size, id), OK);
    assert_in_range(s->transfer.offset, 2048 - 256, 2048);
    assert_int_equal(store_seal(s, 2), ERR_SIZE);
    assert_int_equal(store_write(s, 2, s->transfer.offset, app, 32), ERR_INVAL);
    assert_int_equal(write_app(2, 0, store_head(s)), OK);
    assert_int_equal(write_app(2, s->transfer.offset, 2560), OK);
    store_owner_gone(s, 2);
    assert_int_equal(open_size(3, size, id), OK);
    assert_int_equal(write_app(3, 0, store_head(s)), OK);
    assert_int_equal(write_app(3, s->transfer.offset, size), OK);
    assert_int_equal(world_finish(&w, store_seal(s, 3)), OK);
    again();
    assert_int_equal(apps(), 0);
    assert_int_equal(world_install(&w, app, size, 256, NULL), OK);
    assert_true(has(size, 1, &o));
    /* Another image of the same size does not go on with it. */
    app_make(app, size, 2);
    assert_int_equal(open_size(1, size, app_id(app, size)), OK);
    assert_int_equal(write_app(1, 0, 1024), OK);
    again();
    app_make(app, size, 4);
    assert_int_equal(world_install(&w, app, size, 256, NULL), OK);
    assert_true(has(size, 1, &o));
    assert_true(has(size, 4, &o));
}

static void known_34_interrupted_transfers_are_taken_up(void **state)
{
    (void)state;
    ON_EVERY_FLASH(resumed);
}

static void fixed(void)
{
    struct store_object o;
    app_make(app, 512, 1);
    struct store_request request = { 512, 0, 0, w.layout.start + 2048 };
    assert_int_equal(world_finish(&w, store_open(s, 1, &request)), OK);
    assert_int_equal(write_app(1, 0, 512), OK);
    assert_int_equal(world_finish(&w, store_seal(s, 1)), OK);
    assert_int_equal(world_finish(&w, store_commit(s, 1, NULL)), OK);
    assert_int_equal(object(512, 1).at, request.at);
    request.at = w.layout.start + 2048 + 256; /* taken */
    assert_int_equal(world_finish(&w, store_open(s, 1, &request)), ERR_NOMEM);
    request.at = w.layout.start + 4; /* leaves no room for padding */
    assert_int_equal(world_finish(&w, store_open(s, 1, &request)), ERR_NOMEM);
    request.at = 0;
    assert_int_equal(world_finish(&w, store_open(s, 1, &request)), ERR_NOMEM);
    request = (struct store_request){ 512, 0, 512, STORE_NONE };
    assert_int_equal(install(unit_up(100), 2), OK);
    app_make(app, 512, 4);
    assert_int_equal(world_finish(&w, store_open(s, 1, &request)), OK);
    assert_int_equal(write_app(1, 0, 512), OK);
    assert_int_equal(world_finish(&w, store_seal(s, 1)), OK);
    assert_int_equal(world_finish(&w, store_commit(s, 1, NULL)), OK);
    o = object(512, 4);
    assert_int_equal(o.at % 512, 0);
    again();
    assert_int_equal(apps(), 3);
}

static void known_36_fixed_addresses_and_alignment_are_kept_to(void **state)
{
    (void)state;
    ON_EVERY_FLASH(fixed);
}

/* ---- updates -------------------------------------------------------------- */

static struct store_object update(uint32_t size, uint32_t from, uint32_t to)
{
    struct store_object old = object(size, from);
    app_make(other, size, to);
    assert_int_equal(world_install(&w, other, size, 256, &old.handle), OK);
    old = object(size, from);
    struct store_object new = object(size, to);
    assert_int_equal(new.trial_of, old.at);
    assert_int_equal(old.replaced_by, new.at);
    return new;
}

static void trial(void)
{
    struct store_object o;
    assert_int_equal(install(400, 1), OK);
    struct store_object new = update(400, 1, 2);
    /* No second trial of either. */
    struct store_object old = object(400, 1);
    app_make(other, 400, 4);
    assert_int_equal(world_install(&w, other, 400, 256, &old.handle),
                     ERR_RESERVE);
    assert_int_equal(world_finish(&w, store_abort(s, WORLD_OWNER)), OK);
    again();
    assert_int_equal(object(400, 2).trial_of, old.at);
    new = object(400, 2);
    assert_int_equal(store_confirm(s, object(400, 1).handle), ERR_INVAL);
    assert_int_equal(world_finish(&w, store_confirm(s, new.handle)), OK);
    assert_false(has(400, 1, &o));
    assert_int_equal(object(400, 2).trial_of, STORE_NONE);
    /* Again, and now it is no good: the old is back, the new is refused. */
    new = update(400, 2, 5);
    assert_int_equal(world_finish(&w, store_roll_back(s, new.handle)), OK);
    assert_false(has(400, 5, &o));
    assert_int_equal(object(400, 2).replaced_by, STORE_NONE);
    for (uint32_t boots = 0; boots < 2; boots++) {
        app_make(other, 400, 5);
        assert_int_equal(world_install(&w, other, 400, 256, NULL), ERR_ALREADY);
        assert_int_equal(open_size(1, 400, 0), OK);
        memcpy(app, other, 400);
        assert_int_equal(write_app(1, 0, 400), OK);
        assert_int_equal(world_finish(&w, store_seal(s, 1)), ERR_ALREADY);
        assert_int_equal(world_finish(&w, store_abort(s, 1)), OK);
        again();
    }
    /* A rollback does not wait for a transfer, a confirmation does. */
    new = update(400, 2, 8);
    app_make(app, 1024, 4);
    assert_int_equal(open_size(1, 1024, 0), OK);
    assert_int_equal(write_app(1, 0, 512), OK);
    new = object(400, 8);
    assert_int_equal(store_confirm(s, new.handle), ERR_BUSY);
    assert_int_equal(world_finish(&w, store_roll_back(s, new.handle)), OK);
    assert_int_equal(store_write(s, 1, 512, app, 256), ERR_RESERVE);
    assert_false(has(400, 8, &o));
    /* Another build is not refused. */
    new = update(400, 2, 7);
    removed(400, 7);
    assert_int_equal(object(400, 2).replaced_by, STORE_NONE);
}

static void known_23_updates_are_on_trial_and_rolled_back(void **state)
{
    (void)state;
    ON_EVERY_FLASH(trial);
}

static void compacted(void)
{
    struct store_object o;
    for (uint32_t n = 1; n <= 5; n++)
        assert_int_equal(install(300 + 12 * n, n), OK);
    (void)update(312, 1, 6 * 3 + 1);
    assert_true(has(300 + 12 * 4, 4, &o));
    assert_int_equal(world_finish(&w, store_enable(s, o.handle, false)), OK);
    removed(300 + 12 * 2, 2);
    removed(300 + 12 * 3, 3);
    assert_int_equal(world_compact(&w), OK);
    again();
    assert_int_equal(apps(), 4);
    assert_false(object(300 + 12 * 4, 4).is_enabled);
    assert_int_equal(object(312, 19).trial_of, object(312, 1).at);
    w.may_not_move = true;
    removed(312, 1);
    assert_int_equal(world_finish(&w, store_compact_plan(s)), ERR_ALREADY);
    assert_int_equal(store_compact(s), ERR_RESERVE);
    w.may_not_move = false;
}

static void compaction_keeps_what_the_journal_says(void **state)
{
    (void)state;
    ON_EVERY_FLASH(compacted);
}

/* Off and on 10,000 times: the journal turns pages, wear stays even. */
static void worn(void)
{
    assert_int_equal(install(64, 1), OK);
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(
            world_finish(&w, store_enable(s, object(64, 1).handle, i % 2 == 0)),
            OK);
    assert_int_equal(w.nor.wear[w.layout.start / geometry->sector_size], 0);
    uint32_t a = w.nor.wear[0], b = w.nor.wear[1];
    assert_true(a <= b + 1 && b <= a + 1);
    assert_int_equal(s->erases, a + b);
    uint32_t slot = geometry->word_size < 16 ? 16 : geometry->word_size;
    assert_true(a + b <= 10000 / (geometry->sector_size / slot - 4) + 2);
}

static void wear_is_even_and_counted(void **state)
{
    (void)state;
    ON_EVERY_FLASH(worn);
}

/* A page takes as many states as there is room for, then says so. */
static void full_journal(void)
{
    struct store_object o;
    uint32_t slot = geometry->word_size < 16 ? 16 : geometry->word_size;
    uint32_t most = geometry->sector_size / slot - 4, refused = 0;
    if (most > 100)
        return;
    for (uint32_t n = 1; n <= most + 3; n++)
        assert_int_equal(install(64, n * 3 + 1), OK);
    for (uint32_t n = 1; n <= most + 3; n++) {
        assert_true(has(64, n * 3 + 1, &o));
        err_t e = world_finish(&w, store_enable(s, o.handle, false));
        assert_true(e == OK || e == ERR_NOMEM);
        refused += e == ERR_NOMEM;
    }
    assert_int_equal(refused, 3);
    removed(64, 4);
    assert_int_equal(world_compact(&w), OK);
    again();
    uint32_t off = 0, at = STORE_NONE;
    while (store_walk(s, &at, &o))
        off += !o.is_free && !o.is_enabled;
    assert_int_equal(off, most - 1);
}

static void a_full_journal_is_told(void **state)
{
    (void)state;
    ON_EVERY_FLASH(full_journal);
}

static void layouts_that_cannot_work_are_refused(void **state)
{
    (void)state;
    geometry = &geometries[0];
    start();
    const struct store_layout good = w.layout;
    w.layout.journal_sectors = 3;
    assert_int_equal(store_mount(s), ERR_INVAL);
    w.layout = good;
    w.layout.spare_sectors = 0;
    assert_int_equal(store_mount(s), ERR_INVAL);
    w.layout = good;
    w.layout.start += 4;
    assert_int_equal(store_mount(s), ERR_INVAL);
    w.layout = good;
    w.layout.end = geometry->size + 4096;
    assert_int_equal(store_mount(s), ERR_INVAL);
    w.layout = good;
    w.place.buffer_size = 16;
    assert_int_equal(store_mount(s), ERR_INVAL);
    end();
}

/* ---- rewriting for drivers ------------------------------------------------ */

static uint32_t rewritten;

static void on_rewritten(struct rewrite *r, err_t e)
{
    (void)r;
    assert_int_equal(e, OK);
    rewritten++;
}

static void rewrites(void)
{
    static const uint8_t bytes[] = { 1, 2, 3, 0xFF, 5 };
    uint32_t sector = geometry->sector_size, at = w.layout.end - 100;
    struct rewrite r = { at, bytes, sizeof bytes, on_rewritten, NULL };
    struct rewrite r2 = { at + 3, bytes, sizeof bytes, on_rewritten, NULL };
    rewritten = 0;
    app_make(app, 1024, 1);
    assert_int_equal(open_size(1, 1024, 0), OK);
    assert_int_equal(store_write(s, 1, 0, app, 256), OK);
    assert_int_equal(rewrite_start(s, &r), OK);
    assert_int_equal(rewrite_start(s, &r), ERR_BUSY);
    assert_int_equal(rewrite_start(s, &r2), OK);
    assert_int_equal(world_finish(&w, OK), OK);
    assert_int_equal(rewritten, 2);
    assert_memory_equal(w.nor.shown + at, "\1\2\3\1\2\3\377\5", 8);
    struct rewrite r3 = { at + 8, bytes, sizeof bytes, on_rewritten, NULL };
    assert_false(rewrite_cancel(s, &r3)); /* never asked for */
    assert_int_equal(rewrite_start(s, &r), OK);
    assert_int_equal(rewrite_start(s, &r3), OK);
    assert_int_equal(rewrite_start(s, &r2), OK);
    assert_true(rewrite_cancel(s, &r3));
    store_run(s);
    assert_false(rewrite_cancel(s, &r)); /* under way */
    assert_true(world_run(&w));
    assert_int_equal(rewritten, 4);
    assert_memory_equal(w.nor.shown + at, "\1\2\3\1\2\3\377\5\377", 9);
    assert_int_equal(write_app(1, 256, 1024), OK);
    assert_int_equal(world_finish(&w, store_seal(s, 1)), OK);
    assert_int_equal(world_finish(&w, store_commit(s, 1, NULL)), OK);
    const struct rewrite bad[] = {
        { w.layout.journal, bytes, 4, on_rewritten, NULL },
        { w.layout.spare + sector - 1, bytes, 1, on_rewritten, NULL },
        { w.layout.start - 1, bytes, 2, on_rewritten, NULL },
        { w.layout.end - 1, bytes, 2, on_rewritten, NULL },
        { w.layout.end, bytes, 1, on_rewritten, NULL },
        { w.layout.start + sector - 2, bytes, 3, on_rewritten, NULL },
        { w.layout.start, bytes, 0, on_rewritten, NULL },
        { 0xFFFFFFFF, bytes, 5, on_rewritten, NULL },
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(bad); i++) {
        r = bad[i];
        assert_int_equal(rewrite_start(s, &r), ERR_INVAL);
    }
}

static void drivers_rewrite_a_part_of_a_sector(void **state)
{
    (void)state;
    ON_EVERY_FLASH(rewrites);
}

static void unformatted(void)
{
    struct store_object o;
    app_make(app, 512, 9);
    nor_preset(&w.nor, w.layout.start, app, 512);
    again();
    assert_int_equal(w.nor.operations, 0);
    o = object(512, 9);
    assert_int_equal(world_finish(&w, store_enable(s, o.handle, false)), OK);
    again();
    assert_false(object(512, 9).is_enabled);
}

static void a_flash_without_a_journal_is_taken_as_it_is(void **state)
{
    (void)state;
    ON_EVERY_FLASH(unformatted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flash_without_a_journal_is_taken_as_it_is),
        cmocka_unit_test(known_1_more_apps_than_any_table),
        cmocka_unit_test(known_2_a_flash_without_apps),
        cmocka_unit_test(known_3_and_4_room_in_front_of_the_first_app),
        cmocka_unit_test(known_5_and_6_a_gap_that_fits_exactly),
        cmocka_unit_test(free_space_is_all_gaps_and_the_end),
        cmocka_unit_test(known_7_gaps_too_small_for_a_header_are_never_made),
        cmocka_unit_test(known_8_lengths_that_make_no_sense),
        cmocka_unit_test(known_9_the_last_byte_of_the_flash_is_used),
        cmocka_unit_test(known_10_a_chain_of_nothing_but_padding),
        cmocka_unit_test(known_11_stale_objects_behind_the_end),
        cmocka_unit_test(known_12_absurd_sizes_end_the_walk_and_are_told),
        cmocka_unit_test(a_corrupt_size_does_not_hide_what_the_journal_knows),
        cmocka_unit_test(known_13_and_19_a_second_transfer_harms_none),
        cmocka_unit_test(known_14_and_15_errors_of_the_flash_come_back_once),
        cmocka_unit_test(known_16_an_unknown_object_leaves_the_store_idle),
        cmocka_unit_test(known_17_an_abort_waits_for_the_write),
        cmocka_unit_test(known_18_an_abort_that_failed_can_be_repeated),
        cmocka_unit_test(known_23_updates_are_on_trial_and_rolled_back),
        cmocka_unit_test(known_25_what_was_removed_cannot_be_read),
        cmocka_unit_test(known_27_nothing_is_taken_before_all_bytes_are_there),
        cmocka_unit_test(known_28_the_whole_header_is_judged_first),
        cmocka_unit_test(known_28_a_silent_owner_loses_the_transfer),
        cmocka_unit_test(known_29_a_transfer_is_its_owners_until_death),
        cmocka_unit_test(known_30_lengths_of_writes_are_kept_to),
        cmocka_unit_test(known_32_any_stored_object_can_be_operated_on),
        cmocka_unit_test(known_33_handles_are_not_forged_and_not_stale),
        cmocka_unit_test(what_lies_within_an_object_is_none),
        cmocka_unit_test(what_is_refused_disturbs_no_operation),
        cmocka_unit_test(known_34_interrupted_transfers_are_taken_up),
        cmocka_unit_test(known_36_fixed_addresses_and_alignment_are_kept_to),
        cmocka_unit_test(compaction_keeps_what_the_journal_says),
        cmocka_unit_test(wear_is_even_and_counted),
        cmocka_unit_test(a_full_journal_is_told),
        cmocka_unit_test(layouts_that_cannot_work_are_refused),
        cmocka_unit_test(drivers_rewrite_a_part_of_a_sector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
