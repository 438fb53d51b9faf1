/* SPDX-License-Identifier: Apache-2.0 */
/* The loop that executes instructions. Everything that happens often stays in
 * it; what may trap, wait or change the hart's mode calls out, with hart->pc
 * brought up to date first. */
#include <string.h>

#include <tests/sim/core.h>

static inline const struct window *window_at(
    struct window windows[2][WINDOW_SLOTS], const struct hart *hart,
    uint32_t address)
{
    return &windows[hart->data_privilege]
                   [address >> WINDOW_SHIFT & (WINDOW_SLOTS - 1)];
}

/* Windows begin and end at words, so an aligned access that begins in one is
 * in it whole. */
static inline bool load(struct machine *machine, uint32_t address,
                        uint32_t bytes, uint32_t *value)
{
    struct hart *hart = &machine->hart;
    const struct window *window = window_at(hart->loads, hart, address);
    uint32_t offset = address - window->base;

    if (offset >= window->size || (address & (bytes - 1)) != 0)
        return bus_load(machine, address, bytes, value);
    *value = 0;
    memcpy(value, window->bytes + offset, bytes);
    return true;
}

static inline bool store(struct machine *machine, uint32_t address,
                         uint32_t bytes, uint32_t value)
{
    struct hart *hart = &machine->hart;
    const struct window *window = window_at(hart->stores, hart, address);
    uint32_t offset = address - window->base;

    if (offset >= window->size || (address & (bytes - 1)) != 0)
        return bus_store(machine, address, bytes, value);
    memcpy(window->bytes + offset, &value, bytes);
    return true;
}

static uint32_t multiply_high(int64_t left, int64_t right)
{
    return (uint32_t)((uint64_t)(left * right) >> 32);
}

static uint32_t multiply_high_unsigned(uint32_t left, uint32_t right)
{
    return (uint32_t)((uint64_t)left * right >> 32);
}

static uint32_t divide(uint32_t left, uint32_t right)
{
    if (right == 0)
        return UINT32_MAX;
    if (left == 0x80000000u && right == UINT32_MAX)
        return left;
    return (uint32_t)((int32_t)left / (int32_t)right);
}

static uint32_t remainder_of(uint32_t left, uint32_t right)
{
    if (right == 0)
        return left;
    if (left == 0x80000000u && right == UINT32_MAX)
        return 0;
    return (uint32_t)((int32_t)left % (int32_t)right);
}

/* ---- what calls out -------------------------------------------------------- */

static bool execute_csr(struct machine *machine, const struct instruction *i)
{
    struct hart *hart = &machine->hart;
    uint32_t op = i->op & OP_MASK, encoding = (uint32_t)i->imm;
    uint32_t number = encoding >> 20, old = 0, value;
    bool is_immediate = op >= OP_CSRRWI;
    bool is_write = op == OP_CSRRW || op == OP_CSRRWI;
    bool reads = !is_write || i->rd != 32;
    bool writes = is_write || i->rs1 != 0;

    value = is_immediate ? i->rs1 : hart->x[i->rs1];
    if (reads && !csr_read(machine, hart->privilege, number, &old))
        return false;
    if (op == OP_CSRRS || op == OP_CSRRSI)
        value |= old;
    else if (!is_write)
        value = old & ~value;
    if (writes && !csr_write(machine, hart->privilege, number, value))
        return false;
    hart->x[i->rd] = old;
    return true;
}

/* Instructions behind the wfi at pc, up to and with the one that ends a block
 * of QEMU's. A block stays in its page, and keeps off the last halfword. */
static uint32_t block_length(struct machine *machine, uint32_t pc)
{
    uint32_t count = 0, page = pc & ~0xfffu, encoding;
    struct instruction i;

    pc += 4;
    do {
        if ((pc & ~0xfffu) != page || (pc & 0xfff) == 0xffe ||
            !machine_peek(machine, pc, &encoding, 4))
            break;
        i = decode(encoding, machine->hart.config.has_a);
        pc += (i.op & OP_SHORT) != 0 ? 2 : 4;
        count++;
    } while (!instruction_ends_block(&i));
    return count;
}

static void take_block(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    uint32_t count = block_length(machine, hart->pc);

    hart->left -= count < hart->left ? count : hart->left;
}

static void sleep_until_interrupt(struct machine *machine)
{
    struct hart *hart = &machine->hart;

    if (hart->config.wfi_takes_block)
        take_block(machine);
    if (hart_is_woken(hart))
        return;
    hart->sleeps = true;
    hart->attention = true;
}

static void execute_ebreak(struct machine *machine)
{
    struct hart *hart = &machine->hart;

    if (semihosting_is_call(machine, hart->pc)) {
        hart->pc += 4;
        semihosting_call(machine);
        return;
    }
    hart_trap(machine, CAUSE_BREAKPOINT, 0);
}

