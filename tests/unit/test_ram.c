/* SPDX-License-Identifier: Apache-2.0 */
/* The RAM allocator against a map with a byte per unit, which knows nothing of
 * lists. The app RAM is an array that pretends to lie high in 32-bit space.
 * SOURCES: kernel/ram.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kernel/ram.h>

#define BASE 0x8003FE00u
#define UNITS 256u
#define SIZE (UNITS * RAM_UNIT)
#define END (BASE + SIZE)
#define RESERVES 4u
#define OLD_CONTENT 0x5A

static _Alignas(RAM_UNIT) uint8_t memory[SIZE];
static struct ram_range reserves[RESERVES];
static struct ram ram;

/* ---- the model ---------------------------------------------------------- */

static bool is_used[UNITS];

static uint32_t unit_of(uint32_t address)
{
    return (address - BASE) / RAM_UNIT;
}

static bool is_reserved(uint32_t unit)
{
    uint32_t at = BASE + unit * RAM_UNIT;

    for (uint32_t i = 0; i < ram.reserved_count; i++)
        if (reserves[i].start < at + RAM_UNIT && at < reserves[i].end)
            return true;
    return false;
}

static bool model_fits(uint32_t unit, uint32_t units, bool avoid)
{
    if (unit + units > UNITS)
        return false;
    for (uint32_t i = unit; i < unit + units; i++)
        if (is_used[i] || (avoid && is_reserved(i)))
            return false;
    return true;
}

/* Length of the stretch of free units around `unit`; *start is its first. */
static uint32_t model_block(uint32_t unit, uint32_t *start)
{
    uint32_t end = unit;

    while (unit > 0 && !is_used[unit - 1])
        unit--;
    while (end < UNITS && !is_used[end])
        end++;
    *start = unit;
    return end - unit;
}

/* Best fit by definition: of all places that fit, in the smallest block, the
 * lowest. UINT32_MAX: none. */
static uint32_t model_place(uint32_t units, uint32_t align, bool avoid)
{
    uint32_t best = UINT32_MAX, best_length = UINT32_MAX;

    for (uint32_t unit = 0; unit < UNITS; unit++) {
        uint32_t start;
        if ((BASE + unit * RAM_UNIT) % align != 0 ||
            !model_fits(unit, units, avoid))
            continue;
        uint32_t length = model_block(unit, &start);
        if (length < best_length) {
            best = unit;
            best_length = length;
        }
    }
    return best;
}

static uint32_t model_largest(void)
{
    uint32_t largest = 0;

    for (uint32_t unit = 0, start; unit < UNITS; unit++)
        if (!is_used[unit] && model_block(unit, &start) > largest)
            largest = model_block(unit, &start);
    return largest;
}

/* ---- both together ------------------------------------------------------ */

static void begin(void)
{
    memset(memory, 0, sizeof memory);
    memset(is_used, 0, sizeof is_used);
    ram_init(&ram, BASE, END, memory, reserves, RESERVES);
}

/* A block handed out must hold nothing of the allocator; then it is the app's
 * and gets some content. */
static void take(uint32_t start, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        assert_int_equal(memory[start - BASE + i], 0);
        memory[start - BASE + i] = OLD_CONTENT;
    }
    for (uint32_t i = 0; i < size; i += RAM_UNIT) {
        assert_false(is_used[unit_of(start + i)]);
        is_used[unit_of(start + i)] = true;
    }
}

static void give_back(uint32_t start, uint32_t size)
{
    memset(memory + (start - BASE), 0, size);
    for (uint32_t i = 0; i < size; i += RAM_UNIT)
        is_used[unit_of(start + i)] = false;
    assert_int_equal(ram_free(&ram, start, size), OK);
}

/* Memory in use is never written; the list is exactly the model's. */
static void assert_agrees(void)
{
    uint32_t listed = 0, unlisted = 0;

    for (uint32_t i = 0; i < SIZE; i++)
        if (is_used[i / RAM_UNIT] && memory[i] != OLD_CONTENT)
            fail_msg("memory in use was written at +%u", (unsigned)i);
    for (uint32_t at = ram.free; at != ram.end;) {
        uint32_t start, record[2];
        memcpy(record, memory + (at - BASE), sizeof record);
        assert_int_equal(model_block(unit_of(at), &start) * RAM_UNIT,
                         record[0]);
        assert_int_equal(start, unit_of(at));
        assert_true(record[1] > at);
        listed += record[0] / RAM_UNIT;
        at = record[1];
    }
    for (uint32_t unit = 0; unit < UNITS; unit++)
        unlisted += !is_used[unit];
    assert_int_equal(listed, unlisted);
}

