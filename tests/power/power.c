/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts in the store, all of them: in small worlds every flash operation
 * of every scenario is cut in every way, and so is every flash operation of
 * the recovery that follows. What must hold each time: the apps that were
 * committed are there byte for byte, and what was under way has happened
 * wholly or not at all. In worlds of real size cuts are drawn by lot.
 *
 *     power [full] [seed=N] [word ...]
 *
 * Every operation of a scenario is cut in every way. Of the operations of the
 * recovery one in five is cut, with `full` each in three ways, and in that
 * recovery's recovery one more. Words pick scenarios by name. Prints the cut
 * points of each, ends with `N passed, N failed`.
 *
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c pic/tbf.c pic/crc32.c
 * SOURCES: tests/power/nor.c tests/power/world.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tests/power/world.h>

#define BLOBS 12u
#define BLOB_MAX 8192u

enum { A, B, C, D, FILLERS }; /* apps of a scenario */

static struct world world;
static struct nor before_nor, cut_nor;
static uint8_t blob[BLOBS][BLOB_MAX];
static uint32_t blob_size[BLOBS];
static bool is_full;
static uint32_t seed = 1;
static uint64_t cut_points, failures;
static const char *scenario_name, *world_name;

/* ---- what a store holds --------------------------------------------------- */

static uint64_t hash(uint64_t h, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * 0x100000001B3u;
    return h;
}

static uint64_t hash_at(uint32_t at)
{
    struct store_object o;
    uint32_t next = at;
    if (at == STORE_NONE || !store_walk(&world.store, &next, &o))
        return 1;
    return hash(2, world.nor.shown + at, o.size);
}

/* All apps, what they are made of, and what the journal says of them; in
 * whatever order. Of a driver's data too (the last bytes of the device). */
static uint64_t view(void)
{
    struct store_object o;
    uint64_t sum = 0;
    uint32_t at = STORE_NONE;
    while (store_walk(&world.store, &at, &o)) {
        if (o.is_free)
            continue;
        uint64_t h = hash_at(o.at), trial_of = hash_at(o.trial_of);
        uint64_t replaced_by = hash_at(o.replaced_by);
        h = hash(h, &o.is_enabled, sizeof o.is_enabled);
        h = hash(h, &trial_of, sizeof trial_of);
        sum += hash(h, &replaced_by, sizeof replaced_by);
    }
    return sum;
}

/* ---- scenarios ------------------------------------------------------------ */

static err_t install(uint32_t n, const struct store_handle *replaces)
{
    /* Piece by piece, or all of it in one write of several rounds. */
    return world_install(&world, blob[n], blob_size[n], n % 2 == 0 ? 32 : 4096,
                         replaces);
}

static struct store_handle handle_of(uint32_t n)
{
    struct store_object o = { .at = 0 };
    if (!world_find(&world, blob[n], blob_size[n], &o))
        return (struct store_handle){ 0, 0 };
    return o.handle;
}

static err_t remove_app(uint32_t n)
{
    return world_finish(&world, store_remove(&world.store, handle_of(n)));
}

static err_t three_apps(void)
{
    err_t e = install(A, NULL);
    if (e == OK)
        e = install(B, NULL);
    return e == OK ? install(C, NULL) : e;
}

/* Three apps, then more until no more fits. */
static err_t all_full(void)
{
    err_t e = three_apps();
    for (uint32_t n = FILLERS; e == OK && n < BLOBS; n++)
        e = install(n, NULL);
    return e == ERR_NOMEM ? OK : e;
}

static err_t gap_in_full(void)
{
    err_t e = all_full();
    return e == OK ? remove_app(B) : e;
}

static err_t gap(void)
{
    err_t e = three_apps();
    return e == OK ? remove_app(B) : e;
}

static err_t first_is_gone(void)
{
    err_t e = three_apps();
    if (e == OK)
        e = world_finish(&world, store_enable(&world.store, handle_of(C),
                                              true ^ (FILLERS % 3 != 0)));
    return e == OK ? remove_app(A) : e;
}

static err_t on_trial(void)
{
    err_t e = install(A, NULL);
    if (e == OK)
        e = install(B, NULL);
    struct store_handle old = handle_of(A);
    return e == OK ? install(C, &old) : e;
}

