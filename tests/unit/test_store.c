/* SPDX-License-Identifier: Apache-2.0 */
/* The app store, defect by defect: known_N checks number N of the known defects
 * of loaders (docs/design/store.md); here those of space and of transfers. Each runs
 * on four kinds of flash.
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c pic/tbf.c pic/crc32.c
 * SOURCES: tests/power/nor.c tests/power/world.c tests/fake/stored.c */
#include <tests/fake/stored.h>

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

/* ---- space -------------------------------------------------------------- */

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

/* ---- transfers ---------------------------------------------------------- */

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
    assert_int_equal(store_write(s, 1, 0, app, 257), ERR_INVAL);
    assert_int_equal(store_write(s, 1, 0, app, 4096), ERR_SIZE);
    assert_int_equal(store_write(s, 1, 0, app, 8), ERR_INVAL);
    assert_int_equal(store_write(s, 1, 0, app, 66), ERR_INVAL);
    assert_int_equal(write_app(1, 0, 896), OK);
    assert_int_equal(store_write(s, 1, 896, app + 896, 132), ERR_SIZE);
    assert_int_equal(world_finish(&w, store_abort(s, 1)), OK);
    /* And all of it at once, in steps of 256 bytes. */
    assert_int_equal(open_size(1, 1020, 0), OK);
    app_make(app, 1020, 2);
    uint64_t steps = w.steps;
    assert_int_equal(world_finish(&w, store_write(s, 1, 0, app, 1020)), OK);
    assert_true(w.steps - steps >= 4);
    assert_int_equal(s->transfer.offset, 1020);
    assert_int_equal(world_finish(&w, store_seal(s, 1)), OK);
    assert_int_equal(world_finish(&w, store_commit(s, 1, NULL)), OK);
    assert_true(has(1020, 2, &(struct store_object){ 0 }));
}

static void known_30_lengths_of_writes_are_kept_to(void **state)
{
    (void)state;
    ON_EVERY_FLASH(write_lengths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        cmocka_unit_test(known_25_what_was_removed_cannot_be_read),
        cmocka_unit_test(known_27_nothing_is_taken_before_all_bytes_are_there),
        cmocka_unit_test(known_28_the_whole_header_is_judged_first),
        cmocka_unit_test(known_28_a_silent_owner_loses_the_transfer),
        cmocka_unit_test(known_29_a_transfer_is_its_owners_until_death),
        cmocka_unit_test(known_30_lengths_of_writes_are_kept_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
