/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts in records: at every flash operation of every kind of request, in
 * shrunken worlds, whole and torn in all ways; then again in what follows. In
 * worlds of real size some of them. After a boot the record under way is as
 * before or as after, and all others are there.
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c
 * SOURCES: drivers/owners.c drivers/records.c tests/power/nor.c tests/power/records_world.c
 * SOURCES: pic/crc32.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tests/power/records_world.h>

#define KEYS 7u
#define VALUE_MAX 512u

static struct records_world w;
static struct nor before_nor, cut_nor;
static uint64_t cut_points, failures;
static uint32_t seed = 1;
static bool is_full;
static char world_name[80];
static char *words[16];
static uint32_t word_count;

/* ---- keys and values ---------------------------------------------------------- */

static uint32_t value_len(uint32_t n, uint32_t round)
{
    return (n * 11 + round * 17) % (w.config.value_max + 1);
}

static struct records_key key_of(uint32_t n, uint8_t *bytes)
{
    memset(bytes, (int)n, RECORDS_KEY_MAX);
    return (struct records_key){ .type = (uint8_t)(n % 2),
                                 .id = n,
                                 .bytes = bytes,
                                 .len =
                                     (uint8_t)(n % (w.config.key_max + 1u)) };
}

static err_t put(uint32_t n, uint32_t round)
{
    static uint8_t value[VALUE_MAX];
    static uint8_t bytes[RECORDS_KEY_MAX];
    const struct records_key key = key_of(n, bytes);
    uint32_t len = value_len(n, round);
    for (uint32_t i = 0; i < len; i++)
        value[i] = (uint8_t)(n * 31 + round * 7 + i);
    return records_world_finish(&w, records_put(&w.records, &key, value, len));
}

static err_t take_away(uint32_t n)
{
    static uint8_t bytes[RECORDS_KEY_MAX];
    const struct records_key key = key_of(n, bytes);
    return records_world_finish(&w, records_remove(&w.records, &key));
}

/* All that can be read, as a number; 0: something is damaged. */
static uint64_t view(void)
{
    uint64_t hash = 14695981039346656037u;
    for (uint32_t n = 0; n < KEYS; n++) {
        uint8_t bytes[RECORDS_KEY_MAX], value[VALUE_MAX];
        const struct records_key key = key_of(n, bytes);
        uint32_t len = 0;
        err_t e = records_get(&w.records, &key, value, VALUE_MAX, &len);
        if (e != OK && e != ERR_NODEVICE)
            return 0;
        hash = (hash ^ (e * 1000 + len)) * 1099511628211u;
        for (uint32_t i = 0; i < len; i++)
            hash = (hash ^ value[i]) * 1099511628211u;
    }
    return hash | 1;
}

/* ---- what is cut ---------------------------------------------------------------- */

static err_t do_new(uint32_t round)
{
    return put(KEYS - 1, round);
}

static err_t do_replace(uint32_t round)
{
    return put(1, round + 1000);
}

static err_t do_remove(uint32_t round)
{
    (void)round;
    return take_away(2);
}

static err_t do_collect(uint32_t round)
{
    (void)round;
    return records_world_finish(&w, records_collect(&w.records));
}

static const struct request {
    const char *name;
    err_t (*act)(uint32_t round);
} requests[] = {
    { "put, new", do_new },
    { "put, other value", do_replace },
    { "remove", do_remove },
    { "collect", do_collect },
};

/* Some history: `phase` decides how full the sectors are. */
static bool prepare(uint32_t phase)
{
    if (records_world_boot(&w) != OK)
        return false;
    for (uint32_t i = 0; i < 10 + phase; i++) {
        uint32_t n = i * 5 % (KEYS - 1);
        err_t e = i % 7 == 3 ? take_away(n) : put(n, i);
        if (e != OK && e != ERR_NODEVICE)
            return false;
    }
    return put(1, 500 + phase) == OK && put(2, 600 + phase) == OK;
}

static void failed(const struct request *q, const char *what, uint32_t phase,
                   uint64_t at, uint32_t cut)
{
    if (failures++ < 20)
        printf("  %s; %s, phase %u: %s (operation %llu in way %u)\n", q->name,
               world_name, (unsigned)phase, what, (unsigned long long)at,
               (unsigned)cut);
}

