/* SPDX-License-Identifier: Apache-2.0 */
/* The instruction decoder and encoder against words that the GNU assembler made.
 * SOURCES: pic/host/insn.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <berth/compiler.h>
#include <pic/host/insn.h>

struct known {
    uint32_t word;
    struct insn insn;
};

static const struct known words[] = {
    { 0x12345537, { INSN_LUI, 4, 10, 0, 0, 0x12345000, 4 } },
    { 0xFFFFF297, { INSN_AUIPC, 4, 5, 0, 0, -4096, 4 } },
    { 0x80058513, { INSN_ADDI, 4, 10, 11, 0, -2048, 4 } },
    { 0x00C58533, { INSN_ADD, 4, 10, 11, 12, 0, 4 } },
    { 0x40C58533, { INSN_SUB, 4, 10, 11, 12, 0, 4 } },
    { 0x7FF5A503, { INSN_LW, 4, 10, 11, 0, 2047, 4 } },
    { 0xFFF58503, { INSN_LOAD, 4, 10, 11, 0, -1, 1 } },
    { 0x0025D503, { INSN_LOAD, 4, 10, 11, 0, 2, 2 } },
    { 0xFEA5AE23, { INSN_SW, 4, 0, 11, 10, -4, 4 } },
    { 0x00A59123, { INSN_STORE, 4, 0, 11, 10, 2, 2 } },
    { 0x004000EF, { INSN_JAL, 4, 1, 0, 0, 4, 4 } },
    { 0xFFDFF06F, { INSN_JAL, 4, 0, 0, 0, -4, 4 } },
    { 0x00008067, { INSN_JALR, 4, 0, 1, 0, 0, 4 } },
    { 0xFEB50EE3, { INSN_BRANCH, 4, 0, 10, 11, -4, 4 } },
    { 0x00000073, { INSN_ECALL, 4, 0, 0, 0, 0, 4 } },
    { 0x02C58533, { INSN_OTHER, 4, 10, 11, 12, 0, 4 } }, /* mul */
    { 0x4505, { INSN_ADDI, 2, 10, 0, 0, 1, 4 } },        /* li a0,1 */
    { 0x1141, { INSN_ADDI, 2, 2, 2, 0, -16, 4 } },       /* addi sp,sp,-16 */
    { 0x7139, { INSN_ADDI, 2, 2, 2, 0, -64, 4 } },       /* addi sp,sp,-64 */
    { 0x0028, { INSN_ADDI, 2, 10, 2, 0, 8, 4 } },        /* addi a0,sp,8 */
    { 0x852E, { INSN_ADD, 2, 10, 0, 11, 0, 4 } },        /* mv a0,a1 */
    { 0x952E, { INSN_ADD, 2, 10, 10, 11, 0, 4 } },       /* add a0,a0,a1 */
    { 0x8D0D, { INSN_SUB, 2, 10, 10, 11, 0, 4 } },       /* sub a0,a0,a1 */
    { 0x4188, { INSN_LW, 2, 10, 11, 0, 0, 4 } },         /* lw a0,0(a1) */
    { 0x5DA8, { INSN_LW, 2, 10, 11, 0, 120, 4 } },       /* lw a0,120(a1) */
    { 0xC1C8, { INSN_SW, 2, 0, 11, 10, 4, 4 } },         /* sw a0,4(a1) */
    { 0x4522, { INSN_LW, 2, 10, 2, 0, 8, 4 } },          /* lw a0,8(sp) */
    { 0xC62A, { INSN_SW, 2, 0, 2, 10, 12, 4 } },         /* sw a0,12(sp) */
    { 0x6505, { INSN_LUI, 2, 10, 0, 0, 4096, 4 } },      /* lui a0,1 */
    { 0x757D, { INSN_LUI, 2, 10, 0, 0, -4096, 4 } },     /* lui a0,0xfffff */
    { 0xA001, { INSN_JAL, 2, 0, 0, 0, 0, 4 } },          /* j . */
    { 0x8082, { INSN_JALR, 2, 0, 1, 0, 0, 4 } },         /* ret */
    { 0x9782, { INSN_JALR, 2, 1, 15, 0, 0, 4 } },        /* jalr a5 */
    { 0xC119, { INSN_BRANCH, 2, 0, 10, 0, 6, 4 } },      /* beqz a0,.+6 */
    { 0x9002, { INSN_OTHER, 2, 0, 0, 0, 0, 4 } },        /* ebreak */
    { 0x0000, { INSN_BAD, 2, 8, 2, 0, 0, 4 } },
};

