/* SPDX-License-Identifier: Apache-2.0 */
/* The store against a model, which is a set of named blobs: random operations,
 * from 0 to 64 apps, on four kinds of flash; 100,000 of them with FULL=1 in the
 * environment, else a fifth. After each the store holds what the model holds,
 * and nothing is refused for want of space that would fit. In the end all is
 * removed and no byte is missing.
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c pic/tbf.c pic/crc32.c
 * SOURCES: tests/power/nor.c tests/power/world.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loader/store_priv.h>
#include <tests/power/world.h>

#define APPS_MAX 64u
#define APP_LEAST 64u
#define APP_MOST 1600u
#define NOBODY 0xFFu

struct blob {
    bool is_there, is_enabled;
    uint32_t size, number;
    uint8_t trial_of, replaced_by; /* NOBODY: none */
    uint8_t bytes[APP_MOST];
};

static struct world w;
static struct store *const s = &w.store;
static struct blob model[APPS_MAX];
static uint32_t chance, next_number;
static uint32_t done_of[16], full, most;
static uint8_t bytes[1u << 17];

static uint32_t dice(uint32_t sides)
{
    return nor_random(&chance) % sides;
}

static struct store_object object_of(const struct blob *b)
{
    struct store_object o;
    assert_true(world_find(&w, b->bytes, b->size, &o));
    return o;
}

/* The store holds what the model holds. */
static void compare(void)
{
    struct store_object o;
    uint32_t at = STORE_NONE, count = 0, expected = 0;
    assert_null(world_check(&w));
    while (store_walk(s, &at, &o))
        count += !o.is_free;
    for (uint32_t i = 0; i < APPS_MAX; i++)
        expected += model[i].is_there;
    assert_int_equal(count, expected);
    if (count > most)
        most = count;
}

static void compare_all(void)
{
    uint32_t at[APPS_MAX];
    compare();
    for (uint32_t i = 0; i < APPS_MAX; i++)
        if (model[i].is_there)
            at[i] = object_of(&model[i]).at;
    for (uint32_t i = 0; i < APPS_MAX; i++) {
        const struct blob *b = &model[i];
        if (!b->is_there)
            continue;
        struct store_object o = object_of(b);
        assert_int_equal(o.is_enabled, b->is_enabled);
        assert_int_equal(o.trial_of,
                         b->trial_of == NOBODY ? STORE_NONE : at[b->trial_of]);
        assert_int_equal(o.replaced_by, b->replaced_by == NOBODY
                                            ? STORE_NONE
                                            : at[b->replaced_by]);
    }
}

static bool gap_fits(uint32_t from, uint32_t to, uint32_t size, bool is_tail)
{
    uint32_t unit = store_unit(s), at = from;
    while (at % unit != 0 || (at != from && at - from < TBF_BASE_SIZE))
        at += 4;
    uint32_t end = at + size;
    if (end > to)
        return false;
    if (is_tail || (end == to && end % unit == 0))
        return true;
    for (end += TBF_BASE_SIZE; end % unit != 0;)
        end += 4;
    return end <= to;
}

/* Would an object of that size fit somewhere? Found out another way than the
 * store does. */
static bool would_fit(uint32_t size)
{
    uint32_t at = STORE_NONE, end = w.layout.start, gap = STORE_NONE;
    struct store_object o;
    while (store_walk(s, &at, &o)) {
        end = o.at + o.size;
        if (o.is_free && gap == STORE_NONE)
            gap = o.at;
        if (o.is_free)
            continue;
        if (gap != STORE_NONE && gap_fits(gap, o.at, size, false))
            return true;
        gap = STORE_NONE;
    }
    return gap_fits(end, w.layout.end, size, true) ||
           (gap != STORE_NONE && gap_fits(gap, w.layout.end, size, true));
}

static uint8_t slot_free(void)
{
    for (uint8_t i = 0; i < APPS_MAX; i++)
        if (!model[i].is_there)
            return i;
    return NOBODY;
}

