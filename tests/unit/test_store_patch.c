/* SPDX-License-Identifier: Apache-2.0 */
/* Sectors that are kept open, on four kinds of flash, with the power cut in
 * every operation.
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c loader/store_patch.c
 * SOURCES: pic/crc32.c
 * SOURCES: pic/tbf.c tests/power/nor.c tests/power/world.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loader/store_patch.h>
#include <loader/store_priv.h>
#include <tests/power/world.h>

#define FLASH_MAX 65536u
#define PAGE 512u

static struct world w;
static struct store *const s = &w.store;
static struct store_patch patch;
static const struct flash_geometry *geometry;
static uint8_t wanted[FLASH_MAX], page[FLASH_MAX], read[FLASH_MAX];
static uint32_t chance;

static const struct flash_geometry geometries[] = {
    { 16 * 4096, 4096, 1, 256, true, false },
    { 16 * 4096, 4096, 4, 256, false, false },
    { 16 * 4096, 4096, 32, 256, true, true },
    { 64 * 512, 512, 32, 64, false, false },
};

#define ON_EVERY_FLASH(test)                                                   \
    for (uint32_t g_ = 0; g_ < ARRAY_COUNT(geometries); g_++) {                \
        geometry = &geometries[g_];                                            \
        world_make(&w, geometry, 2, 1);                                        \
        assert_int_equal(world_boot(&w), OK);                                  \
        store_patch_init(s, &patch);                                           \
        test();                                                                \
        world_free(&w);                                                        \
    }

static uint32_t start_of(void)
{
    return w.layout.start;
}

static err_t put(uint32_t at, uint32_t len)
{
    return world_finish(&w, store_patch_write(s, at, page, len));
}

static err_t finish(void)
{
    return world_finish(&w, store_patch_close(s));
}

static void fill(uint8_t *to, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        to[i] =
            nor_random(&chance) % 4 == 0 ? 0xFF : (uint8_t)nor_random(&chance);
}

/* ---- what is written is read, at once and later -------------------------------- */

static void random_writes(void)
{
    uint32_t size = w.layout.end - start_of();
    chance = 5;
    memcpy(wanted, w.nor.cells + start_of(), size);
    for (uint32_t n = 0; n < 120; n++) {
        uint32_t len =
            nor_random(&chance) % 3 ? PAGE : nor_random(&chance) % 900;
        uint32_t at = nor_random(&chance) % (size - len + 1);
        if (n % 4 == 0)
            at -= at % 4;
        fill(page, len);
        assert_int_equal(put(start_of() + at, len), OK);
        memcpy(wanted + at, page, len);
        store_patch_read(s, read, start_of(), size);
        assert_memory_equal(read, wanted, size);
        if (n % 30 == 29) {
            assert_int_equal(finish(), OK);
            assert_memory_equal(w.nor.shown + start_of(), wanted, size);
        }
    }
}

static void what_is_written_is_read_at_once_and_in_the_end(void **state)
{
    (void)state;
    ON_EVERY_FLASH(random_writes);
}

/* ---- what it costs --------------------------------------------------------------- */

static void pages_in_order(void)
{
    uint32_t sector = geometry->sector_size, pages = 3 * sector / PAGE;
    if (sector < 2 * PAGE)
        return;
    assert_int_equal(put(start_of(), 4), OK); /* makes the journal */
    assert_int_equal(finish(), OK);
    chance = 6;
    uint32_t before = s->erases;
    for (uint32_t n = 0; n < pages; n++) {
        fill(page, PAGE);
        assert_int_equal(put(start_of() + n * PAGE, PAGE), OK);
    }
    assert_int_equal(finish(), OK);
    assert_in_range(s->erases - before, 2 * 3, 2 * 3 + 1); /* and a page */
    before = s->erases;
    for (uint32_t n = 0; n < pages; n++) { /* they are there */
        memcpy(page, w.nor.shown + start_of() + n * PAGE, PAGE);
        assert_int_equal(put(start_of() + n * PAGE, PAGE), OK);
    }
    assert_int_equal(finish(), OK);
    assert_int_equal(s->erases, before);
}

static void a_sector_costs_two_erases_however_many_pages(void **state)
{
    (void)state;
    ON_EVERY_FLASH(pages_in_order);
}

/* ---- refusals ------------------------------------------------------------------------ */

static void ranges(void)
{
    uint32_t end = w.layout.end;
    assert_int_equal(put(start_of() - 1, 1), ERR_INVAL);
    assert_int_equal(put(0, PAGE), ERR_INVAL);
    assert_int_equal(put(end - PAGE + 1, PAGE), ERR_INVAL);
    assert_int_equal(put(end, 1), ERR_INVAL);
    assert_int_equal(put(0xFFFFFFFF, PAGE), ERR_INVAL);
    assert_int_equal(w.nor.operations, 0);
    assert_int_equal(put(end - PAGE, PAGE), OK);
    assert_int_equal(finish(), OK);
}

