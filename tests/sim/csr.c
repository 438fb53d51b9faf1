/* SPDX-License-Identifier: Apache-2.0 */
/* CSRs: which there are, what they keep of what is written to them, what a
 * change of theirs leads to. */
#include <tests/sim/core.h>

enum {
    CSR_MSTATUS = 0x300,
    CSR_MISA = 0x301,
    CSR_MIE = 0x304,
    CSR_MTVEC = 0x305,
    CSR_MCOUNTEREN = 0x306,
    CSR_MENVCFG = 0x30a,
    CSR_MSTATUSH = 0x310,
    CSR_MENVCFGH = 0x31a,
    CSR_MCOUNTINHIBIT = 0x320,
    CSR_MHPMEVENT3 = 0x323,
    CSR_MHPMEVENT31 = 0x33f,
    CSR_MSCRATCH = 0x340,
    CSR_MEPC = 0x341,
    CSR_MCAUSE = 0x342,
    CSR_MTVAL = 0x343,
    CSR_MIP = 0x344,
    CSR_PMPCFG0 = 0x3a0,
    CSR_PMPCFG3 = 0x3a3,
    CSR_PMPADDR0 = 0x3b0,
    CSR_PMPADDR15 = 0x3bf,
    CSR_MSECCFG = 0x747,
    CSR_MSECCFGH = 0x757,
    CSR_MPCER = 0x7e0,
    CSR_MPCMR = 0x7e1,
    CSR_MPCCR = 0x7e2,
    CSR_UPCER = 0x800,
    CSR_UPCMR = 0x801,
    CSR_UPCCR = 0x802,
    CSR_MODE = 0x810,
    CSR_MCYCLE = 0xb00,
    CSR_MHPMCOUNTER31 = 0xb1f,
    CSR_MCYCLEH = 0xb80,
    CSR_MHPMCOUNTER31H = 0xb9f,
    CSR_CYCLE = 0xc00,
    CSR_HPMCOUNTER31 = 0xc1f,
    CSR_CYCLEH = 0xc80,
    CSR_HPMCOUNTER31H = 0xc9f,
    CSR_MVENDORID = 0xf11,
    CSR_MARCHID = 0xf12,
    CSR_MIMPID = 0xf13,
    CSR_MHARTID = 0xf14,
    CSR_MCONFIGPTR = 0xf15
};

/* Of 32 counters: the two that count instructions, and the time between. */
enum { COUNTER_CYCLE = 0, COUNTER_TIME = 1, COUNTER_INSTRET = 2 };
#define COUNTERS_THAT_COUNT 5u

static bool is_between(uint32_t number, uint32_t first, uint32_t last)
{
    return number >= first && number <= last;
}

static bool is_1_12(const struct hart *hart)
{
    return hart->config.privileged == PRIVILEGED_1_12;
}

/* ---- counters -------------------------------------------------------------- */

static uint64_t counted(const struct machine *machine)
{
    if (machine->hart.config.counters_are_time)
        return machine_now(machine);
    return machine_instructions(machine);
}

static uint64_t counter_value(const struct machine *machine, uint32_t index)
{
    const struct hart *hart = &machine->hart;

    if ((COUNTERS_THAT_COUNT >> index & 1) == 0)
        return 0; /* hard-wired */
    if ((hart->mcountinhibit >> index & 1) != 0)
        return hart->counter[index];
    return hart->counter[index] + counted(machine);
}

static void set_counter(struct machine *machine, uint32_t index, uint64_t value)
{
    struct hart *hart = &machine->hart;

    if ((COUNTERS_THAT_COUNT >> index & 1) == 0)
        return;
    if ((hart->mcountinhibit >> index & 1) == 0)
        value -= counted(machine);
    hart->counter[index] = value;
}

static void set_counter_half(struct machine *machine, uint32_t index,
                             bool is_high, uint32_t half)
{
    uint64_t value = counter_value(machine, index);

    if (is_high)
        value = (uint64_t)half << 32 | (uint32_t)value;
    else
        value = (value >> 32 << 32) | half;
    set_counter(machine, index, value);
}

