/* SPDX-License-Identifier: Apache-2.0 */
/* The link rewriter on apps of a few instructions, made in memory: each kind of
 * relocation, and what is refused.
 * SOURCES: pic/host/job.c pic/host/insn.c pic/host/linked.c pic/host/names.c
 * SOURCES: pic/host/map.c pic/host/flow.c pic/host/code.c pic/host/sites.c
 * SOURCES: pic/host/pair.c pic/host/encode.c pic/host/prove.c pic/host/rewrite.c
 * SOURCES: pic/host/table.c pic/tbf.c pic/reloc.c tests/fake/elf.c
 * SOURCES: tests/fake/rewritten.c
 * LINK: -lelf */
#include <tests/fake/rewritten.h>

/* ---- each row ----------------------------------------------------------- */

static void pcrel_to_far_ram_goes_through_gp(void **state)
{
    (void)state;
    uint32_t value = MADE_DATA + 0x11F4;
    uint32_t at = pcrel_pair(made_label(&m, "far", value), value);
    rewritten();
    assert_int_equal(now_insn(at).length, 2);
    reaches_by_gp(at, at + 4, value);
}

static void pcrel_to_near_ram_is_one_addi(void **state)
{
    (void)state;
    uint32_t at =
        pcrel_pair(made_label(&m, "near", MADE_DATA + 4), MADE_DATA + 4);
    rewritten();
    assert_int_equal(now(at), insn_addi(A0, REG_GP, 0));
    reaches_by_gp(at, at + 4, MADE_DATA + 4);
}

static void pcrel_to_flash_stays(void **state)
{
    (void)state;
    m.rodata_len = 16;
    m.rodata_at = MADE_FLASH + 0x100;
    uint32_t at = pcrel_pair(made_label(&m, "constant", m.rodata_at + 8),
                             m.rodata_at + 8);
    uint32_t upper =
        linked_get(&(struct linked_image){ MADE_FLASH, 4, m.text }, at);
    rewritten();
    assert_int_equal(now(at), upper);
    reaches_by_pc(at, at + 4, MADE_FLASH + 0x108);
}

static void pcrel_to_weak_undefined_becomes_lui(void **state)
{
    (void)state;
    uint32_t at = pcrel_pair(made_weak_undefined(&m, "nobody"), 0);
    rewritten();
    assert_int_equal(now(at), insn_lui(A0, 0));
    assert_int_equal(now_insn(at + 4).imm, 0);
}

static void pcrel_to_absolute_becomes_lui(void **state)
{
    (void)state;
    uint32_t at =
        pcrel_pair(made_absolute(&m, "register", 0x40011804), 0x40011804);
    rewritten();
    assert_int_equal(now(at), insn_lui(A0, 0x40012000));
    assert_int_equal(now_insn(at + 4).imm, 0x40011804 - 0x40012000);
}

static void pcrel_stores_are_rewritten(void **state)
{
    (void)state;
    uint32_t value = MADE_DATA + 0x1234, pc = made_here(&m);
    uint32_t symbol = made_label(&m, "var", value);
    made_code(&m, insn_auipc(A1, insn_hi(value - pc)));
    made_code(&m, store(A1, A0, insn_lo(value - pc)));
    made_rel(&m, pc, REL_PCREL_HI20, symbol, 0);
    made_rel(&m, pc + 4, REL_PCREL_LO12_S, made_label(&m, ".L0", pc), 0);
    rewritten();
    reaches_by_gp(pc, pc + 4, value);
    assert_int_equal(now_insn(pc + 4).kind, INSN_SW);
    assert_int_equal(now_insn(pc + 4).rs2, A0);
}

static void pcrel_low_parts_may_have_an_addend(void **state)
{
    (void)state;
    uint32_t value = MADE_DATA + 0x1000, pc = made_here(&m);
    uint32_t symbol = made_label(&m, "pair", value);
    uint32_t label = made_label(&m, ".L0", pc);
    made_code(&m, insn_auipc(A1, insn_hi(value - pc)));
    made_code(&m, insn_lw(A0, A1, insn_lo(value - pc)));
    made_code(&m, insn_lw(A2, A1, insn_lo(value - pc) + 4));
    made_rel(&m, pc, REL_PCREL_HI20, symbol, 0);
    made_rel(&m, pc + 4, REL_PCREL_LO12_I, label, 0);
    made_rel(&m, pc + 8, REL_PCREL_LO12_I, label, 4);
    rewritten();
    reaches_by_gp(pc, pc + 4, value);
    reaches_by_gp(pc, pc + 8, value + 4);
}

