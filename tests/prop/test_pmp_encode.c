/* SPDX-License-Identifier: Apache-2.0 */
/* PMP encoding against a model of the PMP that is written from the privileged
 * specification and knows nothing of the encoder; and the register writer, the
 * very file, on a machine made of that model.
 * SOURCES: arch/riscv32/pmp_encode.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arch/pmp_encode.h>

/* ---- the model ---------------------------------------------------------- */

#define ENTRIES 8u
#define FOUR_GIB 0x100000000u

/* The bits of a pmpcfg byte, from the specification once more. */
#define CFG_R 1u
#define CFG_W 2u
#define CFG_X 4u
#define CFG_MODE(cfg) ((cfg) >> 3 & 3u)
#define CFG_LOCKED 0x80u
enum { OFF, TOR, NA4, NAPOT };

struct pmp {
    uint32_t addr[ENTRIES];
    uint8_t cfg[ENTRIES];
};

/* What entry `i` covers, [*from, *to); false if it covers nothing. */
static bool entry_span(const struct pmp *pmp, uint32_t i, uint64_t *from,
                       uint64_t *to)
{
    uint32_t addr = pmp->addr[i];
    uint32_t ones = 0;

    switch (CFG_MODE(pmp->cfg[i])) {
    case TOR:
        *from = i == 0 ? 0 : (uint64_t)pmp->addr[i - 1] << 2;
        *to = (uint64_t)addr << 2;
        break;
    case NA4:
        *from = (uint64_t)addr << 2;
        *to = *from + 4;
        break;
    case NAPOT:
        while (ones < 32 && (addr >> ones & 1u) != 0)
            ones++;
        *from = ((uint64_t)addr & ~((UINT64_C(1) << ones) - 1)) << 2;
        *to = *from + (UINT64_C(8) << ones);
        break;
    default:
        return false;
    }
    return *from < *to;
}

/* Active entries with their spans, lowest number first. */
struct view {
    uint32_t count;
    uint64_t from[ENTRIES], to[ENTRIES];
    uint8_t cfg[ENTRIES];
};

static struct view view_of(const struct pmp *pmp)
{
    struct view v = { 0 };

    for (uint32_t i = 0; i < ENTRIES; i++) {
        if (!entry_span(pmp, i, &v.from[v.count], &v.to[v.count]))
            continue;
        v.cfg[v.count++] = pmp->cfg[i];
    }
    return v;
}

/* The rights U-mode has to all of `size` bytes at `at`. The lowest entry that
 * matches any byte decides, and must match every byte. */
static uint32_t user_rights(const struct view *v, uint64_t at, uint32_t size)
{
    for (uint32_t i = 0; i < v->count; i++) {
        bool matches_any = v->from[i] < at + size && at < v->to[i];
        bool matches_all = v->from[i] <= at && at + size <= v->to[i];
        if (matches_any)
            return matches_all ? v->cfg[i] & 7u : 0;
    }
    return 0;
}

/* The same for M-mode, which only locked entries restrict. */
static uint32_t machine_rights(const struct view *v, uint64_t at, uint32_t size)
{
    for (uint32_t i = 0; i < v->count; i++) {
        bool matches_any = v->from[i] < at + size && at < v->to[i];
        bool matches_all = v->from[i] <= at && at + size <= v->to[i];
        if (matches_any && !matches_all)
            return 0;
        if (matches_any)
            return (v->cfg[i] & CFG_LOCKED) != 0 ? v->cfg[i] & 7u : 7u;
    }
    return 7u;
}

static bool has_overlap(const struct view *v)
{
    for (uint32_t i = 0; i < v->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (v->from[i] < v->to[j] && v->from[j] < v->to[i])
                return true;
    return false;
}

static void write_cfg(struct pmp *pmp, uint32_t index, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        if ((pmp->cfg[4 * index + i] & CFG_LOCKED) == 0)
            pmp->cfg[4 * index + i] = (uint8_t)(value >> 8 * i);
}

static uint32_t read_cfg(const struct pmp *pmp, uint32_t index)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < 4; i++)
        value |= (uint32_t)pmp->cfg[4 * index + i] << 8 * i;
    return value;
}