static uint32_t alloc_or_fail(uint32_t size, uint32_t align)
{
    uint32_t at = 0;

    assert_int_equal(ram_alloc(&ram, &at, size, align, RAM_USE_RESERVED), OK);
    take(at, size);
    return at;
}

/* ---- random operations -------------------------------------------------- */

struct piece {
    uint32_t start, size;
};

static struct piece pieces[UNITS];
static uint32_t piece_count;

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

static void random_alloc(void)
{
    bool is_large = random_below(8) == 0;
    uint32_t size = 1 + random_below(is_large ? SIZE : 12 * RAM_UNIT);
    uint32_t align = 1u << random_below(11);
    enum ram_reserve_use use =
        random_below(2) ? RAM_USE_RESERVED : RAM_KEEP_RESERVED;
    uint32_t units = (size + RAM_UNIT - 1) / RAM_UNIT;
    uint32_t at = 1;

    uint32_t want = model_place(units, align, true);
    if (want == UINT32_MAX && use == RAM_USE_RESERVED)
        want = model_place(units, align, false);
    err_t e = ram_alloc(&ram, &at, size, align, use);
    assert_int_equal(e, want == UINT32_MAX ? ERR_NOMEM : OK);
    if (e != OK) {
        assert_int_equal(at, 1);
        return;
    }
    assert_int_equal(at, BASE + want * RAM_UNIT);
    take(at, units * RAM_UNIT);
    pieces[piece_count++] = (struct piece){ at, units * RAM_UNIT };
}

/* The highest place that fits, in whatever block. */
static uint32_t model_place_high(uint32_t units, bool avoid)
{
    for (uint32_t unit = UNITS; unit-- > 0;)
        if (model_fits(unit, units, avoid))
            return unit;
    return UINT32_MAX;
}

static void random_alloc_high(void)
{
    uint32_t size = 1 + random_below(12 * RAM_UNIT);
    enum ram_reserve_use use =
        random_below(2) ? RAM_USE_RESERVED : RAM_KEEP_RESERVED;
    uint32_t units = (size + RAM_UNIT - 1) / RAM_UNIT;
    uint32_t at = 1;

    uint32_t want = model_place_high(units, true);
    if (want == UINT32_MAX && use == RAM_USE_RESERVED)
        want = model_place_high(units, false);
    err_t e = ram_alloc_high(&ram, &at, size, use);
    assert_int_equal(e, want == UINT32_MAX ? ERR_NOMEM : OK);
    if (e != OK)
        return;
    assert_int_equal(at, BASE + want * RAM_UNIT);
    take(at, units * RAM_UNIT);
    pieces[piece_count++] = (struct piece){ at, units * RAM_UNIT };
}

static void random_alloc_at(void)
{
    uint32_t unit = random_below(UNITS);
    uint32_t units = 1 + random_below(10);
    uint32_t start = BASE + unit * RAM_UNIT;
    err_t want = unit + units > UNITS             ? ERR_INVAL
                 : model_fits(unit, units, false) ? OK
                                                  : ERR_BUSY;

    assert_int_equal(ram_alloc_at(&ram, start, units * RAM_UNIT), want);
    if (want == OK) {
        take(start, units * RAM_UNIT);
        pieces[piece_count++] = (struct piece){ start, units * RAM_UNIT };
    }
}

/* A piece, or part of one. */
static void random_free(void)
{
    if (piece_count == 0)
        return;
    struct piece *p = &pieces[random_below(piece_count)];
    if (p->size > RAM_UNIT && random_below(4) == 0) {
        uint32_t part = (1 + random_below(p->size / RAM_UNIT - 1)) * RAM_UNIT;
        p->size -= part;
        give_back(p->start + p->size, part);
        return;
    }
    give_back(p->start, p->size);
    *p = pieces[--piece_count];
}

/* Freeing what is not, or not wholly, in use is refused. */
static void random_bad_free(void)
{
    uint32_t unit = random_below(UNITS), units = 1 + random_below(6);
    bool is_all_used = unit + units <= UNITS;

    for (uint32_t i = unit; is_all_used && i < unit + units; i++)
        is_all_used = is_used[i];
    if (!is_all_used)
        assert_int_equal(
            ram_free(&ram, BASE + unit * RAM_UNIT, units * RAM_UNIT),
            ERR_INVAL);
}