static void got_of_ram_becomes_an_address(void **state)
{
    (void)state;
    uint32_t at =
        got_pair(made_label(&m, "var", MADE_DATA + 0x1200), REL_GOT_HI20);
    rewritten();
    reaches_by_gp(at, at + 4, MADE_DATA + 0x1200);
    assert_int_equal(now_insn(at + 4).kind, INSN_ADDI);
}

static void got_of_flash_becomes_relative_to_pc(void **state)
{
    (void)state;
    m.rodata_len = 16;
    m.rodata_at = MADE_FLASH + 0x1F00;
    uint32_t at =
        got_pair(made_label(&m, "constant", m.rodata_at), REL_GOT_HI20);
    rewritten();
    reaches_by_pc(at, at + 4, MADE_FLASH + 0x1F00);
    assert_int_equal(now_insn(at + 4).kind, INSN_ADDI);
}

static void got_of_weak_undefined_becomes_zero(void **state)
{
    (void)state;
    uint32_t at = got_pair(made_weak_undefined(&m, "nobody"), REL_GOT_HI20);
    rewritten();
    assert_int_equal(now(at), insn_lui(A0, 0));
    assert_int_equal(now(at + 4), insn_addi(A0, A0, 0));
}

static void got_pairs_must_load(void **state)
{
    (void)state;
    uint32_t at = got_pair(made_label(&m, "var", MADE_DATA), REL_GOT_HI20);
    memcpy(m.text + (at + 4 - MADE_FLASH), &(uint32_t){ insn_addi(A0, A0, 8) },
           4);
    refused("does not complete the address");
}

static void thread_local_got_becomes_the_offset(void **state)
{
    (void)state;
    uint32_t at = got_pair(made_absolute(&m, "tls", 0x1804), REL_TLS_GOT_HI20);
    rewritten();
    assert_int_equal(now(at), insn_lui(A0, 0x2000));
    assert_int_equal(now(at + 4), insn_addi(A0, A0, 0x1804 - 0x2000));
}

static void general_dynamic_is_refused(void **state)
{
    (void)state;
    got_pair(made_absolute(&m, "tls", 4), REL_TLS_GD_HI20);
    refused("-ftls-model=local-exec");
}

static void absolute_to_ram_goes_through_gp(void **state)
{
    (void)state;
    uint32_t value = MADE_DATA + 0xF00;
    uint32_t at = lui_pair(made_label(&m, "var", value), value);
    rewritten();
    reaches_by_gp(at, at + 4, value);
}

static void absolute_to_flash_becomes_relative_to_pc(void **state)
{
    (void)state;
    m.rodata_len = 8;
    m.rodata_at = MADE_FLASH + 0x2ABC;
    made_code(&m, NOP);
    uint32_t at =
        lui_pair(made_label(&m, "constant", m.rodata_at), m.rodata_at);
    rewritten();
    reaches_by_pc(at, at + 4, MADE_FLASH + 0x2ABC);
}

static void absolute_constants_stay(void **state)
{
    (void)state;
    uint32_t at =
        lui_pair(made_absolute(&m, "register", 0x40001004), 0x40001004);
    rewritten();
    assert_int_equal(now(at), insn_lui(A0, 0x40001000));
    assert_int_equal(now_insn(at + 4).imm, 4);
}

static void accesses_from_zero_stay_if_absolute(void **state)
{
    (void)state;
    uint32_t at = made_code(&m, insn_addi(A0, 0, 0));
    made_rel(&m, at, REL_LO12_I, made_weak_undefined(&m, "nobody"), 0);
    rewritten();
    assert_int_equal(now(at), insn_addi(A0, 0, 0));
}

static void gp_relative_stays(void **state)
{
    (void)state;
    uint32_t symbol = made_label(&m, "near", MADE_GP - 0x7F0);
    uint32_t at = made_code(&m, insn_lw(A0, REG_GP, -0x7F0));
    made_rel(&m, at, REL_GPREL_I, symbol, 0);
    uint32_t other = made_code(&m, store(REG_GP, A0, -0x7F0));
    /* GNU ld has subtracted gp from this addend. */
    made_rel(&m, other, REL_GPREL_S, symbol, (int32_t)(0u - MADE_GP));
    rewritten();
    assert_int_equal(now(at), insn_lw(A0, REG_GP, -0x7F0));
    assert_int_equal(now(other), store(REG_GP, A0, -0x7F0));
}