static void nothing_but_the_chain_is_written(void **state)
{
    (void)state;
    ON_EVERY_FLASH(ranges);
}

/* ---- the journal ----------------------------------------------------------------------- */

/* An app that was switched off, or is on trial, is overwritten by another tool:
 * nothing of that sticks to what is there then. */
static void stale_records(void)
{
    static uint8_t old[200], new[200];
    struct store_object o;
    uint32_t at = STORE_NONE;
    app_make(old, sizeof old, 1);
    app_make(new, sizeof new, 2);
    assert_int_equal(world_install(&w, old, sizeof old, 64, NULL), OK);
    assert_true(world_find(&w, old, sizeof old, &o));
    assert_int_equal(world_install(&w, new, sizeof new, 64, &o.handle), OK);
    assert_true(world_find(&w, old, sizeof old, &o));
    assert_int_not_equal(o.replaced_by, STORE_NONE);
    assert_true(world_find(&w, new, sizeof new, &o));

    store_patch_init(s, &patch);
    memset(page, 0xFF, PAGE); /* the new one goes */
    assert_int_equal(put(o.at, PAGE < w.layout.end - o.at ? PAGE : 16), OK);
    assert_int_equal(finish(), OK);
    nor_power_up(&w.nor);
    assert_int_equal(world_boot(&w), OK);
    assert_true(store_walk(s, &at, &o));
    assert_int_equal(o.replaced_by, STORE_NONE);
    assert_memory_equal(w.nor.shown + o.at, old, sizeof old);
    assert_false(world_find(&w, new, sizeof new, &o));
}

static void the_journal_forgets_what_is_gone(void **state)
{
    (void)state;
    ON_EVERY_FLASH(stale_records);
}

static uint8_t old[200], new[200], other[200];

/* The old one on the place where it was found, and the new one on trial. */
static void trial_make(struct store_object *of_old, struct store_object *of_new)
{
    app_make(old, sizeof old, 1);
    app_make(new, sizeof new, 2);
    app_make(other, sizeof other, 3);
    assert_int_equal(world_install(&w, old, sizeof old, 64, NULL), OK);
    assert_true(world_find(&w, old, sizeof old, of_old));
    assert_int_equal(world_install(&w, new, sizeof new, 64, &of_old->handle),
                     OK);
    assert_true(world_find(&w, new, sizeof new, of_new));
    assert_true(world_find(&w, old, sizeof old, of_old));
    assert_int_equal(of_new->trial_of, of_old->at);
    assert_int_equal(of_old->replaced_by, of_new->at);
}

/* A trial is of that old and that new one, whatever else lies where. */
static void trials_are_true(void)
{
    struct store_object o;
    for (uint32_t at = STORE_NONE; store_walk(s, &at, &o);) {
        const uint8_t *is = w.nor.shown + o.at;
        if (o.trial_of != STORE_NONE) {
            assert_memory_equal(is, new, sizeof new);
            assert_memory_equal(w.nor.shown + o.trial_of, old, sizeof old);
        }
        if (o.replaced_by != STORE_NONE) {
            assert_memory_equal(is, old, sizeof old);
            assert_memory_equal(w.nor.shown + o.replaced_by, new, sizeof new);
        }
    }
}

/* Whatever programmed the chip knew nothing of the journal. */
static void programmed_from_outside(void)
{
    struct store_object of_old, of_new, o;
    static uint8_t ones[sizeof old];
    memset(ones, 0xFF, sizeof ones);
    trial_make(&of_old, &of_new);
    nor_preset(&w.nor, of_new.at, ones, sizeof ones);
    assert_int_equal(world_boot(&w), OK);
    assert_true(world_find(&w, old, sizeof old, &o));
    assert_int_equal(o.replaced_by, STORE_NONE);
    nor_preset(&w.nor, of_new.at, new, sizeof new);
    /* One object from the old one to the new one's end. */
    app_make(page, of_new.at - of_old.at + sizeof new, 4);
    nor_preset(&w.nor, of_old.at, page, of_new.at - of_old.at + sizeof new);
    assert_int_equal(world_boot(&w), OK);
    trials_are_true();
}

static void what_was_programmed_from_outside_is_on_no_trial(void **state)
{
    (void)state;
    ON_EVERY_FLASH(programmed_from_outside);
}

/* ---- power cuts ------------------------------------------------------------------------- */

/* Pages of four sectors, one of them twice. */
static bool writes_under_cut(void)
{
    uint32_t sector = geometry->sector_size;
    const uint32_t places[] = { 0, 256, sector - 100, 3 * sector + 8, 16 };
    chance = 9;
    for (uint32_t n = 0; n < ARRAY_COUNT(places); n++) {
        fill(page, 300);
        err_t e = put(start_of() + places[n], 300);
        if (e != OK)
            return false;
    }
    return finish() == OK;
}