static void random_reserve(void)
{
    uint32_t start = BASE + random_below(SIZE);
    uint32_t size = 1 + random_below(SIZE / 4);
    bool is_overlap = false;

    if (ram.reserved_count != 0 && random_below(2) == 0) {
        ram_unreserve(&ram, reserves[random_below(ram.reserved_count)].start);
        return;
    }
    for (uint32_t i = 0; i < ram.reserved_count; i++)
        is_overlap |=
            start < reserves[i].end && reserves[i].start < start + size;
    err_t want = start + size > END               ? ERR_INVAL
                 : is_overlap                     ? ERR_BUSY
                 : ram.reserved_count == RESERVES ? ERR_NOMEM
                                                  : OK;
    assert_int_equal(ram_reserve(&ram, start, size), want);
}

/* Runs from seeds of its own, or from $SEED. */
static void random_operations_agree_with_the_map(void **state)
{
    static const uint32_t seeds[] = { 1, 0xBE5714, 0x12345678, 0xFFFFFFFF };
    const char *given = getenv("SEED");

    (void)state;
    for (uint32_t run = 0; run < 4; run++) {
        uint32_t seed =
            given != NULL ? (uint32_t)strtoul(given, NULL, 0) : seeds[run];
        printf("SEED=0x%x\n", (unsigned)seed);
        random_state = seed | 1;
        piece_count = 0;
        begin();
        for (uint32_t op = 0; op < 50000; op++) {
            uint32_t kind = random_below(100);
            if (kind < 34)
                random_alloc();
            else if (kind < 42)
                random_alloc_high();
            else if (kind < 50)
                random_alloc_at();
            else if (kind < 93)
                random_free();
            else if (kind < 98)
                random_bad_free();
            else
                random_reserve();
            assert_int_equal(ram_largest(&ram), model_largest() * RAM_UNIT);
            if (op % 16 == 0)
                assert_agrees();
        }
        while (piece_count != 0)
            random_free();
        assert_agrees();
        assert_int_equal(ram_largest(&ram), SIZE);
    }
}

/* ---- single properties -------------------------------------------------- */

static void ends_are_rounded_inwards(void **state)
{
    (void)state;
    for (uint32_t cut = 0; cut < 40; cut++)
        for (uint32_t length = 0; length < 80; length++) {
            uint32_t first = (BASE + cut + 15) & ~15u;
            uint32_t last = (BASE + cut + length) & ~15u;
            ram_init(&ram, BASE + cut, BASE + cut + length, memory + cut, NULL,
                     0);
            uint32_t want = last > first ? last - first : 0;
            assert_int_equal(ram_largest(&ram), want);
            if (want != 0)
                assert_int_equal(ram_alloc_at(&ram, first, want), OK);
        }
}

static void the_smallest_block_with_room_is_taken(void **state)
{
    (void)state;
    begin();
    assert_int_equal(ram_alloc_at(&ram, BASE + 0x100, 0x10), OK);
    assert_int_equal(ram_alloc_at(&ram, BASE + 0x140, 0x10), OK);
    assert_int_equal(ram_alloc_at(&ram, BASE + 0x1C0, 0x10), OK);
    uint32_t at;
    assert_int_equal(ram_alloc(&ram, &at, 0x30, 16, RAM_USE_RESERVED), OK);
    assert_int_equal(at, BASE + 0x110);
    assert_int_equal(ram_alloc(&ram, &at, 0x30, 16, RAM_USE_RESERVED), OK);
    assert_int_equal(at, BASE + 0x150);
    assert_int_equal(ram_alloc(&ram, &at, 0x30, 16, RAM_USE_RESERVED), OK);
    assert_int_equal(at, BASE + 0x180);
    assert_int_equal(ram_alloc(&ram, &at, 0x30, 16, RAM_USE_RESERVED), OK);
    assert_int_equal(at, BASE);
}