static err_t transfer_half_done(void)
{
    const struct store_request request = { blob_size[D],
                                           app_id(blob[D], blob_size[D]), 0,
                                           STORE_NONE };
    struct store *s = &world.store;
    err_t e = install(A, NULL);
    if (e == OK)
        e = install(B, NULL);
    if (e == OK)
        e = remove_app(A);
    if (e == OK)
        e = world_finish(&world, store_open(s, WORLD_OWNER, &request));
    return e == OK ? world_finish(&world,
                                  store_write(s, WORLD_OWNER, 0, blob[D], 32))
                   : e;
}

/* A transfer that the rollback has to end, where there is room for one. */
static err_t on_trial_in_transfer(void)
{
    const struct store_request request = { blob_size[D], 0, 0, STORE_NONE };
    struct store *s = &world.store;
    err_t e = on_trial();
    if (e == OK)
        e = world_finish(&world, store_open(s, WORLD_OWNER, &request));
    if (e == OK)
        e = world_finish(&world, store_write(s, WORLD_OWNER, 0, blob[D], 32));
    return e == ERR_NOMEM ? OK : e;
}

/* An old chain lies behind the end, and there the hole of an install ends: what
 * a chip holds that was programmed with fewer apps than before. */
static err_t stale_behind_hole(void)
{
    uint32_t unit = store_unit(&world.store), at = world.layout.start;
    err_t e = install(A, NULL);
    for (uint32_t n = A; n <= D; n += D - A) {
        uint32_t size = blob_size[n];
        at += size % unit == 0
                  ? size
                  : (size + TBF_BASE_SIZE + unit - 1) / unit * unit;
    }
    nor_preset(&world.nor, at, blob[B], blob_size[B]);
    return e;
}

static err_t empty(void)
{
    return OK;
}

static err_t do_install(void)
{
    return install(D, NULL);
}

/* The same size as the gap. */
static err_t do_install_exact(void)
{
    app_make(blob[D], blob_size[B], 77);
    blob_size[D] = blob_size[B];
    return install(D, NULL);
}

static err_t do_update(void)
{
    struct store_handle old = handle_of(A);
    return install(D, &old);
}

static err_t do_confirm(void)
{
    return world_finish(&world, store_confirm(&world.store, handle_of(C)));
}

static err_t do_roll_back(void)
{
    return world_finish(&world, store_roll_back(&world.store, handle_of(C)));
}

static err_t flip(uint32_t n)
{
    struct store_object o = { .at = 0 };
    if (!world_find(&world, blob[n], blob_size[n], &o))
        return ERR_NODEVICE;
    return world_finish(&world,
                        store_enable(&world.store, o.handle, !o.is_enabled));
}

static err_t do_flip(void)
{
    return flip(B);
}

static err_t do_remove(void)
{
    return remove_app(B);
}

static err_t do_remove_last(void)
{
    return remove_app(C);
}

static err_t do_compact(void)
{
    return world_compact(&world);
}

static err_t do_abort(void)
{
    return world_finish(&world, store_abort(&world.store, WORLD_OWNER));
}

static err_t rewrite_error;

static void on_rewritten(struct rewrite *rewrite, err_t e)
{
    (void)rewrite;
    rewrite_error = e;
}

/* A driver changes some bytes of app B. */
static err_t do_rewrite(void)
{
    static const uint8_t data[12] = { 9, 8, 7, 6, 5, 4, 3, 2, 1, 255, 255, 0 };
    static struct rewrite rewrite;
    struct store_object o = { .at = 0 };
    if (!world_find(&world, blob[B], blob_size[B], &o))
        return ERR_NODEVICE;
    uint32_t sector = world.nor.geometry.sector_size;
    uint32_t at = o.at + o.size - (uint32_t)sizeof data;
    if (at / sector != (at + sizeof data - 1) / sector)
        at -= (uint32_t)sizeof data;
    rewrite = (struct rewrite){
        .at = at, .bytes = data, .len = sizeof data, .done = on_rewritten
    };
    rewrite_error = ERR_BUSY;
    err_t e = rewrite_start(&world.store, &rewrite);
    if (e == OK && !world_run(&world))
        return ERR_OFF;
    return e == OK ? rewrite_error : e;
}

struct scenario {
    const char *name;
    err_t (*setup)(void);
    err_t (*act)(void);
};

