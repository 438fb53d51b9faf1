/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/sim/decode.h>

/* `count` bits from bit `from` up, as a number. */
static uint32_t field(uint32_t word, uint32_t from, uint32_t count)
{
    return word >> from & ((1u << count) - 1);
}

static int32_t sign_extend(uint32_t value, uint32_t bits)
{
    uint32_t sign = 1u << (bits - 1);

    return (int32_t)((value ^ sign) - sign);
}

static struct instruction make(uint32_t op, uint32_t rd, uint32_t rs1,
                               uint32_t rs2, int32_t imm)
{
    return (struct instruction){ .op = (uint8_t)op,
                                 .rd = (uint8_t)(rd == 0 ? 32 : rd),
                                 .rs1 = (uint8_t)rs1,
                                 .rs2 = (uint8_t)rs2,
                                 .imm = imm };
}

static struct instruction illegal(uint32_t encoding)
{
    return make(OP_ILLEGAL, 0, 0, 0, (int32_t)encoding);
}

/* ---- 32 bits -------------------------------------------------------------- */

static int32_t imm_i(uint32_t w)
{
    return (int32_t)w >> 20;
}

static int32_t imm_s(uint32_t w)
{
    return sign_extend(field(w, 25, 7) << 5 | field(w, 7, 5), 12);
}

static int32_t imm_b(uint32_t w)
{
    return sign_extend(field(w, 31, 1) << 12 | field(w, 7, 1) << 11 |
                           field(w, 25, 6) << 5 | field(w, 8, 4) << 1,
                       13);
}

static int32_t imm_j(uint32_t w)
{
    return sign_extend(field(w, 31, 1) << 20 | field(w, 12, 8) << 12 |
                           field(w, 20, 1) << 11 | field(w, 21, 10) << 1,
                       21);
}

/* In each table, by funct3; OP_UNKNOWN is no instruction. */
static const uint8_t branches[8] = {
    [0] = OP_BEQ, [1] = OP_BNE,  [4] = OP_BLT,
    [5] = OP_BGE, [6] = OP_BLTU, [7] = OP_BGEU
};
static const uint8_t loads[8] = {
    [0] = OP_LB, [1] = OP_LH, [2] = OP_LW, [4] = OP_LBU, [5] = OP_LHU
};
static const uint8_t stores[8] = { [0] = OP_SB, [1] = OP_SH, [2] = OP_SW };
static const uint8_t immediates[8] = {
    [0] = OP_ADDI, [2] = OP_SLTI, [3] = OP_SLTIU,
    [4] = OP_XORI, [6] = OP_ORI,  [7] = OP_ANDI
};
static const uint8_t registers[8] = { OP_ADD, OP_SLL, OP_SLT, OP_SLTU,
                                      OP_XOR, OP_SRL, OP_OR,  OP_AND };
static const uint8_t multiplies[8] = { OP_MUL, OP_MULH, OP_MULHSU, OP_MULHU,
                                       OP_DIV, OP_DIVU, OP_REM,    OP_REMU };
static const uint8_t csrs[8] = {
    [1] = OP_CSRRW,  [2] = OP_CSRRS,  [3] = OP_CSRRC,
    [5] = OP_CSRRWI, [6] = OP_CSRRSI, [7] = OP_CSRRCI
};
/* By funct5. */
static const uint8_t atomics[32] = {
    [0] = OP_AMOADD,  [1] = OP_AMOSWAP,  [2] = OP_LR,      [3] = OP_SC,
    [4] = OP_AMOXOR,  [8] = OP_AMOOR,    [12] = OP_AMOAND, [16] = OP_AMOMIN,
    [20] = OP_AMOMAX, [24] = OP_AMOMINU, [28] = OP_AMOMAXU
};

static struct instruction decode_immediate(uint32_t w, uint32_t rd,
                                           uint32_t rs1)
{
    uint32_t funct3 = field(w, 12, 3), funct7 = field(w, 25, 7);
    int32_t amount = (int32_t)field(w, 20, 5);

    if (funct3 == 1)
        return funct7 == 0 ? make(OP_SLLI, rd, rs1, 0, amount) : illegal(w);
    if (funct3 == 5 && funct7 == 0)
        return make(OP_SRLI, rd, rs1, 0, amount);
    if (funct3 == 5)
        return funct7 == 32 ? make(OP_SRAI, rd, rs1, 0, amount) : illegal(w);
    return make(immediates[funct3], rd, rs1, 0, imm_i(w));
}

static struct instruction decode_register(uint32_t w, uint32_t rd, uint32_t rs1,
                                          uint32_t rs2)
{
    uint32_t funct3 = field(w, 12, 3), funct7 = field(w, 25, 7);

    if (funct7 == 0)
        return make(registers[funct3], rd, rs1, rs2, 0);
    if (funct7 == 1)
        return make(multiplies[funct3], rd, rs1, rs2, 0);
    if (funct7 == 32 && funct3 == 0)
        return make(OP_SUB, rd, rs1, rs2, 0);
    if (funct7 == 32 && funct3 == 5)
        return make(OP_SRA, rd, rs1, rs2, 0);
    return illegal(w);
}

