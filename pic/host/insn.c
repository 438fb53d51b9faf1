/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder follows the tables of the unprivileged specification: chapter
 * "RV32/64G instruction set listings" and "C extension", RV32 columns. */
#include "insn.h"

/* Bits [high:low] of w. */
static uint32_t bits(uint32_t w, unsigned high, unsigned low)
{
    return (w >> low) & ((2u << (high - low)) - 1);
}

static int32_t sign(uint32_t value, unsigned width)
{
    uint32_t top = 1u << (width - 1);
    return (int32_t)((value ^ top) - top);
}

static int32_t imm_b(uint32_t w)
{
    return sign(bits(w, 31, 31) << 12 | bits(w, 7, 7) << 11 |
                    bits(w, 30, 25) << 5 | bits(w, 11, 8) << 1,
                13);
}

static int32_t imm_j(uint32_t w)
{
    return sign(bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 |
                    bits(w, 20, 20) << 11 | bits(w, 30, 21) << 1,
                21);
}

static int32_t imm_i(uint32_t w)
{
    return sign(w >> 20, 12);
}

static int32_t imm_s(uint32_t w)
{
    return sign(bits(w, 31, 25) << 5 | bits(w, 11, 7), 12);
}

static struct insn make(enum insn_kind kind, uint32_t rd, uint32_t rs1,
                        uint32_t rs2, int32_t imm)
{
    return (struct insn){ .kind = kind,
                          .length = 2,
                          .rd = rd,
                          .rs1 = rs1,
                          .rs2 = rs2,
                          .imm = imm,
                          .bytes = 4 };
}

static struct insn decode_system(uint32_t w)
{
    uint32_t rd = bits(w, 11, 7);
    if (bits(w, 14, 12) == 0)
        return make(w == 0x73 ? INSN_ECALL : INSN_OTHER, 0, 0, 0, 0);
    return make(INSN_OTHER, rd, 0, 0, 0);
}

static struct insn decode_op(uint32_t w)
{
    uint32_t f3 = bits(w, 14, 12), f7 = w >> 25;
    enum insn_kind kind = f3 == 0 && f7 == 0      ? INSN_ADD
                          : f3 == 0 && f7 == 0x20 ? INSN_SUB
                                                  : INSN_OTHER;
    return make(kind, bits(w, 11, 7), bits(w, 19, 15), bits(w, 24, 20), 0);
}

static struct insn decode_32(uint32_t w)
{
    uint32_t rd = bits(w, 11, 7), f3 = bits(w, 14, 12);
    uint32_t rs1 = bits(w, 19, 15), rs2 = bits(w, 24, 20);
    struct insn i;
    switch (w & 0x7F) {
    case 0x37:
        return make(INSN_LUI, rd, 0, 0, (int32_t)(w & 0xFFFFF000));
    case 0x17:
        return make(INSN_AUIPC, rd, 0, 0, (int32_t)(w & 0xFFFFF000));
    case 0x6F:
        return make(INSN_JAL, rd, 0, 0, imm_j(w));
    case 0x67:
        return make(f3 == 0 ? INSN_JALR : INSN_BAD, rd, rs1, 0, imm_i(w));
    case 0x63:
        return make(INSN_BRANCH, 0, rs1, rs2, imm_b(w));
    case 0x03:
        i = make(f3 == 2 ? INSN_LW : INSN_LOAD, rd, rs1, 0, imm_i(w));
        i.bytes = 1u << (f3 & 3);
        return i;
    case 0x07: /* a floating-point register takes it */
        i = make(INSN_LOAD, 0, rs1, 0, imm_i(w));
        i.bytes = f3 == 2 ? 4 : 8;
        return i;
    case 0x23:
        i = make(f3 == 2 ? INSN_SW : INSN_STORE, 0, rs1, rs2, imm_s(w));
        i.bytes = 1u << (f3 & 3);
        return i;
    case 0x27:
        i = make(INSN_STORE, 0, rs1, 0, imm_s(w));
        i.bytes = f3 == 2 ? 4 : 8;
        return i;
    case 0x13:
        return make(f3 == 0 ? INSN_ADDI : INSN_OTHER, rd, rs1, 0, imm_i(w));
    case 0x33:
        return decode_op(w);
    case 0x0F:
        return make(INSN_OTHER, 0, 0, 0, 0);
    case 0x73:
        return decode_system(w);
    case 0x2F: /* atomics: they store, but to no stack slot of a compiler's */
    case 0x43:
    case 0x47:
    case 0x4B:
    case 0x4F:
    case 0x53:
        return make(INSN_OTHER, rd, rs1, rs2, 0);
    default:
        return make(INSN_BAD, 0, 0, 0, 0);
    }
}

