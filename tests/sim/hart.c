/* SPDX-License-Identifier: Apache-2.0 */
/* Privilege, traps, interrupts, reset. */
#include <string.h>

#include <tests/sim/core.h>

/* So many traps without one instruction between them: the handler itself
 * cannot be fetched, or the like. Nothing will change that. */
enum { FRUITLESS_MOST = 1000 };

void hart_forget_user(struct hart *hart)
{
    memset(hart->loads[0], 0, sizeof(hart->loads[0]));
    memset(hart->stores[0], 0, sizeof(hart->stores[0]));
    hart->fetch[0] = (struct fetch_window){ 0 };
}

void hart_forget(struct hart *hart)
{
    hart_forget_user(hart);
    memset(hart->loads[1], 0, sizeof(hart->loads[1]));
    memset(hart->stores[1], 0, sizeof(hart->stores[1]));
    hart->fetch[1] = (struct fetch_window){ 0 };
}

void hart_update_privilege(struct hart *hart)
{
    enum privilege data = hart->privilege;
    uint32_t line;

    if (data == PRIVILEGE_M && (hart->mstatus & MSTATUS_MPRV) != 0 &&
        (hart->mstatus & MSTATUS_MPP) == 0)
        data = PRIVILEGE_U;
    hart->data_privilege = hart_index(data);
    if (hart_interrupt(hart, &line))
        hart->attention = true;
}

/* ---- interrupts ------------------------------------------------------------ */

static uint32_t enabled_lines(const struct hart *hart)
{
    return hart->config.has_mie_mip ? hart->mip & hart->mie : hart->mip;
}

bool hart_is_woken(const struct hart *hart)
{
    return enabled_lines(hart) != 0;
}

bool hart_interrupt(const struct hart *hart, uint32_t *line)
{
    static const uint8_t first[] = { 11, 3, 7 }; /* external, software, timer */
    uint32_t lines = enabled_lines(hart);

    if (lines == 0 ||
        (hart->privilege == PRIVILEGE_M && (hart->mstatus & MSTATUS_MIE) == 0))
        return false;
    *line = (uint32_t)__builtin_ctz(lines);
    for (uint32_t i = 0; i < sizeof(first); i++) {
        if ((lines >> first[i] & 1) != 0) {
            *line = first[i];
            break;
        }
    }
    return true;
}

void machine_set_interrupt(struct machine *machine, uint32_t line, bool level)
{
    struct hart *hart = &machine->hart;
    uint32_t bit = hart->config.lines & 1u << line;

    hart->mip = level ? hart->mip | bit : hart->mip & ~bit;
    if (hart_interrupt(hart, &line))
        hart->attention = true;
}

void machine_set_msip(struct machine *machine, bool level)
{
    machine_set_interrupt(machine, 3, level);
}

void machine_set_mtip(struct machine *machine, bool level)
{
    machine_set_interrupt(machine, 7, level);
}

void machine_set_meip(struct machine *machine, bool level)
{
    machine_set_interrupt(machine, 11, level);
}

/* ---- traps ----------------------------------------------------------------- */

static void check_fruitless(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    uint64_t executed = hart_executed(hart);

    hart->fruitless_traps =
        executed == hart->fruitful ? hart->fruitless_traps + 1 : 0;
    hart->fruitful = executed;
    if (hart->fruitless_traps > FRUITLESS_MOST)
        machine_violation(machine,
                          "the trap handler at 0x%08x traps itself before it "
                          "executes an instruction, over and over",
                          hart->mtvec & ~3u);
}

void hart_trap(struct machine *machine, uint32_t cause, uint32_t tval)
{
    struct hart *hart = &machine->hart;
    bool is_interrupt = (int32_t)cause < 0;
    uint32_t mie = hart->mstatus & MSTATUS_MIE;

    hart->last_trap = (struct trap_record){
        .instructions = hart_executed(hart),
        .cause = cause,
        .epc = hart->pc,
        .tval = tval,
        .from = hart->privilege,
        .is_valid = true,
    };
    hart->mepc = hart->pc;
    hart->mcause = cause;
    hart->mtval = tval;
    hart->mstatus &= ~(MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP);
    hart->mstatus |= (mie != 0 ? MSTATUS_MPIE : 0) | (uint32_t)hart->privilege
                                                         << 11;
    hart->privilege = PRIVILEGE_M;
    hart->pc = hart->mtvec & ~3u;
    if (is_interrupt && (hart->mtvec & 1) != 0)
        hart->pc += 4 * (cause & 31);
    hart->sleeps = false;
    hart_update_privilege(hart);
    if (machine->watch != NULL)
        hart->attention = true;
    check_fruitless(machine);
}

void hart_mret(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    bool to_user = (hart->mstatus & MSTATUS_MPP) == 0;
    uint32_t mie = (hart->mstatus & MSTATUS_MPIE) != 0 ? MSTATUS_MIE : 0;

    hart->mstatus &= ~(MSTATUS_MIE | MSTATUS_MPP);
    hart->mstatus |= MSTATUS_MPIE | mie;
    if (to_user && hart->config.privileged == PRIVILEGED_1_12)
        hart->mstatus &= ~MSTATUS_MPRV;
    hart->privilege = to_user ? PRIVILEGE_U : PRIVILEGE_M;
    hart->pc = hart->mepc;
    hart_update_privilege(hart);
}

/* ---- reset ----------------------------------------------------------------- */

/* What software must not count on is not zero. */
static void scramble_registers(struct hart *hart)
{
    for (uint32_t i = 1; i < 32; i++)
        hart->x[i] = 0xdead0000u | i;
    hart->mscratch = hart->mepc = 0xdeadbee0u;
    hart->mtval = 0xdeadbeefu;
}

void hart_reset(struct machine *machine, bool power_on)
{
    struct hart *hart = &machine->hart;

    if (power_on) {
        scramble_registers(hart);
        hart->mcountinhibit = 0;
        hart->mpcer = hart->mpcmr = hart->mpccr = 0;
        csr_write(machine, PRIVILEGE_M, 0xb00, 0);
        csr_write(machine, PRIVILEGE_M, 0xb80, 0);
        csr_write(machine, PRIVILEGE_M, 0xb02, 0);
        csr_write(machine, PRIVILEGE_M, 0xb82, 0);
    }
    hart->pc = hart->config.reset_pc;
    hart->privilege = PRIVILEGE_M;
    hart->mstatus = MSTATUS_MPP;
    hart->mtvec = hart->config.mtvec_is_vectored ? 1 : 0;
    hart->mie = hart->mip = hart->mcause = hart->mcounteren = 0;
    hart->has_reservation = hart->sleeps = false;
    hart->last_trap.is_valid = false;
    hart->fruitless_traps = 0;
    pmp_reset(&hart->pmp);
    hart_forget(hart);
    hart_update_privilege(hart);
}