/* Each sector is what one of the states says that it had at rest. */
static bool is_one_of(uint32_t sector, uint8_t states[][4 * 4096],
                      uint32_t count)
{
    uint32_t size = geometry->sector_size;
    const uint8_t *is = w.nor.shown + start_of() + sector * size;
    for (uint32_t i = 0; i < count; i++)
        if (memcmp(is, states[i] + sector * size, size) == 0)
            return true;
    return false;
}

/* The writes with operation `cut` cut off, then a boot. True: they were over
 * before. */
static bool cut_and_boot(const struct nor *before, uint64_t cut,
                         enum nor_cut kind)
{
    nor_copy(&w.nor, before);
    assert_int_equal(world_boot(&w), OK);
    store_patch_init(s, &patch);
    w.nor.cut_at = cut;
    w.nor.cut = kind;
    w.nor.chance = (uint32_t)cut + 1;
    bool is_over = writes_under_cut();
    nor_power_up(&w.nor);
    assert_int_equal(world_boot(&w), OK);
    return is_over;
}

/* Clean cuts show each state that there is at rest; no other cut shows more. */
static void cuts(void)
{
    static uint8_t states[9][4 * 4096];
    static struct nor before;
    uint32_t size = 4 * geometry->sector_size, count = 0;
    chance = 3;
    fill(page, size);
    nor_preset(&w.nor, start_of(), page, size);
    nor_make(&before, geometry);
    nor_copy(&before, &w.nor);
    bool is_over = false;
    for (uint64_t cut = 0; !is_over; cut++) {
        is_over = cut_and_boot(&before, cut, CUT_BEFORE);
        if (count > 0 &&
            memcmp(states[count - 1], w.nor.cells + start_of(), size) == 0)
            continue;
        assert_true(count < ARRAY_COUNT(states));
        memcpy(states[count++], w.nor.cells + start_of(), size);
    }
    assert_in_range(count, 4, 8); /* as many as sectors are completed */
    is_over = false;
    for (uint64_t cut = 0; !is_over; cut++)
        for (enum nor_cut kind = CUT_AFTER; kind < CUT_KINDS; kind++) {
            is_over = cut_and_boot(&before, cut, kind);
            for (uint32_t i = 0; i < 4; i++)
                assert_true(is_one_of(i, states, count));
        }
    nor_free(&before);
}

/* Another tool puts another app, or nothing, where one of a trial was. */
static bool trial_overwritten(uint32_t at, const uint8_t *by, uint64_t cut)
{
    w.nor.cut_at = cut;
    w.nor.cut = (enum nor_cut)(cut % CUT_KINDS);
    w.nor.chance = (uint32_t)cut + 1;
    bool is_over =
        world_finish(&w, store_patch_write(s, at, by, sizeof other)) == OK &&
        finish() == OK;
    nor_power_up(&w.nor);
    assert_int_equal(world_boot(&w), OK);
    trials_are_true();
    return is_over;
}

static void cut_trials(void)
{
    static uint8_t nothing[sizeof other];
    static struct nor before;
    struct store_object of_old, of_new;
    memset(nothing, 0xFF, sizeof nothing);
    trial_make(&of_old, &of_new);
    nor_make(&before, geometry);
    nor_copy(&before, &w.nor);
    const uint32_t places[] = { of_old.at, of_old.at, of_new.at, of_new.at };
    const uint8_t *by[] = { other, nothing, other, nothing };
    for (uint32_t i = 0; i < ARRAY_COUNT(places); i++) {
        bool is_over = false;
        for (uint64_t cut = 0; !is_over; cut++) {
            nor_copy(&w.nor, &before);
            assert_int_equal(world_boot(&w), OK);
            store_patch_init(s, &patch);
            is_over = trial_overwritten(places[i], by[i], cut);
        }
        assert_memory_equal(w.nor.shown + places[i], by[i], sizeof other);
    }
    nor_free(&before);
}

static void a_cut_leaves_no_trial_of_what_is_not_there(void **state)
{
    (void)state;
    ON_EVERY_FLASH(cut_trials);
}

static void a_cut_leaves_each_sector_as_before_or_as_completed(void **state)
{
    (void)state;
    ON_EVERY_FLASH(cuts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_at_once_and_in_the_end),
        cmocka_unit_test(a_sector_costs_two_erases_however_many_pages),
        cmocka_unit_test(nothing_but_the_chain_is_written),
        cmocka_unit_test(the_journal_forgets_what_is_gone),
        cmocka_unit_test(what_was_programmed_from_outside_is_on_no_trial),
        cmocka_unit_test(a_cut_leaves_no_trial_of_what_is_not_there),
        cmocka_unit_test(a_cut_leaves_each_sector_as_before_or_as_completed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
