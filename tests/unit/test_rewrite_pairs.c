/* SPDX-License-Identifier: Apache-2.0 */
/* The link rewriter, on apps made in memory: how upper and lower parts of an address
 * are paired, that the proof finds what is wrong, how small the tables are, and how
 * the work grows.
 * SOURCES: pic/host/job.c pic/host/insn.c pic/host/linked.c pic/host/names.c
 * SOURCES: pic/host/map.c pic/host/flow.c pic/host/code.c pic/host/sites.c
 * SOURCES: pic/host/pair.c pic/host/encode.c pic/host/prove.c pic/host/rewrite.c
 * SOURCES: pic/host/table.c pic/tbf.c pic/reloc.c tests/fake/elf.c
 * SOURCES: tests/fake/rewritten.c
 * LINK: -lelf */
#include <tests/fake/rewritten.h>

/* ---- pairing ------------------------------------------------------------ */

static uint32_t constant; /* in flash */

static uint32_t constant_make(void)
{
    m.rodata_len = 64;
    m.rodata_at = MADE_FLASH + 0x1230;
    constant = m.rodata_at;
    return made_label(&m, "constant", constant);
}

static void an_upper_part_outside_a_loop_is_found(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    uint32_t upper = lui(A1, symbol, constant);
    uint32_t lower = lo_load(A1, symbol, constant);
    made_code(&m, 0xFE051EE3); /* bnez a0,.-4 */
    made_code(&m, RET);
    rewritten();
    reaches_by_pc(upper, lower, constant);
}

static void branches_share_an_upper_part(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    uint32_t upper = lui(A1, symbol, constant);
    made_code(&m, 0x00050663); /* beqz a0,.+12 */
    uint32_t first = lo_load(A1, symbol, constant);
    made_code(&m, RET);
    uint32_t second = lo_load(A1, symbol, constant);
    made_code(&m, RET);
    rewritten();
    reaches_by_pc(upper, first, constant);
    reaches_by_pc(upper, second, constant);
}

/* beqz over one of two upper parts to one lower part. */
static uint32_t two_uppers(uint32_t symbol, uint32_t value)
{
    made_code(&m, 0x00050663); /* beqz a0,.+12 */
    lui(A1, symbol, value);
    made_code(&m, 0x0080006F); /* j .+8 */
    lui(A1, symbol, value);
    uint32_t lower = lo_load(A1, symbol, value);
    made_code(&m, RET);
    return lower;
}

static void two_upper_parts_of_flash_are_refused(void **state)
{
    (void)state;
    two_uppers(constant_make(), MADE_FLASH + 0x1230);
    refused("comes from two places that would differ");
}

static void two_upper_parts_of_flash_share_a_spare_word(void **state)
{
    (void)state;
    uint32_t lower = two_uppers(constant_make(), MADE_FLASH + 0x1230);
    made_label(&m, "_pool_start", MADE_DATA);
    made_label(&m, "_pool_end", MADE_DATA + 8);
    rewritten();
    assert_int_equal(now(lower - 4), now(lower - 12));
    assert_int_equal(linked_get(&r.app.data, MADE_DATA), constant);
    assert_int_equal(r.word_count, 1);
}

static void two_upper_parts_of_ram_are_one(void **state)
{
    (void)state;
    uint32_t value = MADE_DATA + 0xF04;
    uint32_t lower = two_uppers(made_label(&m, "var", value), value);
    rewritten();
    reaches_by_gp(lower - 4, lower, value);
    assert_int_equal(now(lower - 4), now(lower - 12));
}

static void an_upper_part_on_one_way_only_is_refused(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    made_code(&m, 0x00050463); /* beqz a0,.+8 */
    lui(A1, symbol, constant);
    lo_load(A1, symbol, constant);
    made_code(&m, RET);
    refused("on another the register holds something else");
}

