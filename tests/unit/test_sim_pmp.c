/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's PMP against an oracle that reads the specification byte
 * by byte and shares nothing with it but the registers' contents.
 * SOURCES: tests/sim/pmp.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tests/sim/pmp.h>

enum { CONFIGURATIONS = 100000, ACCESSES = 32 };

/* ---- the oracle ------------------------------------------------------------ */

/* Does entry i match this byte? */
static bool oracle_matches(const struct pmp *pmp, unsigned i, uint64_t byte)
{
    uint64_t word = byte / 4;

    switch (pmp->config[i] / 8 % 4) {
    case 1: /* between the address before, or 0, and its own */
        if (i > 0 && word < pmp->address[i - 1])
            return false;
        return word < pmp->address[i];
    case 2:
        return word == pmp->address[i];
    case 3: { /* every bit above the lowest zero of the address is compared */
        uint64_t mask = 1;

        while ((pmp->address[i] & mask) == mask)
            mask = mask << 1 | 1;
        return (word | mask) == (pmp->address[i] | mask);
    }
    default:
        return false;
    }
}

/* The table of the Smepmp specification, written down as it stands there: for
 * each L R W X what M and U may do. */
static const struct {
    const char *machine, *user;
} mml_table[16] = {
    { "", "" },  { "", "X" },  { "RW", "R" }, { "RW", "RW" },
    { "", "R" }, { "", "RX" }, { "", "RW" },  { "", "RWX" },
    { "", "" },  { "X", "" },  { "X", "X" },  { "RX", "X" },
    { "R", "" }, { "RX", "" }, { "RW", "" },  { "R", "R" },
};

static bool oracle_rule_allows(const struct pmp *pmp, unsigned config,
                               char right, bool machine)
{
    bool l = config & 0x80, r = config & 1, w = config & 2, x = config & 4;
    unsigned lrwx = l * 8u + r * 4u + w * 2u + x * 1u;

    if (pmp->mseccfg & 1) {
        const char *rights =
            machine ? mml_table[lrwx].machine : mml_table[lrwx].user;

        return strchr(rights, right) != NULL;
    }
    if (machine && !l)
        return true;
    return right == 'R' ? r : right == 'W' ? w : x;
}

static bool oracle(const struct pmp *pmp, uint64_t address, unsigned bytes,
                   char right, bool machine)
{
    for (unsigned i = 0; i < pmp->entries; i++) {
        unsigned matched = 0;

        for (unsigned b = 0; b < bytes; b++)
            matched += oracle_matches(pmp, i, address + b);
        if (matched == 0)
            continue;
        return matched == bytes &&
               oracle_rule_allows(pmp, pmp->config[i], right, machine);
    }
    if (pmp->entries == 0)
        return true;
    if (!machine || (pmp->mseccfg & 2))
        return false;
    return !((pmp->mseccfg & 1) && right == 'X');
}

/* ---- random configurations ------------------------------------------------- */

static uint64_t state = 20260;

static uint32_t random_below(uint32_t limit)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(state >> 33) % limit;
}

/* Mostly in a small world, so that entries meet. */
static uint32_t random_word(void)
{
    switch (random_below(8)) {
    case 0:
        return random_below(0x80000000u) * 2 + random_below(2);
    case 1:
        return 0;
    case 2:
        return 0x40000000u - random_below(4); /* the end of 4 GiB */
    default:
        return 0x20000000u + random_below(64);
    }
}

static uint32_t random_address_register(void)
{
    uint32_t word = random_word(), ones = random_below(10);

    if (random_below(2) == 0)
        return word;
    if (random_below(50) == 0)
        return random_below(2) ? UINT32_MAX : 0x1fffffff;
    return (word & ~((2u << ones) - 1)) | ((1u << ones) - 1);
}

static void random_configuration(struct pmp *pmp)
{
    memset(pmp, 0, sizeof(*pmp));
    pmp->entries = random_below(2) ? 8 : 16;
    pmp->smepmp = random_below(2);
    pmp_reset(pmp);
    /* With Smepmp rules are often made under MML with locks open. */
    if (pmp->smepmp)
        pmp_write_mseccfg(pmp, MSECCFG_RLB | random_below(4));
    for (uint32_t i = 0; i < pmp->entries; i++)
        pmp_write_address(pmp, i, random_address_register());
    for (uint32_t i = 0; i < pmp->entries / 4; i++)
        pmp_write_config(pmp, i,
                         random_below(0x10000) << 16 | random_below(0x10000));
    /* Without RLB whatever is locked by now stays. */
    if (pmp->smepmp)
        pmp_write_mseccfg(pmp, random_below(8));
    for (uint32_t i = random_below(4); i > 0; i--)
        pmp_write_address(pmp, random_below(16), random_address_register());
}