static struct instruction decode_system(uint32_t w, uint32_t rd, uint32_t rs1)
{
    uint32_t op = csrs[field(w, 12, 3)];

    switch (w) {
    case 0x00000073:
        return make(OP_ECALL, 0, 0, 0, 0);
    case 0x00100073:
        return make(OP_EBREAK, 0, 0, 0, 0);
    case 0x30200073:
        return make(OP_MRET, 0, 0, 0, (int32_t)w);
    case 0x10500073:
        return make(OP_WFI, 0, 0, 0, (int32_t)w);
    default:
        return op != OP_UNKNOWN ? make(op, rd, rs1, 0, (int32_t)w) : illegal(w);
    }
}

static struct instruction decode_atomic(uint32_t w, uint32_t rd, uint32_t rs1,
                                        uint32_t rs2)
{
    uint32_t op = atomics[field(w, 27, 5)];

    if (field(w, 12, 3) != 2 || op == OP_UNKNOWN || (op == OP_LR && rs2 != 0))
        return illegal(w);
    return make(op, rd, rs1, rs2, 0);
}

static struct instruction by_table(const uint8_t *table, uint32_t w,
                                   uint32_t rd, uint32_t rs1, uint32_t rs2,
                                   int32_t imm)
{
    uint32_t op = table[field(w, 12, 3)];

    return op != OP_UNKNOWN ? make(op, rd, rs1, rs2, imm) : illegal(w);
}

static struct instruction decode_long(uint32_t w, bool has_a)
{
    uint32_t rd = field(w, 7, 5), rs1 = field(w, 15, 5), rs2 = field(w, 20, 5);

    switch (field(w, 0, 7)) {
    case 0x37:
        return make(OP_LUI, rd, 0, 0, (int32_t)(w & 0xfffff000));
    case 0x17:
        return make(OP_AUIPC, rd, 0, 0, (int32_t)(w & 0xfffff000));
    case 0x6f:
        return make(OP_JAL, rd, 0, 0, imm_j(w));
    case 0x67:
        return field(w, 12, 3) == 0 ? make(OP_JALR, rd, rs1, 0, imm_i(w))
                                    : illegal(w);
    case 0x63:
        return by_table(branches, w, 0, rs1, rs2, imm_b(w));
    case 0x03:
        return by_table(loads, w, rd, rs1, 0, imm_i(w));
    case 0x23:
        return by_table(stores, w, 0, rs1, rs2, imm_s(w));
    case 0x13:
        return decode_immediate(w, rd, rs1);
    case 0x33:
        return decode_register(w, rd, rs1, rs2);
    case 0x0f:
        /* What fence orders is all in order here; its reserved fields are
         * to be ignored. */
        if (field(w, 12, 3) > 1)
            return illegal(w);
        return make(field(w, 12, 3) == 0 ? OP_FENCE : OP_FENCE_I, 0, 0, 0, 0);
    case 0x73:
        return decode_system(w, rd, rs1);
    case 0x2f:
        return has_a ? decode_atomic(w, rd, rs1, rs2) : illegal(w);
    default:
        return illegal(w);
    }
}

/* ---- 16 bits -------------------------------------------------------------- */

/* The eight registers that three bits can name. */
static uint32_t popular(uint32_t w, uint32_t from)
{
    return 8 + field(w, from, 3);
}

static int32_t imm_c(uint32_t w)
{
    return sign_extend(field(w, 12, 1) << 5 | field(w, 2, 5), 6);
}

static int32_t imm_cj(uint32_t w)
{
    return sign_extend(field(w, 12, 1) << 11 | field(w, 8, 1) << 10 |
                           field(w, 9, 2) << 8 | field(w, 6, 1) << 7 |
                           field(w, 7, 1) << 6 | field(w, 2, 1) << 5 |
                           field(w, 11, 1) << 4 | field(w, 3, 3) << 1,
                       12);
}

static int32_t imm_cb(uint32_t w)
{
    return sign_extend(field(w, 12, 1) << 8 | field(w, 5, 2) << 6 |
                           field(w, 2, 1) << 5 | field(w, 10, 2) << 3 |
                           field(w, 3, 2) << 1,
                       9);
}

static int32_t imm_clw(uint32_t w)
{
    return (int32_t)(field(w, 5, 1) << 6 | field(w, 10, 3) << 3 |
                     field(w, 6, 1) << 2);
}

static struct instruction decode_quadrant0(uint32_t w)
{
    uint32_t near = popular(w, 2), base = popular(w, 7);
    uint32_t sp_offset = field(w, 7, 4) << 6 | field(w, 11, 2) << 4 |
                         field(w, 5, 1) << 3 | field(w, 6, 1) << 2;

    switch (field(w, 13, 3)) {
    case 0: /* c.addi4spn */
        return sp_offset != 0 ? make(OP_ADDI, near, 2, 0, (int32_t)sp_offset)
                              : illegal(w);
    case 2:
        return make(OP_LW, near, base, 0, imm_clw(w));
    case 6:
        return make(OP_SW, 0, base, near, imm_clw(w));
    default:
        return illegal(w);
    }
}