/* One that is there, or NOBODY. */
static uint8_t slot_used(void)
{
    uint32_t first = dice(APPS_MAX);
    for (uint32_t i = 0; i < APPS_MAX; i++)
        if (model[(first + i) % APPS_MAX].is_there)
            return (uint8_t)((first + i) % APPS_MAX);
    return NOBODY;
}

static void reboot(void)
{
    nor_power_up(&w.nor);
    assert_int_equal(world_boot(&w), OK);
}

static void remember(uint8_t slot, const struct blob *b)
{
    model[slot] = *b;
    model[slot].is_there = true;
    if (b->trial_of != NOBODY)
        model[b->trial_of].replaced_by = slot;
}

static void forget(uint8_t slot)
{
    struct blob *b = &model[slot];
    b->is_there = false;
    if (b->trial_of != NOBODY)
        model[b->trial_of].replaced_by = NOBODY;
    if (b->replaced_by != NOBODY)
        model[b->replaced_by].trial_of = NOBODY;
}

static void do_install(uint8_t old)
{
    uint8_t slot = slot_free();
    if (slot == NOBODY)
        return;
    struct blob b = { .size = APP_LEAST + 4 * dice((APP_MOST - APP_LEAST) / 4),
                      .number = ++next_number,
                      .trial_of = old,
                      .replaced_by = NOBODY };
    b.is_enabled = b.number % 3 != 0;
    struct store_handle handle = { 0, 0 };
    if (old != NOBODY)
        handle = object_of(&model[old]).handle;
    app_make(b.bytes, b.size, b.number);
    bool fits = would_fit(b.size);
    err_t e = world_install(&w, b.bytes, b.size, 32u << dice(4),
                            old == NOBODY ? NULL : &handle);
    if (e == ERR_NOMEM && s->hole.kind == HOLE_INSTALL) {
        /* No room in the journal for one more trial. */
        assert_int_not_equal(old, NOBODY);
        assert_int_equal(world_finish(&w, store_abort(s, WORLD_OWNER)), OK);
        return;
    }
    assert_int_equal(e, fits ? OK : ERR_NOMEM);
    full += !fits;
    if (e == OK)
        remember(slot, &b);
}

/* Begin one, and leave it: given up, forgotten by its owner, or with a reset. */
static void do_unfinished(void)
{
    uint32_t size = APP_LEAST + 4 * dice((APP_MOST - APP_LEAST) / 4);
    app_make(bytes, size, ++next_number);
    const struct store_request request = { size, app_id(bytes, size), 0,
                                           STORE_NONE };
    if (world_finish(&w, store_open(s, 1, &request)) != OK)
        return;
    uint32_t written = 0, stop = dice(size);
    while (written < stop) {
        uint32_t len = size - written < 64 ? size - written : 64;
        assert_int_equal(
            world_finish(&w, store_write(s, 1, written, bytes + written, len)),
            OK);
        written += len;
    }
    if (dice(2))
        reboot();
    else
        store_owner_gone(s, 1);
    if (dice(2))
        assert_int_equal(world_finish(&w, store_abort(s, 2)), OK);
}

static void do_remove(uint8_t slot)
{
    struct store_object o = object_of(&model[slot]);
    assert_int_equal(world_finish(&w, store_remove(s, o.handle)), OK);
    forget(slot);
}

static void do_enable(uint8_t slot)
{
    struct store_object o = object_of(&model[slot]);
    bool on = dice(2);
    err_t e = world_finish(&w, store_enable(s, o.handle, on));
    assert_true(e == OK || e == ERR_NOMEM);
    if (e == OK)
        model[slot].is_enabled = on;
}