static void check_access(const struct pmp *pmp, uint32_t address,
                         uint32_t bytes, unsigned kind, bool machine)
{
    static const enum pmp_kind kinds[] = { PMP_LOAD, PMP_STORE, PMP_FETCH };
    static const char rights[] = "RWX";
    bool expected = oracle(pmp, address, bytes, rights[kind], machine);
    bool actual = pmp_allows(pmp, address, bytes, kinds[kind], machine);
    uint64_t from, to;

    if (expected != actual) {
        for (uint32_t i = 0; i < pmp->entries; i++)
            printf("%2u: address %08x config %02x\n", i, pmp->address[i],
                   pmp->config[i]);
        fail_msg("%c of %u bytes at 0x%08x by %c, mseccfg %u: the oracle says "
                 "%d",
                 rights[kind], bytes, address, machine ? 'M' : 'U',
                 pmp->mseccfg, expected);
    }
    /* What the core keeps: the stretch with the verdict of its first byte. */
    expected = pmp_verdict(pmp, address, kinds[kind], machine, &from, &to);
    assert_true(from <= address && address < to);
    for (int i = 0; i < 2; i++) {
        uint64_t at = from + ((uint64_t)random_below(0x10000) << 16 |
                              random_below(0x10000)) %
                                 (to - from);

        assert_int_equal(oracle(pmp, at, 1, rights[kind], machine), expected);
    }
    if (to < UINT64_C(1) << 32)
        assert_false(oracle(pmp, to - 1, 2, rights[kind], machine) &&
                     !oracle(pmp, to - 1, 1, rights[kind], machine));
}

static void each_access_has_the_verdict_of_the_specification(void **unused)
{
    struct pmp pmp;
    uint32_t allowed = 0;

    (void)unused;
    for (uint32_t i = 0; i < CONFIGURATIONS; i++) {
        random_configuration(&pmp);
        for (uint32_t j = 0; j < ACCESSES; j++) {
            uint32_t bytes = 1u << random_below(3);
            uint32_t address = random_word() * 4 + random_below(4);
            unsigned kind = random_below(3);
            bool machine = random_below(2);

            /* None runs over the end of the address space. */
            if (address > UINT32_MAX - bytes + 1)
                address -= bytes;
            check_access(&pmp, address, bytes, kind, machine);
            allowed += pmp_allows(&pmp, address, bytes, PMP_LOAD, machine);
        }
    }
    /* Neither "always" nor "never" would pass. */
    assert_true(allowed > CONFIGURATIONS * ACCESSES / 10);
    assert_true(allowed < CONFIGURATIONS * ACCESSES / 10 * 9);
}

/* ---- what registers keep --------------------------------------------------- */

static struct pmp plain(uint32_t entries)
{
    struct pmp pmp = { .entries = entries };

    pmp_reset(&pmp);
    return pmp;
}

static void a_lock_holds_config_and_address(void **unused)
{
    struct pmp pmp = plain(8);

    (void)unused;
    pmp_write_address(&pmp, 2, 0x1000);
    pmp_write_address(&pmp, 3, 0x2000);
    pmp_write_config(&pmp, 0, (PMP_L | PMP_TOR | PMP_R) << 24);
    pmp_write_config(&pmp, 0, 0);
    assert_int_equal(pmp_read_config(&pmp, 0), (PMP_L | PMP_TOR | PMP_R) << 24);
    pmp_write_address(&pmp, 3, 5);
    assert_int_equal(pmp.address[3], 0x2000);
    /* The lower end of a locked TOR entry, but not that entry's config. */
    pmp_write_address(&pmp, 2, 5);
    assert_int_equal(pmp.address[2], 0x1000);
    pmp_write_config(&pmp, 0, PMP_NA4 << 16);
    assert_int_equal(pmp.config[2], PMP_NA4);
    pmp_write_address(&pmp, 1, 5);
    assert_int_equal(pmp.address[1], 5);
}

static void a_lock_of_an_entry_that_is_off_holds_as_well(void **unused)
{
    struct pmp pmp = plain(16);

    (void)unused;
    pmp_write_config(&pmp, 1, PMP_L);
    pmp_write_address(&pmp, 4, 5);
    pmp_write_config(&pmp, 1, PMP_NA4 | PMP_R);
    assert_int_equal(pmp.address[4], 0);
    assert_int_equal(pmp_read_config(&pmp, 1), PMP_L);
    pmp_reset(&pmp);
    assert_int_equal(pmp_read_config(&pmp, 1), 0);
}

static void entries_that_are_not_there_read_zero(void **unused)
{
    struct pmp pmp = plain(8);

    (void)unused;
    pmp_write_config(&pmp, 2, 0x0f0f0f0f);
    pmp_write_address(&pmp, 8, 1);
    assert_int_equal(pmp_read_config(&pmp, 2), 0);
    assert_int_equal(pmp.address[8], 0);
}

static void write_without_read_and_reserved_bits_do_not_stay(void **unused)
{
    struct pmp pmp = plain(8);

    (void)unused;
    pmp_write_config(&pmp, 0, 0x7a); /* TOR-like, W alone, bits 6 and 5 */
    assert_int_equal(pmp_read_config(&pmp, 0), 0x18);
}

