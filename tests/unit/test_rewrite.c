/* SPDX-License-Identifier: Apache-2.0 */
/* The link rewriter on apps of a few instructions, made in memory: each kind of
 * relocation, what is refused, how upper and lower parts are paired, and that
 * the proof finds what is wrong.
 * SOURCES: pic/host/job.c pic/host/insn.c pic/host/linked.c pic/host/names.c
 * SOURCES: pic/host/map.c pic/host/flow.c pic/host/code.c pic/host/sites.c
 * SOURCES: pic/host/pair.c pic/host/encode.c pic/host/prove.c
 * SOURCES: pic/host/rewrite.c pic/host/table.c pic/tbf.c pic/reloc.c
 * SOURCES: tests/fake/elf.c
 * LINK: -lelf */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <pic/host/insn.h>
#include <pic/host/rewrite.h>
#include <pic/host/table.h>
#include <tests/fake/elf.h>

#define A0 10u
#define A1 11u
#define A2 12u
#define T0 5u
#define RET 0x00008067u
#define NOP 0x00000013u

static struct made m;
static struct job job;
static struct rewrite r;
static uint8_t *file;

static int app_begin(void **state)
{
    (void)state;
    made_begin(&m);
    file = NULL;
    memset(&job, 0, sizeof job);
    return 0;
}

static int app_end(void **state)
{
    (void)state;
    made_free(&m);
    job_free(&job);
    free(file);
    return 0;
}

static enum job_state rewrite(void)
{
    size_t len;
    if (m.symbol_count && m.text_len)
        made_function(&m, "_start", MADE_FLASH, m.text_len);
    file = made_file(&m, &len);
    r = (struct rewrite){ .path = "app.elf", .file = file, .file_len = len };
    return job_run(&job, rewrite_app, &r);
}

static void rewritten(void)
{
    enum job_state state = rewrite();
    if (state != JOB_OK)
        fail_msg("refused: %s", job.messages->text);
}

/* ... for a reason in which `text` stands. */
static void refused(const char *text)
{
    assert_int_equal(rewrite(), JOB_REFUSED);
    for (const struct job_message *msg = job.messages; msg; msg = msg->next) {
        if (strstr(msg->text, text))
            return;
    }
    fail_msg("`%s` is not in: %s", text, job.messages->text);
}

static uint32_t now(uint32_t addr)
{
    return linked_get(&r.app.flash, addr);
}

static struct insn now_insn(uint32_t addr)
{
    uint32_t at = addr - r.app.flash.base;
    return insn_decode(r.app.flash.bytes + at, r.app.flash.length - at);
}

/* ---- pairs of code ------------------------------------------------------- */

static uint32_t store(uint32_t rs1, uint32_t rs2, int32_t imm)
{
    return insn_with_s(rs2 << 20 | rs1 << 15 | 2u << 12 | 0x23, imm);
}

/* auipc and a load, as linked, for `symbol` at `value`; address of the auipc. */
static uint32_t pcrel_pair(uint32_t symbol, uint32_t value)
{
    uint32_t pc = made_here(&m);
    made_code(&m, insn_auipc(A0, insn_hi(value - pc)));
    made_code(&m, insn_lw(A0, A0, insn_lo(value - pc)));
    uint32_t label = made_label(&m, ".Lpcrel", pc);
    made_rel(&m, pc, REL_PCREL_HI20, symbol, 0);
    made_rel(&m, pc + 4, REL_PCREL_LO12_I, label, 0);
    return pc;
}

static uint32_t got_pair(uint32_t symbol, uint32_t type)
{
    uint32_t pc = made_here(&m);
    made_code(&m, insn_auipc(A0, 0x50000000)); /* to a GOT somewhere */
    made_code(&m, insn_lw(A0, A0, 8));
    uint32_t label = made_label(&m, ".Lgot", pc);
    made_rel(&m, pc, type, symbol, 0);
    made_rel(&m, pc + 4, REL_PCREL_LO12_I, label, 0);
    return pc;
}

static uint32_t lui(uint32_t rd, uint32_t symbol, uint32_t value)
{
    uint32_t pc = made_code(&m, insn_lui(rd, insn_hi(value)));
    made_rel(&m, pc, REL_HI20, symbol, 0);
    return pc;
}

static uint32_t lo_load(uint32_t rs1, uint32_t symbol, uint32_t value)
{
    uint32_t pc = made_code(&m, insn_lw(A0, rs1, insn_lo(value)));
    made_rel(&m, pc, REL_LO12_I, symbol, 0);
    return pc;
}

static uint32_t lui_pair(uint32_t symbol, uint32_t value)
{
    uint32_t pc = lui(A0, symbol, value);
    lo_load(A0, symbol, value);
    return pc;
}

/* What lw at `addr` reaches from the upper part at `upper`. */
static void reaches_by_gp(uint32_t upper, uint32_t lower, uint32_t target)
{
    struct insn i = now_insn(upper), l = now_insn(lower);
    uint32_t base = MADE_GP;
    if (i.length == 2) {
        struct insn add = now_insn(upper + 2);
        assert_int_equal(i.kind, INSN_LUI);
        assert_int_equal(add.kind, INSN_ADD);
        assert_int_equal(add.rs2, REG_GP);
        base += (uint32_t)i.imm;
    } else {
        assert_int_equal(i.kind, INSN_ADDI);
        assert_int_equal(i.rs1, REG_GP);
        assert_int_equal(i.imm, 0);
    }
    assert_int_equal(base + (uint32_t)l.imm, target);
}

static void reaches_by_pc(uint32_t upper, uint32_t lower, uint32_t target)
{
    struct insn i = now_insn(upper), l = now_insn(lower);
    assert_int_equal(i.kind, INSN_AUIPC);
    assert_int_equal(upper + (uint32_t)i.imm + (uint32_t)l.imm, target);
}

/* ---- each row ------------------------------------------------------------ */

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

static void data_word(uint32_t at, uint32_t type, uint32_t symbol,
                      uint32_t value)
{
    memcpy(m.data + (at - MADE_DATA), &value, 4);
    made_rel(&m, at, type, symbol, 0);
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

/* ---- pairing ------------------------------------------------------------- */

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

/* ---- the proof ----------------------------------------------------------- */

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

/* ---- tables and size ----------------------------------------------------- */

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_begin, app_end)

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