static void gp_relative_by_another_register_is_refused(void **state)
{
    (void)state;
    uint32_t at = made_code(&m, insn_lw(A0, A1, -0x7F0));
    made_rel(&m, at, REL_GPREL_I, made_label(&m, "near", MADE_GP - 0x7F0), 0);
    refused("relative to gp or x0, but it uses x11");
}

static void thread_relative_stays(void **state)
{
    (void)state;
    uint32_t tls = made_absolute(&m, "tls", 8);
    uint32_t hi = made_code(&m, insn_lui(A0, 0));
    uint32_t add = made_code(&m, 0x00450533); /* add a0,a0,tp */
    uint32_t lo = made_code(&m, insn_lw(A0, A0, 8));
    uint32_t relaxed = made_code(&m, insn_lw(A0, REG_TP, 8));
    made_rel(&m, hi, REL_TPREL_HI20, tls, 0);
    made_rel(&m, add, REL_TPREL_ADD, tls, 0);
    made_rel(&m, lo, REL_TPREL_LO12_I, tls, 0);
    made_rel(&m, relaxed, REL_TPREL_I, tls, 0);
    rewritten();
    assert_int_equal(now(hi), insn_lui(A0, 0));
    assert_int_equal(now(relaxed), insn_lw(A0, REG_TP, 8));
}

/* auipc ra, jalr ra to `target`. */
static uint32_t call(uint32_t symbol, uint32_t target)
{
    uint32_t pc = made_here(&m);
    made_code(&m, insn_auipc(1, insn_hi(target - pc)));
    made_code(&m, insn_with_i(0x000080E7, insn_lo(target - pc)));
    made_rel(&m, pc, REL_CALL_PLT, symbol, 0);
    return pc;
}

static void calls_within_flash_stay(void **state)
{
    (void)state;
    uint32_t at =
        call(made_label(&m, "function", MADE_FLASH + 8), MADE_FLASH + 8);
    made_code(&m, RET);
    rewritten();
    assert_int_equal(now(at), insn_auipc(1, 0));
}

static void calls_into_ram_are_refused(void **state)
{
    (void)state;
    call(made_label(&m, "function", MADE_DATA), MADE_DATA);
    refused("a call or jump into RAM");
}

static void calls_of_nobody_stay(void **state)
{
    (void)state;
    uint32_t at = made_code(&m, insn_auipc(1, 0));
    made_code(&m, 0x000000E7); /* jalr ra, 0(x0), as ld makes it */
    made_rel(&m, at, REL_CALL, made_weak_undefined(&m, "nobody"), 0);
    rewritten();
    assert_int_equal(now(at + 4), 0x000000E7);
}

static void branches_are_checked(void **state)
{
    (void)state;
    uint32_t label = made_label(&m, ".L1", MADE_FLASH + 8);
    uint32_t at = made_code(&m, 0x00050463); /* beqz a0,.+8 */
    made_rel(&m, at, REL_BRANCH, label, 0);
    at = made_code(&m, 0x0080006F); /* j .+8: another place */
    made_rel(&m, at, REL_JAL, label, 0);
    refused("the instruction there is not what the relocation says");
}

static void differences_within_a_segment_stay(void **state)
{
    (void)state;
    made_code(&m, RET);
    uint32_t a = made_label(&m, ".La", MADE_FLASH);
    uint32_t b = made_label(&m, ".Lb", MADE_FLASH + 4);
    made_rel(&m, MADE_DATA, REL_ADD32, b, 0);
    made_rel(&m, MADE_DATA, REL_SUB32, a, 0);
    rewritten();
    assert_int_equal(r.word_count, 0);
}

static void differences_across_segments_are_refused(void **state)
{
    (void)state;
    made_code(&m, RET);
    made_rel(&m, MADE_DATA, REL_ADD32, made_label(&m, "a", MADE_FLASH), 0);
    made_rel(&m, MADE_DATA, REL_SUB32, made_label(&m, "b", MADE_DATA), 0);
    refused("a difference of an address in flash and one in RAM");
}