static void upper_parts_are_followed_through_moves_and_indexes(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    uint32_t upper = lui(A1, symbol, constant);
    made_code16(&m, 0x862E);   /* mv a2,a1 */
    made_code(&m, 0x00A60633); /* add a2,a2,a0 */
    uint32_t lower = lo_load(A2, symbol, constant);
    made_code(&m, RET);
    rewritten();
    reaches_by_pc(upper, lower, constant);
}

static void upper_parts_are_followed_through_the_stack(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    made_code(&m, insn_addi(REG_SP, REG_SP, -16));
    uint32_t upper = lui(A1, symbol, constant);
    made_code(&m, store(REG_SP, A1, 8));
    made_code(&m, insn_addi(REG_SP, REG_SP, -32));
    made_code(&m, store(REG_SP, A0, 8)); /* another slot */
    made_code(&m, insn_lw(A2, REG_SP, 40));
    uint32_t lower = lo_load(A2, symbol, constant);
    made_code(&m, RET);
    rewritten();
    reaches_by_pc(upper, lower, constant);
}

static void an_overwritten_slot_is_no_upper_part(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    lui(A1, symbol, constant);
    made_code(&m, store(REG_SP, A1, -8));
    made_code(&m, 0xFEA11D23); /* sh a0,-6(sp) */
    made_code(&m, insn_lw(A2, REG_SP, -8));
    lo_load(A2, symbol, constant);
    made_code(&m, RET);
    refused("no lui of that symbol reaches it");
}

static void an_upper_part_of_another_symbol_is_refused(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    lui(A1, made_label(&m, "other", constant + 8), constant + 8);
    lo_load(A1, symbol, constant);
    made_code(&m, RET);
    refused("is that of `other`");
}

/* A call that never returns does not lead to what stands behind it. */
static void no_way_leads_past_a_call_that_does_not_return(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    made_code(&m, 0x00050A63); /* beqz a0,.+20 */
    uint32_t upper = lui(A1, symbol, constant);
    made_code(&m, 0x00C0006F); /* j .+12 */
    made_code(&m, NOP);
    made_code(&m, NOP);
    uint32_t dead = made_here(&m); /* .+20: jal ra, the endless loop below */
    (void)dead;
    /* the jump above goes to dead + 4 - 4: keep both in step */
    made_code(&m, 0x00C000EF); /* jal ra,.+12 */
    uint32_t lower = lo_load(A1, symbol, constant);
    made_code(&m, RET);
    made_function(&m, "stop", made_here(&m), 4);
    made_code(&m, 0x0000006F); /* j . */
    /* j .+12 from +8 lands on +20; aim it at the lower part instead. */
    memcpy(m.text + 8, &(uint32_t){ 0x0100006F }, 4);
    rewritten();
    reaches_by_pc(upper, lower, constant);
}

static void calls_that_return_keep_upper_parts(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    uint32_t upper = lui(8, symbol, constant); /* s0 */
    made_code(&m, 0x00C000EF);                 /* jal ra,.+12 */
    uint32_t lower = lo_load(8, symbol, constant);
    made_code(&m, RET);
    made_function(&m, "callee", made_here(&m), 4);
    made_code(&m, RET);
    rewritten();
    reaches_by_pc(upper, lower, constant);
}

/* lui of a constant; table address; lw; jr; the case uses the constant. */
static void switch_tables_lead_to_their_cases(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    uint32_t table = made_label(&m, "table", MADE_DATA);
    uint32_t upper = lui(A1, symbol, constant);
    lui(A2, table, MADE_DATA);
    uint32_t at = made_code(&m, insn_addi(A2, A2, insn_lo(MADE_DATA)));
    made_rel(&m, at, REL_LO12_I, table, 0);
    made_code(&m, 0x00A60633); /* add a2,a2,a0 */
    made_code(&m, insn_lw(A2, A2, 0));
    made_code(&m, 0x00060067); /* jr a2 */
    uint32_t first = lo_load(A1, symbol, constant);
    made_code(&m, RET);
    uint32_t second = lo_load(A1, symbol, constant);
    made_code(&m, RET);
    data_word(MADE_DATA, REL_32, made_label(&m, ".L1", first), first);
    data_word(MADE_DATA + 4, REL_32, made_label(&m, ".L2", second), second);
    rewritten();
    reaches_by_pc(upper, first, constant);
    reaches_by_pc(upper, second, constant);
}

