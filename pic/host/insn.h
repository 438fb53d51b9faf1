/* SPDX-License-Identifier: Apache-2.0 */
/* RV32IMAC instructions: as much of their meaning as it takes to follow an
 * address from one register to the next, and the few that the rewriter makes.
 * Pure. */
#ifndef PIC_HOST_INSN_H
#define PIC_HOST_INSN_H

#include <stdint.h>

#define REG_RA 1u
#define REG_SP 2u
#define REG_GP 3u
#define REG_TP 4u
#define REG_T0 5u
#define REG_A0 10u

enum insn_kind {
    INSN_BAD,   /* no instruction */
    INSN_LUI,   /* imm: the upper part, in place */
    INSN_AUIPC, /* likewise */
    INSN_ADDI,  /* rd = rs1 + imm; also c.li, c.addi4spn, c.addi16sp */
    INSN_ADD,   /* rd = rs1 + rs2; also c.mv, whose rs1 is x0 */
    INSN_SUB,
    INSN_LW,    /* rd = word at rs1 + imm */
    INSN_LOAD,  /* a load of another size */
    INSN_SW,    /* word at rs1 + imm = rs2 */
    INSN_STORE, /* a store of another size */
    INSN_JAL,   /* imm: from the instruction to the target */
    INSN_JALR,
    INSN_BRANCH, /* imm as for INSN_JAL */
    INSN_ECALL,
    INSN_OTHER, /* changes nothing but rd (x0: nothing) */
};

struct insn {
    enum insn_kind kind;
    uint32_t length; /* 2 or 4 */
    uint32_t rd, rs1, rs2;
    int32_t imm;
    uint32_t bytes; /* what a load or store moves */
};

/* The instruction at `p`, of which `avail` bytes can be read. */
struct insn insn_decode(const uint8_t *p, uint32_t avail);

/* The parts of an address: hi goes to a lui or auipc, lo is added to it. */
static inline uint32_t insn_hi(uint32_t value)
{
    return (value + 0x800) & 0xFFFFF000;
}

static inline int32_t insn_lo(uint32_t value)
{
    return (int32_t)(value - insn_hi(value));
}

static inline int insn_is_lo(int64_t value)
{
    return value >= -2048 && value <= 2047;
}

uint32_t insn_lui(uint32_t rd, uint32_t hi);
uint32_t insn_auipc(uint32_t rd, uint32_t hi);
uint32_t insn_addi(uint32_t rd, uint32_t rs1, int32_t imm);
uint32_t insn_lw(uint32_t rd, uint32_t rs1, int32_t imm);
/* c.lui rd, hi and c.add rd, rs2 as one word. hi is not 0 and fits 6 bits. */
uint32_t insn_lui_add(uint32_t rd, uint32_t hi, uint32_t rs2);
int insn_fits_c_lui(uint32_t hi);
/* The same instruction with another immediate of 12 bits. */
uint32_t insn_with_i(uint32_t insn, int32_t imm);
uint32_t insn_with_s(uint32_t insn, int32_t imm);

#endif