static void half_a_difference_is_refused(void **state)
{
    (void)state;
    made_code(&m, RET);
    made_rel(&m, MADE_DATA, REL_ADD16, made_label(&m, "a", MADE_FLASH), 0);
    refused("or of one alone");
}

static void data_words_are_listed(void **state)
{
    (void)state;
    made_code(&m, RET);
    data_word(MADE_DATA + 8, REL_32, made_label(&m, "f", MADE_FLASH),
              MADE_FLASH);
    data_word(MADE_DATA + 4, REL_32,
              made_label(&m, "end", MADE_DATA + 64 + 8192),
              MADE_DATA + 64 + 8192);
    data_word(MADE_DATA + 12, REL_32, made_weak_undefined(&m, "nobody"), 0);
    data_word(MADE_DATA + 16, REL_32, made_absolute(&m, "x", 1234), 1234);
    rewritten();
    assert_int_equal(r.word_count, 2);
    assert_int_equal(r.words[0], MADE_DATA + 4);
    assert_int_equal(r.words[1], MADE_DATA + 8);
}

static void unaligned_words_are_refused(void **state)
{
    (void)state;
    made_code(&m, RET);
    data_word(MADE_DATA + 6, REL_32, made_label(&m, "f", MADE_FLASH),
              MADE_FLASH);
    refused("as in a packed structure");
}

static void words_pointing_nowhere_are_refused(void **state)
{
    (void)state;
    made_code(&m, RET);
    data_word(MADE_DATA, REL_32, made_label(&m, "behind", MADE_RAM + 0x10000),
              MADE_RAM + 0x10000);
    refused("points outside the app's flash and RAM");
}

static void absolute_values_near_ram_are_refused(void **state)
{
    (void)state;
    made_code(&m, RET);
    data_word(MADE_DATA, REL_32,
              made_absolute(&m, "ram_end", MADE_RAM + 0x10000),
              MADE_RAM + 0x10000);
    refused("`ram_end`");
}

static void addresses_in_constants_are_refused_with_the_remedy(void **state)
{
    (void)state;
    made_code(&m, RET);
    m.rodata_len = 16;
    m.rodata_at = MADE_FLASH + 0x100;
    memcpy(m.rodata, &(uint32_t){ MADE_FLASH }, 4);
    made_rel(&m, MADE_FLASH + 0x100, REL_32, made_label(&m, "f", MADE_FLASH),
             0);
    refused("berth prelink");
}

static void addresses_among_code_are_refused(void **state)
{
    (void)state;
    uint32_t at = made_code(&m, MADE_FLASH);
    made_rel(&m, at, REL_32, made_label(&m, "f", MADE_FLASH), 0);
    refused("an address among instructions");
}

static void shortened_lui_is_refused(void **state)
{
    (void)state;
    uint32_t at = made_code16(&m, 0x6505);
    made_rel(&m, at, REL_RVC_LUI, made_label(&m, "x", MADE_DATA), 0);
    refused("c.lui");
}

static void unknown_relocations_are_refused(void **state)
{
    (void)state;
    uint32_t at = made_code(&m, NOP);
    made_rel(&m, at, 200, made_label(&m, "x", MADE_DATA), 0);
    refused("relocation type 200 is unknown");
}

static void upper_parts_into_sp_zero_or_gp_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = { "into x0", "into sp", "into gp" };
    static const uint32_t regs[] = { 0, REG_SP, REG_GP };
    for (size_t i = 0; i < 3; i++) {
        lui(regs[i], made_label(&m, "x", MADE_DATA), MADE_DATA);
        refused(names[i]);
        app_end(state);
        app_begin(state);
    }
}

static void start_code_may_set_gp(void **state)
{
    (void)state;
    uint32_t pc = made_here(&m);
    made_code(&m, insn_auipc(REG_GP, insn_hi(MADE_GP - pc)));
    made_code(&m, insn_addi(REG_GP, REG_GP, insn_lo(MADE_GP - pc)));
    made_rel(&m, pc, REL_PCREL_HI20, 1, 0); /* __global_pointer$ */
    made_rel(&m, pc + 4, REL_PCREL_LO12_I, made_label(&m, ".L0", pc), 0);
    rewritten();
    assert_int_equal(now(pc), insn_addi(REG_GP, REG_GP, 0));
    assert_int_equal(now(pc + 4), insn_addi(REG_GP, REG_GP, 0));
}