/* A locked entry keeps its address, a locked TOR also the one before. */
static void write_addr(struct pmp *pmp, uint32_t i, uint32_t value)
{
    bool is_base_of_locked = i + 1 < ENTRIES &&
                             (pmp->cfg[i + 1] & CFG_LOCKED) != 0 &&
                             CFG_MODE(pmp->cfg[i + 1]) == TOR;

    if ((pmp->cfg[i] & CFG_LOCKED) == 0 && !is_base_of_locked)
        pmp->addr[i] = value;
}

static struct pmp pmp_with(const struct pmp_image *image)
{
    struct pmp pmp = { 0 };

    memcpy(pmp.addr, image->addr, sizeof image->addr);
    write_cfg(&pmp, 0, image->cfg[0]);
    write_cfg(&pmp, 1, image->cfg[1]);
    return pmp;
}

/* ---- what the regions mean, without any PMP ----------------------------- */

static bool is_nothing(const struct region *r)
{
    return r->start == r->end || r->rights == 0;
}

/* One region has to hold the whole access. */
static uint32_t rights_wanted(const struct region *regions, uint32_t count,
                              uint64_t at, uint32_t size)
{
    uint32_t rights = 0;

    for (uint32_t i = 0; i < count; i++)
        if (regions[i].start <= at && at + size <= regions[i].end)
            rights |= regions[i].rights;
    return rights;
}

static bool any_word_twice(const struct region *regions, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < i; j++)
            for (uint64_t at = regions[i].start; at < regions[i].end; at += 4)
                if (!is_nothing(&regions[i]) && !is_nothing(&regions[j]) &&
                    at >= regions[j].start && at < regions[j].end)
                    return true;
    return false;
}

/* No entry that would be no entry by the specification but one on a simulator
 * with bugs, and none above the app's. */
static void assert_image_is_tidy(const struct pmp_image *image)
{
    struct pmp pmp = pmp_with(image);

    assert_int_equal(image->cfg[1] >> 16, 0);
    for (uint32_t i = 0; i < ENTRIES; i++) {
        uint64_t from, to;
        if (CFG_MODE(pmp.cfg[i]) == OFF) {
            assert_int_equal(pmp.cfg[i], 0);
            continue;
        }
        assert_int_equal(CFG_MODE(pmp.cfg[i]), TOR);
        assert_int_equal(pmp.cfg[i] & 0xE0u, 0);
        assert_true((pmp.cfg[i] & (CFG_R | CFG_W)) != CFG_W);
        assert_true(pmp.addr[i] != 0);
        assert_true(entry_span(&pmp, i, &from, &to));
    }
}

/* Every access of 1, 2 and 4 bytes at every byte in and around the world. */
static void assert_image_means(const struct pmp_image *image,
                               const struct region *regions, uint32_t count,
                               uint32_t base, uint32_t world)
{
    struct pmp pmp = pmp_with(image);
    struct view v = view_of(&pmp);
    uint64_t from = base < 8 ? 0 : base - 8u;
    uint64_t to = (uint64_t)base + world + 8;

    assert_false(has_overlap(&v));
    for (uint64_t at = from; at < to && at < FOUR_GIB; at++)
        for (uint32_t size = 1; size <= 4; size *= 2)
            if (user_rights(&v, at, size) !=
                rights_wanted(regions, count, at, size))
                fail_msg("%u bytes at 0x%llx: %u instead of %u", (unsigned)size,
                         (unsigned long long)at,
                         (unsigned)user_rights(&v, at, size),
                         (unsigned)rights_wanted(regions, count, at, size));
}

static const struct pmp_image untouched = { { 0xA5A5A5A5, 1, 2, 3, 4, 5 },
                                            { 0xDEADBEEF, 0x12345678 } };

static void assert_refused(const struct region *regions, uint32_t count,
                           err_t why)
{
    struct pmp_image image = untouched;

    assert_int_equal(pmp_encode(regions, count, &image), why);
    assert_memory_equal(&image, &untouched, sizeof image);
}

/* Encode, and hold the outcome against what it should be. True: accepted. */
static bool try_regions(const struct region *regions, uint32_t count,
                        uint32_t base, uint32_t world)
{
    struct pmp_image image = untouched;

    if (any_word_twice(regions, count)) {
        assert_refused(regions, count, ERR_INVAL);
        return false;
    }
    assert_int_equal(pmp_encode(regions, count, &image), OK);
    assert_image_is_tidy(&image);
    assert_image_means(&image, regions, count, base, world);
    return true;
}

/* ---- worlds: all regions between word boundaries ------------------------ */