static struct insn decode_q0(uint32_t w)
{
    uint32_t rd = 8 + bits(w, 4, 2), rs1 = 8 + bits(w, 9, 7);
    uint32_t word =
        bits(w, 12, 10) << 3 | bits(w, 6, 6) << 2 | bits(w, 5, 5) << 6;
    uint32_t spn = bits(w, 12, 11) << 4 | bits(w, 10, 7) << 6 |
                   bits(w, 6, 6) << 2 | bits(w, 5, 5) << 3;
    switch (bits(w, 15, 13)) {
    case 0:
        return make(spn ? INSN_ADDI : INSN_BAD, rd, REG_SP, 0, (int32_t)spn);
    case 2:
        return make(INSN_LW, rd, rs1, 0, (int32_t)word);
    case 6:
        return make(INSN_SW, 0, rs1, rd, (int32_t)word);
    case 4:
        return make(INSN_BAD, 0, 0, 0, 0);
    default: /* floating point */
        return make(INSN_OTHER, 0, 0, 0, 0);
    }
}

static int32_t imm_cj(uint32_t w)
{
    return sign(bits(w, 12, 12) << 11 | bits(w, 11, 11) << 4 |
                    bits(w, 10, 9) << 8 | bits(w, 8, 8) << 10 |
                    bits(w, 7, 7) << 6 | bits(w, 6, 6) << 7 |
                    bits(w, 5, 3) << 1 | bits(w, 2, 2) << 5,
                12);
}

static int32_t imm_cb(uint32_t w)
{
    return sign(bits(w, 12, 12) << 8 | bits(w, 11, 10) << 3 |
                    bits(w, 6, 5) << 6 | bits(w, 4, 3) << 1 |
                    bits(w, 2, 2) << 5,
                9);
}

static struct insn decode_c_lui(uint32_t w, uint32_t rd, int32_t imm)
{
    int32_t sp =
        sign(bits(w, 12, 12) << 9 | bits(w, 6, 6) << 4 | bits(w, 5, 5) << 6 |
                 bits(w, 4, 3) << 7 | bits(w, 2, 2) << 5,
             10);
    if (rd == REG_SP)
        return make(sp ? INSN_ADDI : INSN_BAD, REG_SP, REG_SP, 0, sp);
    return make(imm ? INSN_LUI : INSN_BAD, rd, 0, 0, imm * 4096);
}

static struct insn decode_c_alu(uint32_t w)
{
    uint32_t rd = 8 + bits(w, 9, 7), rs2 = 8 + bits(w, 4, 2);
    if (bits(w, 11, 10) != 3)
        return make(INSN_OTHER, rd, rd, 0, 0);
    if (bits(w, 12, 12))
        return make(INSN_BAD, 0, 0, 0, 0);
    return make(bits(w, 6, 5) == 0 ? INSN_SUB : INSN_OTHER, rd, rd, rs2, 0);
}

static struct insn decode_q1(uint32_t w)
{
    uint32_t rd = bits(w, 11, 7);
    int32_t imm = sign(bits(w, 12, 12) << 5 | bits(w, 6, 2), 6);
    switch (bits(w, 15, 13)) {
    case 0:
        return make(INSN_ADDI, rd, rd, 0, imm);
    case 1:
        return make(INSN_JAL, REG_RA, 0, 0, imm_cj(w));
    case 2:
        return make(INSN_ADDI, rd, 0, 0, imm);
    case 3:
        return decode_c_lui(w, rd, imm);
    case 4:
        return decode_c_alu(w);
    case 5:
        return make(INSN_JAL, 0, 0, 0, imm_cj(w));
    default:
        return make(INSN_BRANCH, 0, 8 + bits(w, 9, 7), 0, imm_cb(w));
    }
}