/* It still works, and nothing of its room is lost. */
static bool works(void)
{
    for (uint32_t n = 0; n < KEYS; n++)
        for (uint32_t round = 0; round < 3; round++)
            if (put(n, 70 + round) != OK)
                return false;
    for (uint32_t n = 0; n < KEYS; n++)
        if (take_away(n) != OK)
            return false;
    return w.records.live == 0 && w.records.count == 0;
}

/* From what the cut left: the next request is cut, at each operation. */
static void cut_again(const struct request *q, uint32_t phase, uint64_t at,
                      uint32_t cut, uint64_t stride)
{
    const struct request *next = &requests[(at + cut) % 3 == 0 ? 0 : 1];
    for (uint64_t again = (at + cut) % stride;; again += stride) {
        uint32_t kind = (uint32_t)(at + cut + again) % CUT_KINDS;
        nor_copy(&w.nor, &cut_nor);
        if (records_world_boot(&w) != OK) {
            failed(q, "it does not boot", phase, at, cut);
            return;
        }
        uint64_t before = view();
        w.nor.operations = 0;
        w.nor.cut_at = again;
        w.nor.cut = (enum nor_cut)kind;
        w.nor.chance = seed + (uint32_t)(at * 77 + again);
        (void)next->act(phase + 9);
        if (!w.nor.is_dead)
            return;
        cut_points++;
        nor_power_up(&w.nor);
        if (records_world_boot(&w) != OK) {
            failed(q, "it does not boot the second time", phase, again, kind);
            continue;
        }
        uint64_t is = view();
        if (is == before)
            continue;
        /* Then it has happened: once more changes nothing. */
        if (next->act(phase + 9) != OK || view() != is)
            failed(q, "neither before nor after, second time", phase, again,
                   kind);
    }
}

/* False: there is no operation of that number. */
static bool cut(const struct request *q, uint32_t phase, uint64_t at,
                uint32_t kind, uint64_t stride, uint64_t before, uint64_t after)
{
    nor_copy(&w.nor, &before_nor);
    if (records_world_boot(&w) != OK || view() != before) {
        failed(q, "it does not boot before", phase, at, kind);
        return false;
    }
    w.nor.operations = 0;
    w.nor.cut_at = at;
    w.nor.cut = (enum nor_cut)kind;
    w.nor.chance = seed + (uint32_t)at * 1000 + kind;
    (void)q->act(phase);
    if (!w.nor.is_dead)
        return false;
    cut_points++;
    nor_copy(&cut_nor, &w.nor);
    nor_power_up(&w.nor);
    uint64_t is = records_world_boot(&w) == OK ? view() : 0;
    if (is != before && is != after)
        failed(q, "neither before nor after", phase, at, kind);
    else if ((at + kind) % 3 == 0 && !works())
        failed(q, "it does not work any more", phase, at, kind);
    cut_again(q, phase, at, kind, stride);
    return true;
}

/* `samples`: so many cuts by chance; 0: all. */
static void request_cut(const struct request *q, uint32_t phase,
                        uint32_t samples)
{
    nor_free(&w.nor);
    nor_make(&w.nor, &before_nor.geometry);
    if (!prepare(phase)) {
        failed(q, "cannot be prepared", phase, 0, 0);
        return;
    }
    uint64_t before = view();
    nor_copy(&before_nor, &w.nor);
    w.nor.operations = 0;
    if (q->act(phase) != OK) {
        failed(q, "ends with an error", phase, 0, 0);
        return;
    }
    uint64_t after = view(), operations = w.nor.operations;
    uint32_t chance = seed + phase * 3 + 1;
    for (uint32_t i = 0; i < samples && operations != 0; i++) {
        uint64_t at = nor_random(&chance) % operations;
        (void)cut(q, phase, at, nor_random(&chance) % CUT_KINDS,
                  operations / 3 + 1, before, after);
    }
    for (uint64_t at = 0; samples == 0 && at < operations; at++)
        for (uint32_t kind = 0; kind < CUT_KINDS; kind++)
            if (!cut(q, phase, at, kind, is_full ? 1 : 4, before, after))
                failed(q, "an operation is missing", phase, at, kind);
}