static void set_countinhibit(struct machine *machine, uint32_t value)
{
    uint64_t cycle = counter_value(machine, COUNTER_CYCLE);
    uint64_t instret = counter_value(machine, COUNTER_INSTRET);

    machine->hart.mcountinhibit = value & COUNTERS_THAT_COUNT;
    set_counter(machine, COUNTER_CYCLE, cycle);
    set_counter(machine, COUNTER_INSTRET, instret);
}

/* cycle, time, instret, hpmcounter3.. and their upper halves. */
static bool read_user_counter(struct machine *machine, enum privilege from,
                              uint32_t number, uint32_t *value)
{
    const struct hart *hart = &machine->hart;
    uint32_t index = number & 31;
    uint64_t full;

    if (from != PRIVILEGE_M && (hart->mcounteren >> index & 1) == 0)
        return false;
    if (index == COUNTER_TIME) {
        if (!hart->config.has_time || machine->time == NULL)
            return false;
        full = machine->time(machine);
    } else {
        if (!hart->config.has_counters)
            return false;
        full = counter_value(machine, index);
    }
    *value = (uint32_t)(number >= CSR_CYCLEH ? full >> 32 : full);
    return true;
}

static bool is_machine_counter(const struct hart *hart, uint32_t number)
{
    return hart->config.has_counters && (number & 31) != COUNTER_TIME &&
           (is_between(number, CSR_MCYCLE, CSR_MHPMCOUNTER31) ||
            is_between(number, CSR_MCYCLEH, CSR_MHPMCOUNTER31H));
}

/* Espressif's: one counter of 32 bits that runs while its mode says so. Its
 * events are cycles (bit 0) and instructions (bit 1), which is the same here. */
static uint32_t mpc_value(const struct machine *machine)
{
    const struct hart *hart = &machine->hart;
    bool runs = (hart->mpcmr & 1) != 0 && (hart->mpcer & 3) != 0;

    return hart->mpccr + (runs ? (uint32_t)counted(machine) : 0);
}

static void set_mpc(struct machine *machine, uint32_t number, uint32_t value)
{
    struct hart *hart = &machine->hart;
    uint32_t count = mpc_value(machine);

    switch (number) {
    case CSR_MPCER:
    case CSR_UPCER:
        hart->mpcer = value & 0x7ff;
        break;
    case CSR_MPCMR:
    case CSR_UPCMR:
        hart->mpcmr = value & 3;
        break;
    default:
        count = value;
        break;
    }
    hart->mpccr = 0;
    hart->mpccr = count - mpc_value(machine);
}

static bool is_mpc(uint32_t number)
{
    return is_between(number, CSR_MPCER, CSR_MPCCR) ||
           is_between(number, CSR_UPCER, CSR_UPCCR);
}

/* ---- which there are ------------------------------------------------------- */

/* Of those with a name of their own. */
static bool exists(const struct hart *hart, uint32_t number)
{
    switch (number) {
    case CSR_MSTATUS:
    case CSR_MISA:
    case CSR_MTVEC:
    case CSR_MSCRATCH:
    case CSR_MEPC:
    case CSR_MCAUSE:
    case CSR_MTVAL:
    case CSR_MVENDORID:
    case CSR_MARCHID:
    case CSR_MIMPID:
    case CSR_MHARTID:
        return true;
    case CSR_MIE:
    case CSR_MIP:
        return hart->config.has_mie_mip;
    case CSR_MCOUNTEREN:
        return hart->config.has_mcounteren;
    case CSR_MSTATUSH:
    case CSR_MENVCFG:
    case CSR_MENVCFGH:
    case CSR_MCONFIGPTR:
        return is_1_12(hart);
    case CSR_MCOUNTINHIBIT:
        return is_1_12(hart) && hart->config.has_counters;
    case CSR_MSECCFG:
    case CSR_MSECCFGH:
        return hart->config.smepmp;
    case CSR_MODE:
        return hart->config.has_mpc;
    default:
        if (is_mpc(number))
            return hart->config.has_mpc;
        if (is_between(number, CSR_MHPMEVENT3, CSR_MHPMEVENT31))
            return hart->config.has_counters;
        if (is_between(number, CSR_PMPCFG0, CSR_PMPCFG3) ||
            is_between(number, CSR_PMPADDR0, CSR_PMPADDR15))
            return hart->pmp.entries > 0;
        return is_machine_counter(hart, number);
    }
}