static struct pmp enhanced(uint32_t mseccfg)
{
    struct pmp pmp = { .entries = 16, .smepmp = true };

    pmp_reset(&pmp);
    pmp_write_mseccfg(&pmp, mseccfg);
    return pmp;
}

static void mml_and_mmwp_stay_set(void **unused)
{
    struct pmp pmp = enhanced(MSECCFG_MML | MSECCFG_MMWP);

    (void)unused;
    pmp_write_mseccfg(&pmp, 0);
    assert_int_equal(pmp.mseccfg, MSECCFG_MML | MSECCFG_MMWP);
}

static void rlb_opens_locks_and_is_lost_once_it_is_cleared(void **unused)
{
    struct pmp pmp = enhanced(MSECCFG_RLB);

    (void)unused;
    pmp_write_config(&pmp, 0, PMP_L | PMP_NA4 | PMP_R);
    pmp_write_address(&pmp, 0, 7);
    assert_int_equal(pmp.address[0], 7);
    pmp_write_mseccfg(&pmp, 0);
    pmp_write_address(&pmp, 0, 8);
    assert_int_equal(pmp.address[0], 7);
    pmp_write_mseccfg(&pmp, MSECCFG_RLB);
    assert_int_equal(pmp.mseccfg, 0);
}

/* With a lock in place, RLB that is set stays settable: it is only refused when
 * it is 0. */
static void rlb_that_is_set_can_be_written_again(void **unused)
{
    struct pmp pmp = enhanced(MSECCFG_RLB);

    (void)unused;
    pmp_write_config(&pmp, 0, PMP_L | PMP_NA4 | PMP_R);
    pmp_write_mseccfg(&pmp, MSECCFG_RLB | MSECCFG_MMWP);
    assert_int_equal(pmp.mseccfg, MSECCFG_RLB | MSECCFG_MMWP);
    pmp_write_address(&pmp, 0, 9);
    assert_int_equal(pmp.address[0], 9);
}

static void mml_takes_no_new_rule_by_which_m_could_execute(void **unused)
{
    static const uint8_t refused[] = { PMP_L | PMP_X, PMP_L | PMP_W,
                                       PMP_L | PMP_W | PMP_X,
                                       PMP_L | PMP_R | PMP_X };

    (void)unused;
    for (size_t i = 0; i < sizeof(refused); i++) {
        struct pmp pmp = enhanced(MSECCFG_MML);

        pmp_write_config(&pmp, 0, PMP_NAPOT | refused[i]);
        assert_int_equal(pmp_read_config(&pmp, 0), 0);
        pmp = enhanced(MSECCFG_MML | MSECCFG_RLB);
        pmp_write_config(&pmp, 0, PMP_NAPOT | refused[i]);
        assert_int_equal(pmp_read_config(&pmp, 0), PMP_NAPOT | refused[i]);
    }
}

/* QEMU 7.2 lets such a write through if the new value has no X. */
static void a_lock_holds_under_mml_too(void **unused)
{
    struct pmp pmp = enhanced(MSECCFG_MML);

    (void)unused;
    pmp_write_config(&pmp, 0, PMP_L | PMP_NAPOT | PMP_R);
    pmp_write_config(&pmp, 0, PMP_L | PMP_NAPOT | PMP_R | PMP_W);
    assert_int_equal(pmp_read_config(&pmp, 0), PMP_L | PMP_NAPOT | PMP_R);
}

static void overlap_is_found_and_adjacency_is_none(void **unused)
{
    struct pmp pmp = plain(16);
    uint32_t one, other;

    (void)unused;
    pmp_write_address(&pmp, 0, 0x100);
    pmp_write_address(&pmp, 1, 0x200);
    pmp_write_address(&pmp, 2, 0x300);
    pmp_write_config(&pmp, 0, PMP_TOR << 8 | PMP_TOR << 16);
    assert_false(pmp_overlap(&pmp, &one, &other));
    pmp_write_address(&pmp, 5, 0x1ff);
    pmp_write_config(&pmp, 1, PMP_NA4 << 8);
    assert_true(pmp_overlap(&pmp, &one, &other));
    assert_int_equal(one, 1);
    assert_int_equal(other, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_access_has_the_verdict_of_the_specification),
        cmocka_unit_test(a_lock_holds_config_and_address),
        cmocka_unit_test(a_lock_of_an_entry_that_is_off_holds_as_well),
        cmocka_unit_test(entries_that_are_not_there_read_zero),
        cmocka_unit_test(write_without_read_and_reserved_bits_do_not_stay),
        cmocka_unit_test(mml_and_mmwp_stay_set),
        cmocka_unit_test(rlb_opens_locks_and_is_lost_once_it_is_cleared),
        cmocka_unit_test(rlb_that_is_set_can_be_written_again),
        cmocka_unit_test(mml_takes_no_new_rule_by_which_m_could_execute),
        cmocka_unit_test(a_lock_holds_under_mml_too),
        cmocka_unit_test(overlap_is_found_and_adjacency_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