/* ---- worlds ----------------------------------------------------------------------- */

struct size {
    uint32_t sector, sectors, word, burst;
    bool reprogram;
    uint8_t key_max;
    uint32_t value_max, phases, samples;
};

static const struct size sizes[] = {
    { 512, 2, 1, 64, true, 4, 20, 24, 0 },
    { 256, 5, 4, 64, true, 4, 30, 24, 0 },
    { 256, 5, 4, 16, false, 4, 30, 24, 0 },
    { 512, 3, 16, 32, false, 8, 40, 24, 0 },
    { 1024, 4, 32, 64, false, 4, 60, 12, 0 },
    { 4096, 4, 32, 256, false, 64, 512, 8, 6 },
    { 4096, 8, 4, 256, true, 64, 512, 8, 6 },
    { 262144, 2, 4, 256, true, 64, 512, 4, 3 },
};

/* How much there is room for, and what a byte that is written costs. */
static void cost(const struct size *size)
{
    uint64_t written = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        uint32_t n = i * 5 % KEYS;
        if (put(n, i) != OK) {
            failures++;
            return;
        }
        written += value_len(n, i);
    }
    printf("        capacity %u of %u bytes, records of at most %u; 2000 puts "
           "of %u bytes on average: %u erases\n",
           (unsigned)w.records.capacity,
           (unsigned)(size->sector * size->sectors),
           (unsigned)w.records.largest, (unsigned)(written / 2000),
           (unsigned)w.records.erases);
}

static bool world_all(const struct size *size)
{
    const struct flash_geometry g = {
        .size = size->sector * (size->sectors + 1),
        .sector_size = size->sector,
        .word_size = size->word,
        .burst = size->burst,
        .reprogram = size->reprogram,
    };
    uint64_t bad = failures;
    uint32_t phases = size->phases * (is_full ? 3 : 1);
    cut_points = 0;
    snprintf(world_name, sizeof world_name, "%u x %u, word %u%s",
             (unsigned)size->sectors, (unsigned)size->sector,
             (unsigned)size->word, size->reprogram ? "" : ", programmed once");
    nor_make(&before_nor, &g);
    nor_make(&cut_nor, &g);
    records_world_make(&w, &g, size->key_max, size->value_max, 32);
    for (uint32_t phase = 0; phase < phases; phase++)
        for (uint32_t i = 0; i < ARRAY_COUNT(requests); i++)
            request_cut(&requests[i], phase,
                        size->samples * (is_full ? 10 : 1));
    printf("  %s  records, %s: %llu cut points\n",
           failures != bad ? "FAIL" : "ok  ", world_name,
           (unsigned long long)cut_points);
    nor_free(&w.nor);
    nor_make(&w.nor, &g);
    if (records_world_boot(&w) == OK)
        cost(size);
    fflush(stdout);
    records_world_free(&w);
    nor_free(&before_nor);
    nor_free(&cut_nor);
    return failures == bad;
}

/* Without words all requests; else those whose name has one of them. */
static bool is_wanted(const char *name)
{
    for (uint32_t i = 0; i < word_count; i++)
        if (strstr(name, words[i]) != NULL)
            return true;
    return word_count == 0;
}

int main(int argc, char **argv)
{
    uint32_t passed = 0, failed_count = 0;
    uint64_t total = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "full") == 0)
            is_full = true;
        else if (strncmp(argv[i], "seed=", 5) == 0)
            seed = (uint32_t)strtoul(argv[i] + 5, NULL, 0) | 1;
        else if (word_count < ARRAY_COUNT(words))
            words[word_count++] = argv[i];
    }
    for (uint32_t i = 0; i < ARRAY_COUNT(sizes) && is_wanted("records"); i++) {
        if (world_all(&sizes[i]))
            passed++;
        else
            failed_count++;
        total += cut_points;
    }
    printf("%llu cut points in records, seed %u\n", (unsigned long long)total,
           (unsigned)seed);
    printf("%u passed, %u failed\n", (unsigned)passed, (unsigned)failed_count);
    return failed_count != 0;
}