#define WORLD 64u
#define MANY 153u /* 17 boundaries: 136 regions, 17 empty ones */

static uint32_t all_regions(struct region *out, uint32_t base, uint32_t world,
                            uint8_t rights)
{
    uint32_t n = 0;

    for (uint32_t start = 0; start <= world; start += 4)
        for (uint32_t end = start; end <= world; end += 4)
            out[n++] = (struct region){ base + start, base + end, rights };
    return n;
}

static const uint8_t legal_rights[] = { 0,     PMP_R,         PMP_R | PMP_W,
                                        PMP_X, PMP_R | PMP_X, 7 };

static const uint32_t bases[] = { 0, 0x20040000, 0x7FFFFFE0, 0x80000020,
                                  0xFFFFFFFCu - WORLD };

static void every_pair_of_a_64_byte_world(void **state)
{
    (void)state;
    for (uint32_t b = 0; b < ARRAY_COUNT(bases); b++) {
        struct region first[MANY], second[MANY];
        uint32_t n = all_regions(first, bases[b], WORLD, PMP_R | PMP_X);
        uint32_t accepted = 0;
        all_regions(second, bases[b], WORLD, PMP_R | PMP_W);
        assert_int_equal(n, MANY);
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; j < n; j++) {
                const struct region pair[] = { first[i], second[j] };
                accepted += try_regions(pair, 2, bases[b], WORLD);
            }
        /* 17 empty with any, any with 17 empty, disjoint ones either way:
         * 4 of 18 positions. */
        assert_int_equal(accepted, 17 * 153 + 136 * 17 + 2 * 3060);
    }
}

static void every_triple_of_a_64_byte_world(void **state)
{
    struct region flash[MANY], ram[MANY], window[MANY];
    uint32_t n = all_regions(flash, 0x80000000, WORLD, PMP_R | PMP_X);
    uint32_t accepted = 0;

    (void)state;
    all_regions(ram, 0x80000000, WORLD, PMP_R | PMP_W);
    all_regions(window, 0x80000000, WORLD, PMP_R);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) {
            const struct region pair[] = { flash[i], ram[j] };
            /* Of the empty ones take the first only: they are all alike, as
             * every pair has shown. */
            bool is_repeated = (i != 0 && is_nothing(&flash[i])) ||
                               (j != 0 && is_nothing(&ram[j]));
            if (is_repeated || any_word_twice(pair, 2))
                continue;
            for (uint32_t k = 0; k < n; k++) {
                const struct region all[] = { flash[i], ram[j], window[k] };
                if (k == 0 || !is_nothing(&window[k]))
                    accepted += try_regions(all, 3, 0x80000000, WORLD);
            }
        }
    /* One, two or three of them: 2, 4 or 6 of 17, 18 or 19 positions. */
    assert_int_equal(accepted, 1 + 3 * 136 + 6 * 3060 + 6 * 27132);
}

static void every_combination_of_legal_rights(void **state)
{
    const uint32_t kinds = ARRAY_COUNT(legal_rights);

    (void)state;
    for (uint32_t i = 0; i < kinds * kinds * kinds; i++) {
        const struct region apart[] = {
            { 0x100, 0x108, legal_rights[i % kinds] },
            { 0x110, 0x120, legal_rights[i / kinds % kinds] },
            { 0x108, 0x110, legal_rights[i / kinds / kinds] },
        };
        assert_true(try_regions(apart, 3, 0x100, 0x20));
    }
}

static void every_illegal_right_is_refused(void **state)
{
    (void)state;
    for (uint32_t rights = 0; rights < 256; rights++) {
        struct region r[3] = { { 0x100, 0x200, PMP_R },
                               { 0x300, 0x400, PMP_R },
                               { 0x500, 0x600, PMP_R } };
        bool is_legal =
            memchr(legal_rights, (int)rights, sizeof legal_rights) != NULL;
        for (uint32_t i = 0; i < 3; i++) {
            r[i].rights = (uint8_t)rights;
            if (is_legal)
                assert_true(try_regions(r, 3, 0x100, 0x500));
            else
                assert_refused(r, 3, ERR_INVAL);
            r[i].rights = PMP_R;
        }
    }
}