/* ---- reading --------------------------------------------------------------- */

static uint32_t read_misa(const struct hart *hart)
{
    uint32_t extensions = 1u << 8 | 1u << 12 | 1u << 2 | 1u << 20; /* I M C U */

    return 1u << 30 | extensions | (hart->config.has_a ? 1u : 0);
}

static uint32_t read_existing(struct machine *machine, uint32_t number)
{
    const struct hart *hart = &machine->hart;

    switch (number) {
    case CSR_MSTATUS:
        return hart->mstatus;
    case CSR_MISA:
        return read_misa(hart);
    case CSR_MIE:
        return hart->mie;
    case CSR_MTVEC:
        return hart->mtvec;
    case CSR_MCOUNTEREN:
        return hart->mcounteren;
    case CSR_MCOUNTINHIBIT:
        return hart->mcountinhibit;
    case CSR_MSCRATCH:
        return hart->mscratch;
    case CSR_MEPC:
        return hart->mepc;
    case CSR_MCAUSE:
        return hart->mcause;
    case CSR_MTVAL:
        return hart->mtval;
    case CSR_MIP:
        return hart->mip;
    case CSR_MSECCFG:
        return hart->pmp.mseccfg;
    case CSR_MVENDORID:
        return hart->config.mvendorid;
    case CSR_MARCHID:
        return hart->config.marchid;
    case CSR_MIMPID:
        return hart->config.mimpid;
    case CSR_MODE:
        return (uint32_t)hart->privilege;
    case CSR_MPCER:
    case CSR_UPCER:
        return hart->mpcer;
    case CSR_MPCMR:
    case CSR_UPCMR:
        return hart->mpcmr;
    case CSR_MPCCR:
    case CSR_UPCCR:
        return mpc_value(machine);
    default:
        break;
    }
    if (is_between(number, CSR_PMPCFG0, CSR_PMPCFG3))
        return pmp_read_config(&hart->pmp, number - CSR_PMPCFG0);
    if (is_between(number, CSR_PMPADDR0, CSR_PMPADDR15))
        return hart->pmp.address[number - CSR_PMPADDR0];
    if (is_machine_counter(hart, number)) {
        uint64_t full = counter_value(machine, number & 31);

        return (uint32_t)(number >= CSR_MCYCLEH ? full >> 32 : full);
    }
    return 0;
}

static bool may_access(enum privilege from, uint32_t number)
{
    return (uint32_t)from >= (number >> 8 & 3);
}

bool csr_read(struct machine *machine, enum privilege from, uint32_t number,
              uint32_t *value)
{
    if (!may_access(from, number))
        return false;
    if (is_between(number, CSR_CYCLE, CSR_HPMCOUNTER31) ||
        is_between(number, CSR_CYCLEH, CSR_HPMCOUNTER31H))
        return read_user_counter(machine, from, number, value);
    if (!exists(&machine->hart, number))
        return false;
    *value = read_existing(machine, number);
    return true;
}

/* ---- writing --------------------------------------------------------------- */