/* What is rare. hart->pc is the instruction's; afterwards it is the next
 * one's. Its encoding means nothing to this hart: time is taken back where a
 * CSR or mret is the reason, see machine.h. */
static void execute_system(struct machine *machine, const struct instruction *i)
{
    struct hart *hart = &machine->hart;
    uint32_t length = (i->op & OP_SHORT) != 0 ? 2 : 4;
    bool is_user = hart->privilege == PRIVILEGE_U;

    switch (i->op & OP_MASK) {
    case OP_FENCE_I:
        hart->pc += length;
        return;
    case OP_ECALL:
        hart_trap(machine, is_user ? CAUSE_ECALL_U : CAUSE_ECALL_M, 0);
        return;
    case OP_EBREAK:
        execute_ebreak(machine);
        return;
    case OP_MRET:
        if (!is_user) {
            hart_mret(machine);
            return;
        }
        break;
    case OP_WFI:
        if (!is_user || (hart->mstatus & MSTATUS_TW) == 0) {
            sleep_until_interrupt(machine);
            hart->pc += length;
            return;
        }
        break;
    case OP_ILLEGAL:
        hart_trap(machine, CAUSE_ILLEGAL, (uint32_t)i->imm);
        return;
    default:
        if (execute_csr(machine, i)) {
            hart->pc += length;
            return;
        }
        break;
    }
    hart->left++;
    hart_trap(machine, CAUSE_ILLEGAL, (uint32_t)i->imm);
}

static bool execute_atomic(struct machine *machine, const struct instruction *i)
{
    struct hart *hart = &machine->hart;
    uint32_t address = hart->x[i->rs1], value;
    bool failed;

    switch (i->op & OP_MASK) {
    case OP_LR:
        if (!bus_load_reserved(machine, address, &value))
            return false;
        break;
    case OP_SC:
        if (!bus_store_conditional(machine, address, hart->x[i->rs2], &failed))
            return false;
        value = failed;
        break;
    default:
        if (!bus_atomic(machine, i, &value))
            return false;
        break;
    }
    hart->x[i->rd] = value;
    return true;
}

/* ---- the loop -------------------------------------------------------------- */