static void every_misaligned_or_inverted_region_is_refused(void **state)
{
    (void)state;
    for (uint32_t start = 0; start <= WORLD; start++)
        for (uint32_t end = 0; end <= WORLD; end++) {
            const struct region r[] = { { 0x200, 0x300, PMP_R },
                                        { start, end, PMP_R } };
            if (start % 4 != 0 || end % 4 != 0 || start > end)
                assert_refused(r, 2, ERR_INVAL);
            else
                assert_true(try_regions(r, 2, 0, WORLD));
        }
}

static void an_end_at_or_beyond_4_gib_is_refused(void **state)
{
    const struct region at_end = { 0xFFFFF000, 0, PMP_R };
    const struct region beyond = { 0xFFFFF000, 0x1000, PMP_R };

    (void)state;
    assert_refused(&at_end, 1, ERR_INVAL);
    assert_refused(&beyond, 1, ERR_INVAL);
}

static void edges_of_the_whole_space_are_exact(void **state)
{
    static const uint32_t edges[] = { 0,          4,          0x1000,
                                      0x20010000, 0x7FFFFFFC, 0x80000000,
                                      0x80000004, 0xFFFFFFF8, 0xFFFFFFFC };
    const uint32_t n = ARRAY_COUNT(edges);

    (void)state;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i; j < n; j++) {
            const struct region r = { edges[i], edges[j], PMP_R | PMP_W };
            struct pmp_image image;
            assert_int_equal(pmp_encode(&r, 1, &image), OK);
            assert_image_is_tidy(&image);
            for (uint32_t k = 0; k < n; k++)
                assert_image_means(&image, &r, 1, edges[k], 8);
        }
}

static void more_regions_than_pairs_are_refused(void **state)
{
    struct region r[5] = { { 0 } };

    (void)state;
    assert_refused(r, 4, ERR_SIZE);
    assert_refused(r, 5, ERR_SIZE);
    assert_refused(r, UINT32_MAX, ERR_SIZE);
    assert_true(try_regions(r, 3, 0, WORLD));
    assert_true(try_regions(r, 0, 0, WORLD));
}

static void regions_keep_their_entries(void **state)
{
    const struct region r[] = { { 0x20040000, 0x20040400, PMP_R | PMP_X },
                                { 0, 0, 0 },
                                { 0x80001000, 0x80001004, PMP_R } };
    struct pmp_image image;

    (void)state;
    assert_int_equal(pmp_encode(r, 3, &image), OK);
    assert_int_equal(image.addr[0], 0x20040000 >> 2);
    assert_int_equal(image.addr[1], 0x20040400 >> 2);
    assert_int_equal(image.addr[4], 0x80001000 >> 2);
    assert_int_equal(image.addr[5], 0x80001004 >> 2);
    assert_int_equal(image.cfg[0], 0x00000D00);
    assert_int_equal(image.cfg[1], 0x00000900);
}

/* ---- the switch from one image to another ------------------------------- */

/* The machine that pmp.c runs on here. */
static struct pmp machine;
static uint32_t cfg1_writes, writes;
static void (*after_write)(bool is_addr);

enum csr {
    CSR_pmpcfg0,
    CSR_pmpcfg1,
    CSR_pmpaddr0,
    CSR_pmpaddr1,
    CSR_pmpaddr2,
    CSR_pmpaddr3,
    CSR_pmpaddr4,
    CSR_pmpaddr5
};

static uint32_t machine_read(enum csr csr)
{
    return csr <= CSR_pmpcfg1 ? read_cfg(&machine, csr)
                              : machine.addr[csr - CSR_pmpaddr0];
}

static void machine_write(enum csr csr, uint32_t value)
{
    if (csr <= CSR_pmpcfg1)
        write_cfg(&machine, csr, value);
    else
        write_addr(&machine, csr - CSR_pmpaddr0, value);
    cfg1_writes += csr == CSR_pmpcfg1;
    writes++;
    if (after_write != NULL)
        after_write(csr > CSR_pmpcfg1);
}

/* In place of the headers that would emit RISC-V instructions. */
#define ARCH_CSR_H
#define ARCH_CONTEXT_H
#define ARCH_RUN_H
#define csr_read(name) machine_read(CSR_##name)
#define csr_write(name, value) machine_write(CSR_##name, value)
#include <arch/riscv32/pmp.c>

#define SMALL_WORLD 20u
#define SMALL_BASE 0x80000000u
#define IMAGES_MAX 500u

static struct protection images[IMAGES_MAX];
static uint32_t image_count;