static void do_trial_end(uint8_t slot)
{
    struct blob *b = &model[slot];
    struct store_handle handle = object_of(b).handle;
    bool confirm = dice(2);
    err_t e = confirm ? store_confirm(s, handle) : store_roll_back(s, handle);
    if (b->trial_of == NOBODY) {
        assert_int_equal(e, ERR_INVAL);
        return;
    }
    assert_int_equal(world_finish(&w, e), OK);
    forget(confirm ? b->trial_of : slot);
}

static void do_something(uint32_t wanted)
{
    uint8_t slot = slot_used();
    uint32_t what = dice(16), there = 0;
    for (uint32_t i = 0; i < APPS_MAX; i++)
        there += model[i].is_there;
    if (slot == NOBODY || (what < 6 && there < wanted)) {
        done_of[0]++;
        do_install(NOBODY);
    } else if (what < 6) {
        done_of[1]++;
        do_remove(slot);
    } else if (what < 9) {
        done_of[2]++;
        do_enable(slot);
    } else if (what < 11) {
        done_of[3]++;
        if (model[slot].trial_of == NOBODY && model[slot].replaced_by == NOBODY)
            do_install(slot);
    } else if (what < 13) {
        done_of[4]++;
        do_trial_end(slot);
    } else if (what == 13) {
        done_of[5]++;
        do_unfinished();
    } else if (what == 14 && dice(8) == 0) {
        done_of[6]++;
        assert_int_equal(world_compact(&w), OK);
    } else {
        done_of[7]++;
        reboot();
    }
}

static void play(const struct flash_geometry *geometry, uint32_t some,
                 uint32_t all)
{
    uint32_t operations = getenv("FULL") != NULL ? all : some;
    memset(model, 0, sizeof model);
    memset(done_of, 0, sizeof done_of);
    full = most = 0;
    world_make(&w, geometry, 2, 2);
    assert_int_equal(world_boot(&w), OK);
    chance = 12345;
    uint32_t wanted = 0;
    for (uint32_t n = 0; n < operations; n++) {
        if (n % 500 == 0)
            wanted = n % 1500 == 0 ? APPS_MAX : dice(APPS_MAX);
        do_something(wanted);
        compare();
        if (n % 16 == 0)
            compare_all();
    }
    compare_all();
    print_message("installs %u, removals %u, states %u, updates %u, ends of "
                  "trials %u, left %u, compactions %u, resets %u; %u times no "
                  "room, up to %u apps\n",
                  done_of[0], done_of[1], done_of[2], done_of[3], done_of[4],
                  done_of[5], done_of[6], done_of[7], full, most);
    assert_true(full > 0 && most == APPS_MAX);
    for (uint8_t slot; (slot = slot_used()) != NOBODY;)
        do_remove(slot);
    uint32_t room = w.layout.end - w.layout.start;
    app_make(bytes, room, 1);
    assert_int_equal(world_install(&w, bytes, room, 256, NULL), OK);
    assert_null(world_check(&w));
    world_free(&w);
}

static void small_sectors_words_of_4(void **state)
{
    (void)state;
    play(&(struct flash_geometry){ 128 * 512, 512, 4, 256, true, true }, 10000,
         60000);
}

static void small_sectors_words_of_32_programmed_once(void **state)
{
    (void)state;
    /* Pages of 4 KiB would hold no 64 apps' states: that is part of it. */
    play(&(struct flash_geometry){ 64 * 1024, 1024, 32, 64, false, true }, 6000,
         30000);
}

static void sectors_of_4096_bytes(void **state)
{
    (void)state;
    play(&(struct flash_geometry){ 20 * 4096, 4096, 1, 256, true, true }, 3000,
         8000);
}

static void one_large_sector_for_all(void **state)
{
    (void)state;
    play(&(struct flash_geometry){ 5 * 65536, 65536, 4, 256, false, true },
         1000, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_sectors_words_of_4),
        cmocka_unit_test(small_sectors_words_of_32_programmed_once),
        cmocka_unit_test(sectors_of_4096_bytes),
        cmocka_unit_test(one_large_sector_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