/* A switch by the table at `table`, its one case using the constant in a1. */
static void switch_make(uint32_t symbol, const char *name, uint32_t table,
                        uint32_t *upper, uint32_t *lower)
{
    uint32_t label = made_label(&m, name, table);
    made_function(&m, name, made_here(&m), 32);
    *upper = lui(A1, symbol, constant);
    lui(A2, label, table);
    uint32_t at = made_code(&m, insn_addi(A2, A2, insn_lo(table)));
    made_rel(&m, at, REL_LO12_I, label, 0);
    made_code(&m, insn_lw(A2, A2, 0));
    made_code(&m, 0x00060067); /* jr a2 */
    *lower = lo_load(A1, symbol, constant);
    made_code(&m, RET);
    made_code(&m, NOP);
    data_word(table, REL_32, made_label(&m, ".L", *lower), *lower);
}

static void tables_side_by_side_are_two(void **state)
{
    (void)state;
    uint32_t symbol = constant_make(), upper[2], lower[2];
    switch_make(symbol, "first", MADE_DATA, &upper[0], &lower[0]);
    switch_make(symbol, "second", MADE_DATA + 4, &upper[1], &lower[1]);
    rewritten();
    reaches_by_pc(upper[0], lower[0], constant);
    reaches_by_pc(upper[1], lower[1], constant);
}

static void code_that_nothing_leads_to_is_refused(void **state)
{
    (void)state;
    uint32_t symbol = constant_make();
    lui(A1, symbol, constant);
    made_code(&m, RET);
    lo_load(A1, symbol, constant);
    made_code(&m, RET);
    refused("no way through the code leads there");
}

/* x and x + 4 on two sides of a window's border. */
static void split_pair(void)
{
    m.rodata_len = 16;
    m.rodata_at = MADE_FLASH + 0x1000;
    uint32_t symbol = made_label(&m, "wide", m.rodata_at);
    while (m.rodata_at - made_here(&m) != 0x7FC + 0x2)
        made_code16(&m, 0x0001);
    lui(A1, symbol, m.rodata_at);
    lo_load(A1, symbol, m.rodata_at);
    uint32_t pc = made_code(&m, insn_lw(A1, A1, insn_lo(m.rodata_at + 4)));
    made_rel(&m, pc, REL_LO12_I, symbol, 4);
    made_code(&m, RET);
}

static void a_split_constant_is_refused_with_the_padding_that_helps(
    void **state)
{
    (void)state;
    split_pair();
    refused("two windows of one auipc");
    assert_int_equal(r.padding, 8);
}

static void a_split_constant_goes_through_a_spare_word(void **state)
{
    (void)state;
    split_pair();
    made_label(&m, "_pool_start", MADE_DATA);
    made_label(&m, "_pool_end", MADE_DATA + 4);
    rewritten();
    assert_int_equal(linked_get(&r.app.data, MADE_DATA), MADE_FLASH + 0x1000);
}

/* ---- the proof ---------------------------------------------------------- */

static void prove_run(struct job *j, void *argument)
{
    struct rewrite *broken = argument;
    broken->job = j;
    rewrite_prove(broken);
}

/* An app with one of everything that is rewritten. */
static void everything_make(void)
{
    uint32_t symbol = constant_make(), far = MADE_DATA + 0xF40;
    uint32_t variable = made_label(&m, "variable", far);
    lui_pair(symbol, constant);
    lui_pair(variable, far);
    pcrel_pair(variable, far);
    pcrel_pair(symbol, constant);
    pcrel_pair(made_weak_undefined(&m, "nobody"), 0);
    got_pair(variable, REL_GOT_HI20);
    got_pair(symbol, REL_GOT_HI20);
    uint32_t pc = made_code(&m, insn_lw(A0, REG_GP, 0x40));
    made_rel(&m, pc, REL_GPREL_I, made_label(&m, "small", MADE_GP + 0x40), 0);
    made_code(&m, RET);
}