static struct insn decode_c_jump(uint32_t w)
{
    uint32_t rd = bits(w, 11, 7), rs2 = bits(w, 6, 2);
    uint32_t is_second = bits(w, 12, 12);
    if (rs2)
        return make(INSN_ADD, rd, is_second ? rd : 0, rs2, 0);
    if (rd == 0) /* c.ebreak */
        return make(is_second ? INSN_OTHER : INSN_BAD, 0, 0, 0, 0);
    return make(INSN_JALR, is_second ? REG_RA : 0, rd, 0, 0);
}

static struct insn decode_q2(uint32_t w)
{
    uint32_t rd = bits(w, 11, 7);
    uint32_t load =
        bits(w, 12, 12) << 5 | bits(w, 6, 4) << 2 | bits(w, 3, 2) << 6;
    uint32_t store = bits(w, 12, 9) << 2 | bits(w, 8, 7) << 6;
    switch (bits(w, 15, 13)) {
    case 0:
        return make(INSN_OTHER, rd, rd, 0, 0);
    case 2:
        return make(rd ? INSN_LW : INSN_BAD, rd, REG_SP, 0, (int32_t)load);
    case 4:
        return decode_c_jump(w);
    case 6:
        return make(INSN_SW, 0, REG_SP, bits(w, 6, 2), (int32_t)store);
    default: /* floating point */
        return make(INSN_OTHER, 0, 0, 0, 0);
    }
}

struct insn insn_decode(const uint8_t *p, uint32_t avail)
{
    if (avail < 2)
        return make(INSN_BAD, 0, 0, 0, 0);
    uint32_t w = p[0] | (uint32_t)p[1] << 8;
    switch (w & 3) {
    case 0:
        return decode_q0(w);
    case 1:
        return decode_q1(w);
    case 2:
        return decode_q2(w);
    default:
        break;
    }
    if (avail < 4 || (w & 0x1C) == 0x1C)
        return make(INSN_BAD, 0, 0, 0, 0);
    struct insn i = decode_32(w | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
    i.length = 4;
    return i;
}

uint32_t insn_lui(uint32_t rd, uint32_t hi)
{
    return (hi & 0xFFFFF000) | rd << 7 | 0x37;
}

uint32_t insn_auipc(uint32_t rd, uint32_t hi)
{
    return (hi & 0xFFFFF000) | rd << 7 | 0x17;
}

uint32_t insn_addi(uint32_t rd, uint32_t rs1, int32_t imm)
{
    return (uint32_t)imm << 20 | rs1 << 15 | rd << 7 | 0x13;
}

uint32_t insn_lw(uint32_t rd, uint32_t rs1, int32_t imm)
{
    return (uint32_t)imm << 20 | rs1 << 15 | 2u << 12 | rd << 7 | 0x03;
}

int insn_fits_c_lui(uint32_t hi)
{
    int32_t pages = (int32_t)hi / 4096;
    return pages != 0 && pages >= -32 && pages <= 31;
}

uint32_t insn_lui_add(uint32_t rd, uint32_t hi, uint32_t rs2)
{
    uint32_t pages = hi >> 12;
    uint32_t lui =
        0x6001u | bits(pages, 5, 5) << 12 | rd << 7 | bits(pages, 4, 0) << 2;
    uint32_t add = 0x9002u | rd << 7 | rs2 << 2;
    return add << 16 | lui;
}

uint32_t insn_with_i(uint32_t insn, int32_t imm)
{
    return (insn & 0x000FFFFF) | (uint32_t)imm << 20;
}

uint32_t insn_with_s(uint32_t insn, int32_t imm)
{
    uint32_t value = (uint32_t)imm;
    return (insn & 0x01FFF07F) | bits(value, 11, 5) << 25 |
           bits(value, 4, 0) << 7;
}