static void freeing_joins_both_sides_in_any_order(void **state)
{
    static const uint8_t orders[6][3] = {
        { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
        { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 }
    };

    (void)state;
    for (uint32_t i = 0; i < 6; i++) {
        begin();
        uint32_t at[3];
        for (uint32_t k = 0; k < 3; k++)
            at[k] = alloc_or_fail(0x40, 16);
        for (uint32_t k = 0; k < 3; k++)
            give_back(at[orders[i][k]], 0x40);
        assert_int_equal(ram_largest(&ram), SIZE);
        alloc_or_fail(SIZE, 16); /* and no record was left behind in it */
    }
}

static void reserved_memory_is_last_resort(void **state)
{
    uint32_t at;

    (void)state;
    begin();
    assert_int_equal(ram_reserve(&ram, BASE, SIZE / 2), OK);
    assert_int_equal(ram_alloc(&ram, &at, SIZE / 4, 16, RAM_KEEP_RESERVED), OK);
    assert_int_equal(at, BASE + SIZE / 2);
    assert_int_equal(ram_alloc(&ram, &at, SIZE / 4, 16, RAM_USE_RESERVED), OK);
    assert_int_equal(at, BASE + SIZE / 4 * 3);
    assert_int_equal(ram_alloc(&ram, &at, 16, 16, RAM_KEEP_RESERVED),
                     ERR_NOMEM);
    assert_int_equal(ram_alloc(&ram, &at, 16, 16, RAM_USE_RESERVED), OK);
    assert_int_equal(at, BASE);
}

static void a_fixed_app_gets_its_reserved_memory(void **state)
{
    (void)state;
    begin();
    assert_int_equal(ram_reserve(&ram, BASE + 0x100, 0x200), OK);
    assert_int_equal(ram_reserve(&ram, BASE + 0x2FF, 1), ERR_BUSY);
    assert_int_equal(ram_alloc_at(&ram, BASE + 0x100, 0x200), OK);
    assert_int_equal(ram_alloc_at(&ram, BASE + 0x2F0, 0x10), ERR_BUSY);
    ram_unreserve(&ram, BASE + 0x100);
    assert_int_equal(ram_reserve(&ram, BASE + 0x2FF, 1), OK);
}

static void nonsense_is_refused(void **state)
{
    static const struct piece bad[] = {
        { BASE, 0 },          { BASE, 8 },       { BASE + 8, 16 },
        { BASE - 16, 32 },    { END, 16 },       { END - 16, 32 },
        { BASE, SIZE + 16 },  { 0, 0xFFFFFFF0 }, { BASE, 0xFFFFFFF0 },
        { 0xFFFFFFF0, 0x20 }, { 0, 16 },
    };
    uint32_t at = 7;

    (void)state;
    begin();
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(ram_alloc_at(&ram, bad[i].start, bad[i].size),
                         ERR_INVAL);
        assert_int_equal(ram_free(&ram, bad[i].start, bad[i].size), ERR_INVAL);
    }
    assert_int_equal(ram_alloc(&ram, &at, 0, 16, RAM_USE_RESERVED), ERR_INVAL);
    assert_int_equal(ram_alloc(&ram, &at, 0xFFFFFFFF, 16, RAM_USE_RESERVED),
                     ERR_NOMEM);
    assert_int_equal(ram_alloc(&ram, &at, 16, 0x80000000, RAM_USE_RESERVED),
                     ERR_NOMEM);
    assert_int_equal(ram_alloc_high(&ram, &at, 0, RAM_USE_RESERVED), ERR_INVAL);
    assert_int_equal(ram_alloc_high(&ram, &at, SIZE + 1, RAM_USE_RESERVED),
                     ERR_NOMEM);
    assert_int_equal(ram_alloc_high(&ram, &at, 0xFFFFFFFF, RAM_USE_RESERVED),
                     ERR_NOMEM);
    assert_int_equal(at, 7);
    assert_int_equal(ram_reserve(&ram, BASE - 1, 2), ERR_INVAL);
    assert_int_equal(ram_reserve(&ram, END, 1), ERR_INVAL);
    assert_int_equal(ram_reserve(&ram, BASE, SIZE + 1), ERR_INVAL);
    assert_int_equal(ram_reserve(&ram, BASE, 0), ERR_INVAL);
    assert_agrees();
    assert_int_equal(ram_largest(&ram), SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_agree_with_the_map),
        cmocka_unit_test(ends_are_rounded_inwards),
        cmocka_unit_test(the_smallest_block_with_room_is_taken),
        cmocka_unit_test(freeing_joins_both_sides_in_any_order),
        cmocka_unit_test(reserved_memory_is_last_resort),
        cmocka_unit_test(a_fixed_app_gets_its_reserved_memory),
        cmocka_unit_test(nonsense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