static const struct scenario scenarios[] = {
    { "install, first app", empty, do_install },
    { "install, erased space", three_apps, do_install },
    { "install, exact gap", gap_in_full, do_install_exact },
    { "install, first gap", first_is_gone, do_install },
    { "install, stale data", stale_behind_hole, do_install },
    { "install again", transfer_half_done, do_install },
    { "update", three_apps, do_update },
    { "confirm", on_trial, do_confirm },
    { "rollback", on_trial, do_roll_back },
    { "rollback, transfer", on_trial_in_transfer, do_roll_back },
    { "enable or disable", three_apps, do_flip },
    { "remove", three_apps, do_remove },
    { "remove, full flash", all_full, do_remove },
    { "remove, last app", three_apps, do_remove_last },
    { "compact, one gap", gap, do_compact },
    { "compact, first gap", first_is_gone, do_compact },
    { "compact, full flash", gap_in_full, do_compact },
    { "abort", transfer_half_done, do_abort },
    { "rewrite for a driver", three_apps, do_rewrite },
};

/* ---- worlds --------------------------------------------------------------- */

struct size {
    uint32_t sector, sectors, journal, app, spread;
};

/* `app` and `spread`: how large apps are. */
static const struct size small[] = {
    { 64, 8, 4, 40, 4 },
    { 128, 8, 2, 44, 24 },
    { 256, 8, 2, 60, 60 },
};
static const struct size small_wide[] = {
    { 64, 14, 8, 40, 4 },
    { 128, 8, 4, 40, 12 },
    { 256, 8, 2, 60, 60 },
};
static const struct size real[] = {
    { 4096, 24, 2, 900, 1500 },
    { 262144, 8, 2, 3000, 1200 },
};

static void world_start(const struct size *size, uint32_t word, bool reprogram)
{
    static char name[64];
    const struct flash_geometry g = {
        .size = size->sector * size->sectors,
        .sector_size = size->sector,
        .word_size = word,
        .burst = size->sector < 256 ? 64 : 256,
        .reprogram = reprogram,
        .read_while_busy = false,
    };
    snprintf(name, sizeof name, "%u x %u, word %u%s", (unsigned)size->sectors,
             (unsigned)size->sector, (unsigned)word,
             reprogram ? "" : ", programmed once");
    world_name = name;
    world_make(&world, &g, size->journal, 1);
    nor_make(&before_nor, &g);
    nor_make(&cut_nor, &g);
}

static void world_end(void)
{
    world_free(&world);
    nor_free(&before_nor);
    nor_free(&cut_nor);
}

static void blobs_make(const struct size *size)
{
    for (uint32_t n = 0; n < BLOBS; n++) {
        blob_size[n] = size->app + 4 * (n * 7 % (size->spread / 4 + 1));
        app_make(blob[n], blob_size[n], n + 1);
    }
}

/* ---- cutting -------------------------------------------------------------- */

static void failed(const char *what, uint64_t at, enum nor_cut cut,
                   uint64_t again, enum nor_cut cut_again)
{
    if (failures++ < 20)
        printf("  %s; %s: %s (operation %llu in way %u, then %llu in way "
               "%u)\n",
               scenario_name, world_name, what, (unsigned long long)at,
               (unsigned)cut, (unsigned long long)again, (unsigned)cut_again);
}

struct outcome {
    uint64_t before, after;
};

/* Is the store after a boot what it may be, and does it still work? */
static const char *judge(const struct outcome *may, bool thoroughly)
{
    uint64_t is = view();
    const char *wrong = world_check(&world);
    if (wrong != NULL)
        return wrong;
    if (is != may->before && is != may->after)
        return "neither before nor after";
    if (!thoroughly)
        return NULL;
    struct store *s = &world.store;
    err_t e = world_finish(&world, store_abort(s, WORLD_OWNER));
    if (e != OK && e != ERR_INVAL)
        return "the transfer cannot be given up";
    if (view() != is)
        return "giving up has changed apps";
    if (world_compact(&world) != OK)
        return "compaction fails";
    if (view() != is)
        return "compaction has changed apps";
    /* All that is not an app's is free again. */
    struct store_object o;
    uint32_t at = STORE_NONE, unit = store_unit(s), used = 0;
    while (store_walk(s, &at, &o))
        if (!o.is_free)
            used += o.size % unit == 0
                        ? o.size
                        : (o.size + TBF_BASE_SIZE + unit - 1) / unit * unit;
    static uint8_t all[BLOB_MAX * 8];
    uint32_t left = world.layout.end - world.layout.start - used;
    if (left > sizeof all)
        left = sizeof all;
    if (left < 64)
        return NULL;
    app_make(all, left, 99);
    if (world_install(&world, all, left, 256, NULL) != OK)
        return "space is lost";
    return world_find(&world, all, left, &o) ? world_check(&world)
                                             : "an app is not found";
}