static void what_gp_does_not_reach_is_refused(void **state)
{
    (void)state;
    m.bss_len = 200000;
    uint32_t value = MADE_DATA + 180000;
    lui_pair(made_label(&m, "far", value), value);
    refused("bytes from gp, which reaches");
}

static void what_gp_does_not_reach_goes_through_a_spare_word(void **state)
{
    (void)state;
    m.bss_len = 200000;
    uint32_t value = MADE_DATA + 180000;
    uint32_t at = lui_pair(made_label(&m, "far", value), value);
    made_label(&m, "_pool_start", MADE_DATA + 16);
    made_label(&m, "_pool_end", MADE_DATA + 24);
    rewritten();
    assert_int_equal(now_insn(at).kind, INSN_LW);
    assert_int_equal(now_insn(at).rs1, REG_GP);
    assert_int_equal(MADE_GP + (uint32_t)now_insn(at).imm, MADE_DATA + 16);
    assert_int_equal(linked_get(&r.app.data, MADE_DATA + 16), value);
    assert_int_equal(now_insn(at + 4).imm, 0);
    assert_int_equal(r.word_count, 1);
}

static void changed_instructions_are_refused(void **state)
{
    (void)state;
    uint32_t at = pcrel_pair(made_label(&m, "x", MADE_DATA), MADE_DATA);
    m.text[at - MADE_FLASH + 2] ^= 0x10;
    refused("not what the relocation says");
}

static void two_relocations_of_an_instruction_are_refused(void **state)
{
    (void)state;
    uint32_t x = made_label(&m, "x", MADE_DATA);
    uint32_t at = lui_pair(x, MADE_DATA);
    made_rel(&m, at, REL_HI20, x, 0);
    refused("a second relocation");
}

static void code_in_ram_is_refused(void **state)
{
    (void)state;
    made_code(&m, RET);
    made_rel(&m, MADE_DATA, REL_HI20, made_label(&m, "x", MADE_DATA), 0);
    refused("an instruction in RAM");
}

static void apps_without_short_instructions_are_refused(void **state)
{
    (void)state;
    made_code(&m, RET);
    m.flags = 0;
    refused("-march=rv32imc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pcrel_to_far_ram_goes_through_gp),
        TEST(pcrel_to_near_ram_is_one_addi),
        TEST(pcrel_to_flash_stays),
        TEST(pcrel_to_weak_undefined_becomes_lui),
        TEST(pcrel_to_absolute_becomes_lui),
        TEST(pcrel_stores_are_rewritten),
        TEST(pcrel_low_parts_may_have_an_addend),
        TEST(got_of_ram_becomes_an_address),
        TEST(got_of_flash_becomes_relative_to_pc),
        TEST(got_of_weak_undefined_becomes_zero),
        TEST(got_pairs_must_load),
        TEST(thread_local_got_becomes_the_offset),
        TEST(general_dynamic_is_refused),
        TEST(absolute_to_ram_goes_through_gp),
        TEST(absolute_to_flash_becomes_relative_to_pc),
        TEST(absolute_constants_stay),
        TEST(accesses_from_zero_stay_if_absolute),
        TEST(gp_relative_stays),
        TEST(gp_relative_by_another_register_is_refused),
        TEST(thread_relative_stays),
        TEST(calls_within_flash_stay),
        TEST(calls_into_ram_are_refused),
        TEST(calls_of_nobody_stay),
        TEST(branches_are_checked),
        TEST(differences_within_a_segment_stay),
        TEST(differences_across_segments_are_refused),
        TEST(half_a_difference_is_refused),
        TEST(data_words_are_listed),
        TEST(unaligned_words_are_refused),
        TEST(words_pointing_nowhere_are_refused),
        TEST(absolute_values_near_ram_are_refused),
        TEST(addresses_in_constants_are_refused_with_the_remedy),
        TEST(addresses_among_code_are_refused),
        TEST(shortened_lui_is_refused),
        TEST(unknown_relocations_are_refused),
        TEST(upper_parts_into_sp_zero_or_gp_are_refused),
        TEST(start_code_may_set_gp),
        TEST(what_gp_does_not_reach_is_refused),
        TEST(what_gp_does_not_reach_goes_through_a_spare_word),
        TEST(changed_instructions_are_refused),
        TEST(two_relocations_of_an_instruction_are_refused),
        TEST(code_in_ram_is_refused),
        TEST(apps_without_short_instructions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