static void every_flipped_bit_of_a_rewrite_is_found(void **state)
{
    (void)state;
    unsigned flips = 0;
    everything_make();
    rewritten();
    for (size_t i = 0; i < r.site_count; i++) {
        for (unsigned bit = 0; bit < 32; bit++) {
            struct job proof;
            uint32_t at = r.sites[i].rel->addr, right = now(at);
            linked_set(&r.app.flash, at, right ^ 1u << bit);
            if (job_run(&proof, prove_run, &r) != JOB_INTERNAL)
                fail_msg("bit %u of site %zu (%s) may flip", bit, i,
                         linked_type_name(r.sites[i].rel->type));
            flips++;
            linked_set(&r.app.flash, at, right);
            job_free(&proof);
        }
    }
    assert_true(flips > 400);
}

static void a_change_between_the_sites_is_found(void **state)
{
    (void)state;
    struct job proof;
    everything_make();
    rewritten();
    r.app.flash.bytes[m.text_len - 3] ^= 1;
    assert_int_equal(job_run(&proof, prove_run, &r), JOB_INTERNAL);
    job_free(&proof);
}

/* ---- tables and size ---------------------------------------------------- */

static void relr_is_as_small_as_it_can_be(void **state)
{
    (void)state;
    uint32_t offsets[200], out[201];
    for (uint32_t i = 0; i < 200; i++)
        offsets[i] = 4 * i;
    assert_int_equal(relr_encode(out, offsets, 0), 0);
    assert_int_equal(relr_encode(out, offsets, 1), 1);
    assert_int_equal(relr_encode(out, offsets, 32), 2);
    assert_int_equal(out[1], 0xFFFFFFFF);
    assert_int_equal(relr_encode(out, offsets, 33), 3);
    assert_int_equal(out[2], 3);
    assert_int_equal(relr_encode(out, offsets, 200), 1 + (199 + 30) / 31);
    const uint32_t sparse[] = { 0, 124, 128, 1000 };
    assert_int_equal(relr_encode(out, sparse, 4), 4);
    assert_int_equal(out[1], 1u << 31 | 1);
    assert_int_equal(out[3], 1000);
}

enum { NEAR_WORDS = 240 };

/* The fewest words that list what is listed from word i on: as a bitmap may
 * begin there, or (at first) none may. */
static uint32_t near_fewest(const bool *listed, uint32_t *memo, uint32_t i,
                            bool is_first)
{
    uint32_t at = i;
    while (at < NEAR_WORDS && !listed[at])
        at++;
    if (at >= NEAR_WORDS)
        return 0;
    if (!is_first && memo[i] != 0)
        return memo[i];
    uint32_t best = 1 + near_fewest(listed, memo, at + 9, false);
    if (!is_first && at - i < 31) {
        uint32_t bitmap = 1 + near_fewest(listed, memo, i + 31, false);
        best = bitmap < best ? bitmap : best;
    }
    if (!is_first)
        memo[i] = best;
    return best;
}

static void near_decode(bool *listed, const uint32_t *table, size_t count)
{
    uint32_t next = 0;
    for (size_t n = 0; n < count; n++) {
        bool is_bitmap = table[n] & 1;
        uint32_t bits = table[n] >> 1, width = 31;
        if (!is_bitmap) {
            next = (table[n] & 0xFFFFFF) / 4;
            bits = table[n] >> 24 << 1 | 1;
            width = 9;
        }
        for (uint32_t b = 0; b < width; b++) {
            assert_true(next + b < NEAR_WORDS || !(bits >> b & 1));
            if (bits >> b & 1)
                listed[next + b] = true;
        }
        next += width;
    }
}