static void write_mstatus(struct machine *machine, uint32_t value)
{
    struct hart *hart = &machine->hart;
    uint32_t keeps = MSTATUS_MIE | MSTATUS_MPIE;
    uint32_t mpp = value & MSTATUS_MPP;

    if (hart->config.has_mprv)
        keeps |= MSTATUS_MPRV;
    if (hart->config.mprv_is_doubtful && (value & MSTATUS_MPRV) != 0)
        machine_violation(machine,
                          "mstatus.MPRV is set, and nobody knows whether this "
                          "chip has it: loads and stores would go on with the "
                          "rights of M-mode");
    /* 1.10 has TW for S-mode only, if its maker keeps to it. */
    if (is_1_12(hart) || hart->config.has_tw)
        keeps |= MSTATUS_TW;
    /* U and M are all there is: another mode leaves MPP as it was. */
    if (mpp != 0 && mpp != MSTATUS_MPP)
        mpp = hart->mstatus & MSTATUS_MPP;
    hart->mstatus = (value & keeps) | mpp;
    hart_update_privilege(hart);
}

static void write_mtvec(struct hart *hart, uint32_t value)
{
    if (hart->config.mtvec_is_vectored)
        hart->mtvec = (value & ~0xffu) | 1;
    else if ((value & 3) < 2)
        hart->mtvec = value;
}

static void check_overlap(struct machine *machine)
{
    uint32_t one, other;

    if (machine->hart.config.pmp_overlap_is_error &&
        pmp_overlap(&machine->hart.pmp, &one, &other))
        machine_violation(machine,
                          "PMP entries %u and %u overlap, which this chip does "
                          "not support, not even for a moment: turn entries "
                          "off before their addresses are moved",
                          one, other);
}

/* Rules that can bind M-mode make its rights doubtful as well. */
static bool binds_machine(const struct pmp *pmp)
{
    bool binds = pmp->mseccfg != 0;

    for (uint32_t i = 0; i < pmp->entries; i++)
        if ((pmp->config[i] & PMP_L) != 0)
            binds = true;
    return binds;
}

static void write_pmp(struct machine *machine, uint32_t number, uint32_t value)
{
    struct hart *hart = &machine->hart;
    bool bound = binds_machine(&hart->pmp);

    if (number == CSR_MSECCFG)
        pmp_write_mseccfg(&hart->pmp, value);
    else if (number >= CSR_PMPADDR0)
        pmp_write_address(&hart->pmp, number - CSR_PMPADDR0, value);
    else
        pmp_write_config(&hart->pmp, number - CSR_PMPCFG0, value);
    if (bound || binds_machine(&hart->pmp))
        hart_forget(hart);
    else
        hart_forget_user(hart);
    check_overlap(machine);
}

static void write_existing(struct machine *machine, uint32_t number,
                           uint32_t value)
{
    struct hart *hart = &machine->hart;

    switch (number) {
    case CSR_MSTATUS:
        write_mstatus(machine, value);
        break;
    case CSR_MIE:
        hart->mie = value & hart->config.lines;
        hart_update_privilege(hart); /* something may be waiting */
        break;
    case CSR_MTVEC:
        write_mtvec(hart, value);
        break;
    case CSR_MCOUNTEREN:
        hart->mcounteren = value & 7;
        break;
    case CSR_MCOUNTINHIBIT:
        set_countinhibit(machine, value);
        break;
    case CSR_MSCRATCH:
        hart->mscratch = value;
        break;
    case CSR_MEPC:
        hart->mepc = value & ~1u;
        break;
    case CSR_MCAUSE:
        hart->mcause = value;
        break;
    case CSR_MTVAL:
        hart->mtval = value;
        break;
    default:
        if (is_mpc(number))
            set_mpc(machine, number, value);
        else if (number == CSR_MSECCFG ||
                 is_between(number, CSR_PMPCFG0, CSR_PMPADDR15))
            write_pmp(machine, number, value);
        else if (is_machine_counter(hart, number))
            set_counter_half(machine, number & 31, number >= CSR_MCYCLEH,
                             value);
        break;
    }
}

bool csr_write(struct machine *machine, enum privilege from, uint32_t number,
               uint32_t value)
{
    bool is_read_only = number >> 10 == 3;

    if (!may_access(from, number) || is_read_only ||
        !exists(&machine->hart, number))
        return false;
    write_existing(machine, number, value);
    return true;
}