void hart_run(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    uint32_t *x = hart->x;
    uint32_t pc = hart->pc, value;
    struct instruction scratch;

    while (hart->left > 0 && !hart->attention) {
        const struct fetch_window *window =
            &hart->fetch[hart_index(hart->privilege)];
        uint32_t offset = pc - window->base, next;
        const struct instruction *i;

        if (offset < window->size) {
            i = &window->decoded[offset / 2];
        } else {
            hart->pc = pc;
            i = bus_fetch(machine, pc, &scratch);
            if (i == NULL) {
                pc = hart->pc;
                continue;
            }
        }
        next = pc + ((i->op & OP_SHORT) != 0 ? 2 : 4);
        hart->left--;
        switch (i->op & OP_MASK) {
        case OP_UNKNOWN:
            hart->left++;
            bus_decode(machine, pc);
            continue;
        case OP_LUI:
            x[i->rd] = (uint32_t)i->imm;
            break;
        case OP_AUIPC:
            x[i->rd] = pc + (uint32_t)i->imm;
            break;
        case OP_JAL:
            x[i->rd] = next;
            pc += (uint32_t)i->imm;
            continue;
        case OP_JALR:
            value = (x[i->rs1] + (uint32_t)i->imm) & ~1u;
            x[i->rd] = next;
            pc = value;
            continue;
        case OP_BEQ:
            pc = x[i->rs1] == x[i->rs2] ? pc + (uint32_t)i->imm : next;
            continue;
        case OP_BNE:
            pc = x[i->rs1] != x[i->rs2] ? pc + (uint32_t)i->imm : next;
            continue;
        case OP_BLT:
            pc = (int32_t)x[i->rs1] < (int32_t)x[i->rs2] ? pc + (uint32_t)i->imm
                                                         : next;
            continue;
        case OP_BGE:
            pc = (int32_t)x[i->rs1] >= (int32_t)x[i->rs2]
                     ? pc + (uint32_t)i->imm
                     : next;
            continue;
        case OP_BLTU:
            pc = x[i->rs1] < x[i->rs2] ? pc + (uint32_t)i->imm : next;
            continue;
        case OP_BGEU:
            pc = x[i->rs1] >= x[i->rs2] ? pc + (uint32_t)i->imm : next;
            continue;
        case OP_LB:
            hart->pc = pc;
            if (!load(machine, x[i->rs1] + (uint32_t)i->imm, 1, &value))
                goto trapped;
            x[i->rd] = (uint32_t)(int32_t)(int8_t)value;
            break;
        case OP_LH:
            hart->pc = pc;
            if (!load(machine, x[i->rs1] + (uint32_t)i->imm, 2, &value))
                goto trapped;
            x[i->rd] = (uint32_t)(int32_t)(int16_t)value;
            break;
        case OP_LW:
            hart->pc = pc;
            if (!load(machine, x[i->rs1] + (uint32_t)i->imm, 4, &value))
                goto trapped;
            x[i->rd] = value;
            break;
        case OP_LBU:
            hart->pc = pc;
            if (!load(machine, x[i->rs1] + (uint32_t)i->imm, 1, &value))
                goto trapped;
            x[i->rd] = value;
            break;
        case OP_LHU:
            hart->pc = pc;
            if (!load(machine, x[i->rs1] + (uint32_t)i->imm, 2, &value))
                goto trapped;
            x[i->rd] = value;
            break;
        case OP_SB:
            hart->pc = pc;
            if (!store(machine, x[i->rs1] + (uint32_t)i->imm, 1, x[i->rs2]))
                goto trapped;
            break;
        case OP_SH:
            hart->pc = pc;
            if (!store(machine, x[i->rs1] + (uint32_t)i->imm, 2, x[i->rs2]))
                goto trapped;
            break;
        case OP_SW:
            hart->pc = pc;
            if (!store(machine, x[i->rs1] + (uint32_t)i->imm, 4, x[i->rs2]))
                goto trapped;
            break;
        case OP_ADDI:
            x[i->rd] = x[i->rs1] + (uint32_t)i->imm;
            break;
        case OP_SLTI:
            x[i->rd] = (int32_t)x[i->rs1] < i->imm;
            break;
        case OP_SLTIU:
            x[i->rd] = x[i->rs1] < (uint32_t)i->imm;
            break;
        case OP_XORI:
            x[i->rd] = x[i->rs1] ^ (uint32_t)i->imm;
            break;
        case OP_ORI:
            x[i->rd] = x[i->rs1] | (uint32_t)i->imm;
            break;
        case OP_ANDI:
            x[i->rd] = x[i->rs1] & (uint32_t)i->imm;
            break;
        case OP_SLLI:
            x[i->rd] = x[i->rs1] << i->imm;
            break;
        case OP_SRLI:
            x[i->rd] = x[i->rs1] >> i->imm;
            break;
        case OP_SRAI:
            x[i->rd] = (uint32_t)((int32_t)x[i->rs1] >> i->imm);
            break;
        case OP_ADD:
            x[i->rd] = x[i->rs1] + x[i->rs2];
            break;
        case OP_SUB:
            x[i->rd] = x[i->rs1] - x[i->rs2];
            break;
        case OP_SLL:
            x[i->rd] = x[i->rs1] << (x[i->rs2] & 31);
            break;
        case OP_SLT:
            x[i->rd] = (int32_t)x[i->rs1] < (int32_t)x[i->rs2];
            break;
        case OP_SLTU:
            x[i->rd] = x[i->rs1] < x[i->rs2];
            break;
        case OP_XOR:
            x[i->rd] = x[i->rs1] ^ x[i->rs2];
            break;
        case OP_SRL:
            x[i->rd] = x[i->rs1] >> (x[i->rs2] & 31);
            break;
        case OP_SRA:
            x[i->rd] = (uint32_t)((int32_t)x[i->rs1] >> (x[i->rs2] & 31));
            break;
        case OP_OR:
            x[i->rd] = x[i->rs1] | x[i->rs2];
            break;
        case OP_AND:
            x[i->rd] = x[i->rs1] & x[i->rs2];
            break;
        case OP_MUL:
            x[i->rd] = x[i->rs1] * x[i->rs2];
            break;
        case OP_MULH:
            x[i->rd] = multiply_high((int32_t)x[i->rs1], (int32_t)x[i->rs2]);
            break;
        case OP_MULHSU:
            x[i->rd] = multiply_high((int32_t)x[i->rs1], x[i->rs2]);
            break;
        case OP_MULHU:
            x[i->rd] = multiply_high_unsigned(x[i->rs1], x[i->rs2]);
            break;
        case OP_DIV:
            x[i->rd] = divide(x[i->rs1], x[i->rs2]);
            break;
        case OP_DIVU:
            x[i->rd] = x[i->rs2] != 0 ? x[i->rs1] / x[i->rs2] : UINT32_MAX;
            break;
        case OP_REM:
            x[i->rd] = remainder_of(x[i->rs1], x[i->rs2]);
            break;
        case OP_REMU:
            x[i->rd] = x[i->rs2] != 0 ? x[i->rs1] % x[i->rs2] : x[i->rs1];
            break;
        case OP_FENCE:
            break;
        default:
            hart->pc = pc;
            if ((i->op & OP_MASK) >= OP_LR) {
                if (execute_atomic(machine, i))
                    break;
            } else {
                execute_system(machine, i);
            }
        trapped:
            pc = hart->pc;
            continue;
        }
        pc = next;
    }
    hart->pc = pc;
}