/* Every image of up to three regions of the small world. */
static void make_images(void)
{
    struct region r[3][21];
    uint32_t n = all_regions(r[0], SMALL_BASE, SMALL_WORLD, PMP_R | PMP_X);

    all_regions(r[1], SMALL_BASE, SMALL_WORLD, PMP_R | PMP_W);
    all_regions(r[2], SMALL_BASE, SMALL_WORLD, PMP_R);
    image_count = 0;
    for (uint32_t i = 0; i < n * n * n; i++) {
        const struct region all[] = { r[0][i % n], r[1][i / n % n],
                                      r[2][i / n / n] };
        bool is_repeated = false;
        for (uint32_t k = 0; k < 3; k++)
            is_repeated |= is_nothing(&all[k]) && all[k].start != SMALL_BASE;
        if (!is_repeated &&
            pmp_encode(all, 3, &images[image_count].image) == OK)
            image_count++;
    }
    assert_int_equal(image_count, 1 + 3 * 15 + 6 * 35 + 6 * 28);
}

/* Entry 6: the locked guard, somewhere else. */
static struct pmp pmp_with_guard(const struct pmp_image *image)
{
    struct pmp pmp = pmp_with(image);

    assert_int_equal(
        pmp_encode_napot(0x80000400, 32, PMP_LOCK, &pmp.addr[6], &pmp.cfg[6]),
        OK);
    return pmp;
}

/* Rights, per byte of the small world. */
static void rights_of_bytes(const struct pmp *pmp, uint8_t *rights)
{
    struct view v = view_of(pmp);

    for (uint32_t i = 0; i < SMALL_WORLD; i += 4)
        rights[i / 4] = (uint8_t)user_rights(&v, SMALL_BASE + i, 4);
}

static uint8_t before[SMALL_WORLD / 4], wanted[SMALL_WORLD / 4];

/* Between two writes nothing may be granted that neither image grants, and
 * nothing at all of what moves while an address moves. */
static void check_write(bool is_addr)
{
    struct view v = view_of(&machine);
    uint8_t now[SMALL_WORLD / 4];

    assert_false(has_overlap(&v));
    assert_int_equal(machine.cfg[6], 0x98);
    rights_of_bytes(&machine, now);
    for (uint32_t i = 0; i < SMALL_WORLD / 4; i++) {
        assert_int_equal(now[i] & ~(before[i] | wanted[i]), 0);
        if (is_addr)
            assert_int_equal(now[i] & ~wanted[i], 0);
    }
}

static void check_switch(const struct protection *from,
                         const struct protection *to)
{
    struct pmp want = pmp_with_guard(&to->image);

    after_write = NULL;
    protection_load(from);
    rights_of_bytes(&machine, before);
    rights_of_bytes(&want, wanted);
    after_write = check_write;
    protection_load(to);
    assert_memory_equal(machine.cfg, want.cfg, sizeof want.cfg);
    check_write(true);
    uint8_t now[SMALL_WORLD / 4];
    rights_of_bytes(&machine, now);
    assert_memory_equal(now, wanted, sizeof now);
}

static void no_switch_overlaps_or_grants_too_much_at_any_write(void **state)
{
    static const struct pmp_image nothing;

    (void)state;
    machine = pmp_with_guard(&nothing);
    make_images();
    for (uint32_t i = 0; i < image_count; i++)
        for (uint32_t j = 0; j < image_count; j++)
            check_switch(&images[i], &images[j]);
}

static void dropping_leaves_no_right_and_the_guard(void **state)
{
    static const struct pmp_image nothing;
    static const uint8_t none[SMALL_WORLD / 4];

    (void)state;
    machine = pmp_with_guard(&nothing);
    make_images();
    for (uint32_t i = 0; i < image_count; i++) {
        uint8_t now[SMALL_WORLD / 4];
        after_write = NULL;
        protection_load(&images[i]);
        rights_of_bytes(&machine, before);
        memset(wanted, 0, sizeof wanted);
        after_write = check_write;
        protection_drop();
        rights_of_bytes(&machine, now);
        assert_memory_equal(now, none, sizeof now);
        memcpy(wanted, before, sizeof wanted); /* and back */
        memset(before, 0, sizeof before);
        protection_load(&images[i]);
        rights_of_bytes(&machine, now);
        assert_memory_equal(now, wanted, sizeof now);
    }
}