/* Can a part of the body of an app that is no more be read in the chain? */
static bool can_be_read(uint32_t n)
{
    for (uint32_t at = world.layout.start; at + 8 <= world.layout.end; at += 4)
        if (memcmp(world.nor.shown + at, blob[n] + 32, 8) == 0)
            return true;
    return false;
}

static enum nor_cut cut_of(uint64_t n)
{
    return (enum nor_cut)(n % CUT_KINDS);
}

/* From the state in cut_nor: recover, and be cut in it at each operation. */
static void recoveries_cut(const struct outcome *may, uint64_t at,
                           enum nor_cut cut, uint64_t stride)
{
    uint64_t ways = is_full ? 3 : 1;
    bool goes_on = true;
    for (uint64_t again = (at + cut) % stride; goes_on; again += stride) {
        for (uint64_t way = 0; way < ways && goes_on; way++) {
            enum nor_cut kind = cut_of(at + again * 2 + way * 5);
            nor_copy(&world.nor, &cut_nor);
            world.nor.cut_at = again;
            world.nor.cut = kind;
            world.nor.chance = seed + (uint32_t)(at * 31 + again + way) * 77;
            if (world_boot(&world) != ERR_OFF) {
                goes_on = false;
                break;
            }
            cut_points++;
            if (is_full) {
                /* And once more, somewhere. */
                nor_power_up(&world.nor);
                world.nor.cut_at = nor_random(&world.nor.chance) % 16;
                world.nor.cut = cut_of(nor_random(&world.nor.chance));
                if (world_boot(&world) == ERR_OFF)
                    cut_points++;
            }
            nor_power_up(&world.nor);
            if (world_boot(&world) != OK) {
                failed("it does not boot", at, cut, again, kind);
                continue;
            }
            const char *wrong = judge(may, (at + again + way) % 7 == 0);
            if (wrong != NULL)
                failed(wrong, at, cut, again, kind);
        }
    }
}

/* The operation at `at` of the scenario is cut. False: there is none. */
static bool act_cut(const struct scenario *scenario, const struct outcome *may,
                    uint64_t at, enum nor_cut cut, uint64_t stride)
{
    nor_copy(&world.nor, &before_nor);
    if (world_boot(&world) != OK) {
        failed("it does not boot before", at, cut, 0, CUT_BEFORE);
        return false;
    }
    world.nor.operations = 0;
    world.nor.cut_at = at;
    world.nor.cut = cut;
    world.nor.chance = seed + (uint32_t)at * 1000 + cut;
    (void)scenario->act();
    if (!world.nor.is_dead)
        return false;
    cut_points++;
    nor_copy(&cut_nor, &world.nor);
    nor_power_up(&world.nor);
    if (world_boot(&world) != OK) {
        failed("it does not boot", at, cut, 0, CUT_BEFORE);
        return true;
    }
    bool is_before = view() == may->before;
    if (!is_before && scenario->act == do_remove && can_be_read(B))
        failed("what was removed can be read", at, cut, 0, CUT_BEFORE);
    const char *wrong = judge(may, (at + cut) % 5 == 0);
    if (wrong != NULL)
        failed(wrong, at, cut, 0, CUT_BEFORE);
    /* What did not happen can be done again, and a transfer goes on. */
    nor_copy(&world.nor, &cut_nor);
    if (world_boot(&world) == OK && is_before && scenario->act != do_abort &&
        scenario->act() != OK)
        failed("cannot be done again", at, cut, 0, CUT_BEFORE);
    else if (is_before && scenario->act != do_abort && view() != may->after)
        failed("done again is not done", at, cut, 0, CUT_BEFORE);
    recoveries_cut(may, at, cut, stride);
    return true;
}

/* Records before the scenario decide where in it the journal turns a page. */
static bool phase_set(uint32_t phase)
{
    if (world_find(&world, blob[B], blob_size[B], &(struct store_object){ 0 }))
        for (uint32_t i = 0; i < phase; i++)
            if (flip(B) != OK)
                return false;
    return true;
}

