/* SPDX-License-Identifier: Apache-2.0 */
/* The app store, defect by defect, as test_store.c: its objects, their updates, and
 * what drivers rewrite. Each test runs on four kinds of flash.
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c pic/tbf.c pic/crc32.c
 * SOURCES: tests/power/nor.c tests/power/world.c tests/fake/stored.c */
#include <tests/fake/stored.h>

/* ---- objects ------------------------------------------------------------ */

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

/* ---- updates ------------------------------------------------------------ */

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

/* ---- rewriting for drivers ---------------------------------------------- */

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
        cmocka_unit_test(known_23_updates_are_on_trial_and_rolled_back),
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