static struct instruction decode_arithmetic(uint32_t w)
{
    static const uint8_t ops[4] = { OP_SUB, OP_XOR, OP_OR, OP_AND };
    uint32_t rd = popular(w, 7);
    bool high = field(w, 12, 1) != 0;

    switch (field(w, 10, 2)) {
    case 0: /* amounts of 32 and more are for wider machines */
        return high ? illegal(w) : make(OP_SRLI, rd, rd, 0, imm_c(w));
    case 1:
        return high ? illegal(w) : make(OP_SRAI, rd, rd, 0, imm_c(w));
    case 2:
        return make(OP_ANDI, rd, rd, 0, imm_c(w));
    default:
        return high ? illegal(w)
                    : make(ops[field(w, 5, 2)], rd, rd, popular(w, 2), 0);
    }
}

static struct instruction decode_lui_or_sp(uint32_t w)
{
    uint32_t rd = field(w, 7, 5);
    int32_t sp_step = sign_extend(field(w, 12, 1) << 9 | field(w, 3, 2) << 7 |
                                      field(w, 5, 1) << 6 |
                                      field(w, 2, 1) << 5 | field(w, 6, 1) << 4,
                                  10);

    if (imm_c(w) == 0)
        return illegal(w);
    if (rd == 2)
        return make(OP_ADDI, 2, 2, 0, sp_step);
    return make(OP_LUI, rd, 0, 0, (int32_t)((uint32_t)imm_c(w) << 12));
}

static struct instruction decode_quadrant1(uint32_t w)
{
    uint32_t rd = field(w, 7, 5);

    switch (field(w, 13, 3)) {
    case 0:
        return make(OP_ADDI, rd, rd, 0, imm_c(w));
    case 1:
        return make(OP_JAL, 1, 0, 0, imm_cj(w));
    case 2:
        return make(OP_ADDI, rd, 0, 0, imm_c(w));
    case 3:
        return decode_lui_or_sp(w);
    case 4:
        return decode_arithmetic(w);
    case 5:
        return make(OP_JAL, 0, 0, 0, imm_cj(w));
    case 6:
        return make(OP_BEQ, 0, popular(w, 7), 0, imm_cb(w));
    default:
        return make(OP_BNE, 0, popular(w, 7), 0, imm_cb(w));
    }
}

static struct instruction decode_jump_or_move(uint32_t w)
{
    uint32_t rd = field(w, 7, 5), rs2 = field(w, 2, 5);
    bool links = field(w, 12, 1) != 0;

    if (rs2 != 0)
        return make(OP_ADD, rd, links ? rd : 0, rs2, 0);
    if (rd != 0)
        return make(OP_JALR, links ? 1 : 0, rd, 0, 0);
    return links ? make(OP_EBREAK, 0, 0, 0, 0) : illegal(w);
}

static struct instruction decode_quadrant2(uint32_t w)
{
    uint32_t rd = field(w, 7, 5);
    uint32_t load =
        field(w, 2, 2) << 6 | field(w, 12, 1) << 5 | field(w, 4, 3) << 2;
    uint32_t store = field(w, 7, 2) << 6 | field(w, 9, 4) << 2;

    switch (field(w, 13, 3)) {
    case 0:
        return field(w, 12, 1) == 0
                   ? make(OP_SLLI, rd, rd, 0, (int32_t)field(w, 2, 5))
                   : illegal(w);
    case 2:
        return rd != 0 ? make(OP_LW, rd, 2, 0, (int32_t)load) : illegal(w);
    case 4:
        return decode_jump_or_move(w);
    case 6:
        return make(OP_SW, 0, 2, field(w, 2, 5), (int32_t)store);
    default:
        return illegal(w);
    }
}

struct instruction decode(uint32_t encoding, bool has_a)
{
    struct instruction i;

    if (!encoding_is_short(encoding))
        return decode_long(encoding, has_a);
    encoding &= 0xffff;
    switch (encoding & 3) {
    case 0:
        i = decode_quadrant0(encoding);
        break;
    case 1:
        i = decode_quadrant1(encoding);
        break;
    default:
        i = decode_quadrant2(encoding);
        break;
    }
    i.op = (uint8_t)(i.op | OP_SHORT);
    return i;
}

uint32_t instruction_accesses(const struct instruction *i, bool *is_store)
{
    uint32_t op = i->op & OP_MASK;

    *is_store = (op >= OP_SB && op <= OP_SW) || op >= OP_SC;
    switch (op) {
    case OP_LB:
    case OP_LBU:
    case OP_SB:
        return 1;
    case OP_LH:
    case OP_LHU:
    case OP_SH:
        return 2;
    case OP_LW:
    case OP_SW:
        return 4;
    default:
        return op >= OP_LR && op < OP_COUNT ? 4 : 0;
    }
}

bool instruction_ends_block(const struct instruction *i)
{
    uint32_t op = i->op & OP_MASK;

    return op == OP_ILLEGAL || (op >= OP_JAL && op <= OP_BGEU) ||
           (op >= OP_FENCE_I && op <= OP_CSRRCI && op != OP_WFI);
}