static bool scenario_prepare(const struct scenario *scenario,
                             const struct size *size, uint32_t phase,
                             struct outcome *may)
{
    blobs_make(size);
    nor_free(&world.nor);
    nor_make(&world.nor, &before_nor.geometry);
    err_t e = world_boot(&world);
    if (e == OK)
        e = scenario->setup();
    if (e == OK && !phase_set(phase))
        e = ERR_FAIL;
    if (e != OK) {
        printf("  %s; %s: set-up ended with %u\n", scenario->name, world_name,
               (unsigned)e);
        failures++;
        return false;
    }
    may->before = view();
    nor_copy(&before_nor, &world.nor);
    nor_copy(&world.nor, &before_nor);
    if (world_boot(&world) != OK || view() != may->before) {
        printf("  %s; %s: a boot changes the store\n", scenario->name,
               world_name);
        failures++;
        return false;
    }
    e = scenario->act();
    may->after = view();
    if (e != OK) {
        printf("  %s; %s: ended with %u\n", scenario->name, world_name,
               (unsigned)e);
        failures++;
    }
    return e == OK;
}

static void scenario_run(const struct scenario *scenario,
                         const struct size *size, uint32_t phase)
{
    struct outcome may;
    scenario_name = scenario->name;
    if (!scenario_prepare(scenario, size, phase, &may))
        return;
    bool goes_on = true;
    for (uint64_t at = 0; goes_on; at++)
        for (uint32_t cut = 0; cut < CUT_KINDS && goes_on; cut++)
            goes_on =
                act_cut(scenario, &may, at, (enum nor_cut)cut, is_full ? 1 : 5);
}

/* In a world of real size: some cuts. */
static void scenario_sample(const struct scenario *scenario,
                            const struct size *size, uint32_t samples)
{
    struct outcome may;
    scenario_name = scenario->name;
    if (!scenario_prepare(scenario, size, 0, &may))
        return;
    uint64_t operations = world.nor.operations;
    uint32_t chance = seed;
    for (uint32_t i = 0; i < samples && operations != 0; i++) {
        uint64_t at = nor_random(&chance) % operations;
        (void)act_cut(scenario, &may, at, cut_of(nor_random(&chance)),
                      operations / 4 + 1);
    }
}

/* ---- main ----------------------------------------------------------------- */

static uint32_t passed, failed_count;

static void count(const char *name, uint64_t points, uint64_t bad)
{
    printf("  %s  %-24s %s: %llu cut points\n", bad ? "FAIL" : "ok  ", name,
           world_name, (unsigned long long)points);
    fflush(stdout);
    passed += bad == 0;
    failed_count += bad != 0;
}

static bool is_wanted(const char *name, int argc, char **argv)
{
    bool has_words = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "full") == 0 || strncmp(argv[i], "seed=", 5) == 0)
            continue;
        has_words = true;
        if (strstr(name, argv[i]) != NULL)
            return true;
    }
    return !has_words;
}

static uint64_t total;

static void world_all(const struct size *size, uint32_t word, bool reprogram,
                      uint32_t samples, int argc, char **argv)
{
    world_start(size, word, reprogram);
    for (uint32_t i = 0; i < ARRAY_COUNT(scenarios); i++) {
        if (!is_wanted(scenarios[i].name, argc, argv))
            continue;
        uint64_t bad = failures;
        cut_points = 0;
        if (samples != 0)
            scenario_sample(&scenarios[i], size, samples);
        else
            for (uint32_t phase = 0; phase < (is_full ? 6 : 2); phase++)
                scenario_run(&scenarios[i], size, phase * (is_full ? 1 : 3));
        count(scenarios[i].name, cut_points, failures - bad);
        total += cut_points;
    }
    world_end();
}

int main(int argc, char **argv)
{
    static const uint32_t words[] = { 1, 4, 32 };
    for (int i = 1; i < argc; i++) {
        is_full = is_full || strcmp(argv[i], "full") == 0;
        if (strncmp(argv[i], "seed=", 5) == 0)
            seed = (uint32_t)strtoul(argv[i] + 5, NULL, 0) | 1;
    }
    for (uint32_t w = 0; w < ARRAY_COUNT(words); w++)
        for (uint32_t i = 0; i < ARRAY_COUNT(small); i++)
            for (uint32_t rule = 0; rule < 2; rule++)
                world_all(words[w] < 32 ? &small[i] : &small_wide[i], words[w],
                          rule != 0, 0, argc, argv);
    for (uint32_t i = 0; i < ARRAY_COUNT(real); i++)
        world_all(&real[i], i == 0 ? 32 : 4, i != 0, is_full ? 200 : 8, argc,
                  argv);
    printf("%llu cut points, seed %u\n", (unsigned long long)total,
           (unsigned)seed);
    printf("%u passed, %u failed\n", (unsigned)passed, (unsigned)failed_count);
    return failed_count != 0 || passed == 0;
}