static void a_switch_without_windows_touches_one_cfg_register(void **state)
{
    static const struct pmp_image nothing;
    struct protection a, b;

    (void)state;
    machine = pmp_with_guard(&nothing);
    after_write = NULL;
    assert_int_equal(protection_set(&a, 0x1000, 0x2000, 0x8000, 0x9000), OK);
    assert_int_equal(protection_set(&b, 0x2000, 0x3000, 0x9000, 0xA000), OK);
    protection_drop();
    protection_load(&a);
    cfg1_writes = writes = 0;
    protection_load(&b);
    assert_int_equal(cfg1_writes, 0);
    assert_int_equal(writes, 6);
}

/* ---- NAPOT -------------------------------------------------------------- */

static void every_napot_of_a_small_world_is_exact_or_refused(void **state)
{
    (void)state;
    for (uint32_t start = 0; start < 256; start++)
        for (uint32_t size = 0; size <= 256; size++) {
            struct pmp pmp = { .addr[0] = 0x55, .cfg[0] = 0 };
            bool is_good =
                size >= 8 && (size & (size - 1)) == 0 && start % size == 0;
            err_t e = pmp_encode_napot(start, size, PMP_LOCK | PMP_R,
                                       &pmp.addr[0], &pmp.cfg[0]);
            assert_int_equal(e, is_good ? OK : ERR_INVAL);
            if (!is_good) {
                assert_int_equal(pmp.addr[0], 0x55);
                assert_int_equal(pmp.cfg[0], 0);
                continue;
            }
            struct view v = view_of(&pmp);
            for (uint32_t at = 0; at < 600; at++) {
                bool is_in = start <= at && at < start + size;
                assert_int_equal(user_rights(&v, at, 1), is_in ? PMP_R : 0);
                assert_int_equal(machine_rights(&v, at, 1), is_in ? PMP_R : 7);
            }
        }
}

static void napot_of_every_power_of_two_has_exact_edges(void **state)
{
    (void)state;
    for (uint32_t bit = 3; bit < 32; bit++) {
        uint32_t size = 1u << bit;
        uint64_t last = FOUR_GIB - size;
        struct pmp pmp = { { 0 }, { 0 } };
        assert_int_equal(pmp_encode_napot((uint32_t)last, size, PMP_LOCK,
                                          &pmp.addr[0], &pmp.cfg[0]),
                         OK);
        struct view v = view_of(&pmp);
        assert_int_equal(v.count, 1);
        assert_true(v.from[0] == last);
        assert_true(v.to[0] == FOUR_GIB);
        assert_int_equal(pmp.cfg[0], 0x98);
        assert_int_equal(machine_rights(&v, last - 1, 1), 7);
        assert_int_equal(machine_rights(&v, last, 1), 0);
        assert_int_equal(machine_rights(&v, last - 1, 2), 0);
    }
}

static void napot_flags_are_rights_and_lock_only(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags < 256; flags++) {
        uint32_t addr;
        uint8_t cfg;
        bool is_good = memchr(legal_rights, (int)(flags & 0x7Fu),
                              sizeof legal_rights) != NULL;
        err_t e = pmp_encode_napot(0, 8, (uint8_t)flags, &addr, &cfg);
        assert_int_equal(e, is_good ? OK : ERR_INVAL);
        if (is_good)
            assert_int_equal(cfg, flags | 0x18u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_a_64_byte_world),
        cmocka_unit_test(every_triple_of_a_64_byte_world),
        cmocka_unit_test(every_combination_of_legal_rights),
        cmocka_unit_test(every_illegal_right_is_refused),
        cmocka_unit_test(every_misaligned_or_inverted_region_is_refused),
        cmocka_unit_test(an_end_at_or_beyond_4_gib_is_refused),
        cmocka_unit_test(edges_of_the_whole_space_are_exact),
        cmocka_unit_test(more_regions_than_pairs_are_refused),
        cmocka_unit_test(regions_keep_their_entries),
        cmocka_unit_test(no_switch_overlaps_or_grants_too_much_at_any_write),
        cmocka_unit_test(dropping_leaves_no_right_and_the_guard),
        cmocka_unit_test(a_switch_without_windows_touches_one_cfg_register),
        cmocka_unit_test(every_napot_of_a_small_world_is_exact_or_refused),
        cmocka_unit_test(napot_of_every_power_of_two_has_exact_edges),
        cmocka_unit_test(napot_flags_are_rights_and_lock_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