static void the_second_encoding_is_as_small_as_it_can_be(void **state)
{
    (void)state;
    uint32_t seed = 0xBE57;
    for (uint32_t round = 0; round < 2000; round++) {
        bool listed[NEAR_WORDS] = { false }, found[NEAR_WORDS] = { false };
        uint32_t offsets[NEAR_WORDS], out[NEAR_WORDS + 1];
        uint32_t memo[NEAR_WORDS + 32] = { 0 };
        size_t count = 0;
        for (uint32_t i = 0; i < NEAR_WORDS; i++) {
            seed = seed * 1664525 + 1013904223;
            listed[i] = (seed >> 16) % (1 + round % 40) == 0;
            if (listed[i])
                offsets[count++] = 4 * i;
        }
        size_t n = relr_near_encode(out, offsets, count);
        near_decode(found, out, n);
        assert_memory_equal(found, listed, sizeof listed);
        assert_int_equal(n, near_fewest(listed, memo, 0, true));
    }
}

/* `count` functions of ten instructions with two pairs each. */
static size_t work_of(uint32_t count, size_t *allocated)
{
    m.rodata_len = 64;
    m.rodata_at = MADE_FLASH + count * 40 + 8;
    uint32_t symbol = made_label(&m, "constant", m.rodata_at);
    uint32_t variable = made_label(&m, "variable", MADE_DATA + 0xF40);
    for (uint32_t i = 0; i < count; i++) {
        made_function(&m, "f", made_here(&m), 40);
        uint32_t upper = lui(A1, symbol, m.rodata_at);
        (void)upper;
        made_code(&m, 0x00050463); /* beqz a0,.+8 */
        made_code(&m, NOP);
        lo_load(A1, symbol, m.rodata_at);
        lui_pair(variable, MADE_DATA + 0xF40);
        made_code(&m, 0xFE051CE3); /* bnez a0,.-8 */
        made_code(&m, NOP);
        made_code(&m, NOP);
        made_code(&m, RET);
    }
    rewritten();
    *allocated = job.allocated;
    return r.code.steps;
}

static void work_grows_with_the_size_of_the_app(void **state)
{
    size_t small_memory, large_memory;
    size_t small = work_of(1250, &small_memory);
    app_end(state);
    app_begin(state);
    clock_t start = clock();
    size_t large = work_of(5000, &large_memory); /* 200 KB, 20,000 sites */
    unsigned ms = (unsigned)((clock() - start) * 1000 / CLOCKS_PER_SEC);
    assert_int_equal(r.site_count, 20000);
    print_message("%zu steps and %zu KB for 5,000 relocations, "
                  "%zu and %zu for 20,000 in 200 KB: %u ms with sanitizers\n",
                  small, small_memory / 1024, large, large_memory / 1024, ms);
    assert_true(large <= small * 17 / 4);
    assert_true(large_memory <= small_memory * 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_upper_part_outside_a_loop_is_found),
        TEST(branches_share_an_upper_part),
        TEST(two_upper_parts_of_flash_are_refused),
        TEST(two_upper_parts_of_flash_share_a_spare_word),
        TEST(two_upper_parts_of_ram_are_one),
        TEST(an_upper_part_on_one_way_only_is_refused),
        TEST(upper_parts_are_followed_through_moves_and_indexes),
        TEST(upper_parts_are_followed_through_the_stack),
        TEST(an_overwritten_slot_is_no_upper_part),
        TEST(an_upper_part_of_another_symbol_is_refused),
        TEST(no_way_leads_past_a_call_that_does_not_return),
        TEST(calls_that_return_keep_upper_parts),
        TEST(switch_tables_lead_to_their_cases),
        TEST(tables_side_by_side_are_two),
        TEST(code_that_nothing_leads_to_is_refused),
        TEST(a_split_constant_is_refused_with_the_padding_that_helps),
        TEST(a_split_constant_goes_through_a_spare_word),
        TEST(every_flipped_bit_of_a_rewrite_is_found),
        TEST(a_change_between_the_sites_is_found),
        TEST(relr_is_as_small_as_it_can_be),
        TEST(the_second_encoding_is_as_small_as_it_can_be),
        TEST(work_grows_with_the_size_of_the_app),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