static struct insn decode(uint32_t word)
{
    uint8_t bytes[4];
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(word >> 8 * i);
    return insn_decode(bytes, sizeof bytes);
}

static void instructions_decode_to_what_they_mean(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        struct insn got = decode(words[i].word);
        const struct insn *want = &words[i].insn;
        if (got.kind != want->kind || got.length != want->length ||
            got.rd != want->rd || got.rs1 != want->rs1 ||
            got.rs2 != want->rs2 || got.imm != want->imm ||
            got.bytes != want->bytes)
            fail_msg("0x%08x decoded to kind %d rd %u rs1 %u rs2 %u imm %d "
                     "length %u bytes %u",
                     words[i].word, (int)got.kind, got.rd, got.rs1, got.rs2,
                     got.imm, got.length, got.bytes);
    }
}

static void every_halfword_decodes_to_something_sane(void **state)
{
    (void)state;
    for (uint32_t w = 0; w < 0x10000; w++) {
        struct insn i = decode(w);
        assert_true(i.length == 2 || i.length == 4);
        assert_true(i.rd < 32 && i.rs1 < 32 && i.rs2 < 32);
        uint8_t half[2] = { (uint8_t)w, (uint8_t)(w >> 8) };
        i = insn_decode(half, 2);
        assert_true(i.length == 2);
        assert_int_equal(insn_decode(half, 1).kind, INSN_BAD);
    }
}

static void upper_pairs_compute_what_they_should(void **state)
{
    (void)state;
    for (int32_t page = -32; page <= 31; page++) {
        uint32_t hi = (uint32_t)(page * 4096);
        assert_int_equal(insn_fits_c_lui(hi), page != 0);
        if (page == 0)
            continue;
        uint32_t word = insn_lui_add(10, hi, REG_GP);
        struct insn lui = decode(word & 0xFFFF), add = decode(word >> 16);
        assert_int_equal(lui.kind, INSN_LUI);
        assert_int_equal(lui.rd, 10);
        assert_int_equal(lui.imm, page * 4096);
        assert_int_equal(add.kind, INSN_ADD);
        assert_int_equal(add.rd, 10);
        assert_int_equal(add.rs1, 10);
        assert_int_equal(add.rs2, REG_GP);
    }
    assert_false(insn_fits_c_lui(32 * 4096));
    assert_false(insn_fits_c_lui((uint32_t)(-33 * 4096)));
}

static void immediates_are_replaced_and_nothing_else(void **state)
{
    (void)state;
    for (int32_t imm = -2048; imm <= 2047; imm++) {
        struct insn load = decode(insn_with_i(0x7FF5A503, imm));
        assert_int_equal(load.kind, INSN_LW);
        assert_int_equal(load.imm, imm);
        assert_int_equal(load.rd, 10);
        struct insn store = decode(insn_with_s(0xFEA5AE23, imm));
        assert_int_equal(store.kind, INSN_SW);
        assert_int_equal(store.imm, imm);
        assert_int_equal(store.rs1, 11);
        assert_int_equal(store.rs2, 10);
        assert_int_equal(decode(insn_addi(5, 6, imm)).imm, imm);
        assert_int_equal(decode(insn_lw(5, 6, imm)).imm, imm);
    }
}

static void upper_and_lower_part_add_up(void **state)
{
    (void)state;
    for (uint32_t v = 0xFFFFE000; v != 0x2000; v++) {
        assert_true(insn_is_lo(insn_lo(v)));
        assert_int_equal(insn_hi(v) + (uint32_t)insn_lo(v), v);
        assert_int_equal(insn_hi(v) & 0xFFF, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instructions_decode_to_what_they_mean),
        cmocka_unit_test(every_halfword_decodes_to_something_sane),
        cmocka_unit_test(upper_pairs_compute_what_they_should),
        cmocka_unit_test(immediates_are_replaced_and_nothing_else),
        cmocka_unit_test(upper_and_lower_part_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
