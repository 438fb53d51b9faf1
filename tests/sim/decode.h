/* SPDX-License-Identifier: Apache-2.0 */
/* RV32IMAC encodings, 16 and 32 bits, to what execute.c runs. Pure. */
#ifndef TESTS_SIM_DECODE_H
#define TESTS_SIM_DECODE_H

#include <stdbool.h>
#include <stdint.h>

enum op {
    OP_UNKNOWN, /* not decoded yet; so zeroed memory knows nothing */
    OP_ILLEGAL, /* imm: the encoding */
    OP_LUI,
    OP_AUIPC,
    OP_JAL,
    OP_JALR,
    OP_BEQ,
    OP_BNE,
    OP_BLT,
    OP_BGE,
    OP_BLTU,
    OP_BGEU,
    OP_LB,
    OP_LH,
    OP_LW,
    OP_LBU,
    OP_LHU,
    OP_SB,
    OP_SH,
    OP_SW,
    OP_ADDI,
    OP_SLTI,
    OP_SLTIU,
    OP_XORI,
    OP_ORI,
    OP_ANDI,
    OP_SLLI,
    OP_SRLI,
    OP_SRAI,
    OP_ADD,
    OP_SUB,
    OP_SLL,
    OP_SLT,
    OP_SLTU,
    OP_XOR,
    OP_SRL,
    OP_SRA,
    OP_OR,
    OP_AND,
    OP_MUL,
    OP_MULH,
    OP_MULHSU,
    OP_MULHU,
    OP_DIV,
    OP_DIVU,
    OP_REM,
    OP_REMU,
    OP_FENCE,
    OP_FENCE_I,
    OP_ECALL,
    OP_EBREAK,
    OP_MRET,
    OP_WFI,
    OP_CSRRW, /* imm: the encoding, as of all that follow */
    OP_CSRRS,
    OP_CSRRC,
    OP_CSRRWI, /* rs1: the value */
    OP_CSRRSI,
    OP_CSRRCI,
    OP_LR, /* here and below imm means nothing */
    OP_SC,
    OP_AMOSWAP,
    OP_AMOADD,
    OP_AMOXOR,
    OP_AMOAND,
    OP_AMOOR,
    OP_AMOMIN,
    OP_AMOMAX,
    OP_AMOMINU,
    OP_AMOMAXU,
    OP_COUNT
};

/* Or-ed to op: the instruction is 2 bytes long. */
#define OP_SHORT 0x80u
#define OP_MASK 0x7fu

/* A destination x0 is written as 32, see struct hart. */
struct instruction {
    uint8_t op, rd, rs1, rs2;
    int32_t imm;
};

static inline bool encoding_is_short(uint32_t encoding)
{
    return (encoding & 3) != 3;
}

/* `encoding` has the second halfword on top unless it is short. */
struct instruction decode(uint32_t encoding, bool has_a);

/* Of loads, stores and atomics: how many bytes they access; else 0. */
uint32_t instruction_accesses(const struct instruction *, bool *is_store);

/* Jumps, branches, whatever touches a CSR or traps by itself. */
bool instruction_ends_block(const struct instruction *);

#endif
