/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's core: where QEMU 7.2 is not exact it does what the
 * specification says; what the two share is compared by tests/sim/lockstep.py.
 * SOURCES: tests/sim/branch.c tests/sim/bus.c tests/sim/csr.c
 * SOURCES: tests/sim/decode.c tests/sim/execute.c tests/sim/gdb.c tests/sim/gdb_target.c
 * SOURCES: tests/sim/hart.c tests/sim/load.c tests/sim/machine.c
 * SOURCES: tests/sim/pmp.c tests/sim/semihosting.c tests/sim/symbols.c
 * SOURCES: tests/sim/trace.c tests/sim/watch.c
 * LINK: -lelf */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <tests/sim/machine.h>
#include <tests/sim/trace.h>

/* ---- a machine for tests --------------------------------------------------- */

#define RAM 0x80000000u
#define ALIAS 0x40000000u
#define ROM 0x20000000u
#define REGISTERS 0x10000000u
#define HANDLER (RAM + 0x8000)
#define CODE (RAM + 0x1000)
#define DATA (RAM + 0x4000)
enum { RAM_SIZE = 0x10000, ROM_SIZE = 0x1000 };

static struct machine machine;
static struct hart *const hart = &machine.hart;
static uint8_t *ram_bytes;
static FILE *report;

static struct memory ram, alias, rom;

/* A device: one word, an event now and then. */
static struct {
    struct device device;
    uint32_t word;
    uint64_t due, served_at;
} thing;

static bool thing_load(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t *value)
{
    (void)device;
    *value = (uint32_t)machine_now(&machine);
    return offset == 0 && bytes == 4;
}

static bool thing_store(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t value)
{
    (void)device;
    thing.word = value;
    thing.due = value;
    return offset == 0 && bytes == 4;
}

static uint64_t thing_due(const struct device *device)
{
    (void)device;
    return thing.due;
}

static void thing_serve(struct device *device, uint64_t now)
{
    (void)device;
    thing.due = NEVER;
    thing.served_at = now;
    machine_set_mtip(&machine, true);
}

static const struct device_ops thing_ops = { thing_load, thing_store, thing_due,
                                             thing_serve, NULL };

static bool build(struct machine *m, const struct machine_options *options)
{
    (void)options;
    ram_bytes = memory_bytes(RAM_SIZE);
    ram = (struct memory){ .name = "RAM",
                           .base = RAM,
                           .size = RAM_SIZE,
                           .bytes = ram_bytes,
                           .direct = MEMORY_READ | MEMORY_WRITE | MEMORY_FETCH,
                           .alias = &alias };
    alias = ram;
    alias.base = ALIAS;
    alias.alias = &ram;
    rom = (struct memory){ .name = "ROM",
                           .base = ROM,
                           .size = ROM_SIZE,
                           .bytes = memory_bytes(ROM_SIZE),
                           .direct = MEMORY_READ | MEMORY_FETCH };
    machine_add_memory(m, &ram);
    machine_add_memory(m, &alias);
    machine_add_memory(m, &rom);
    memset(&thing, 0, sizeof(thing));
    thing.due = NEVER;
    thing.device = (struct device){
        .ops = &thing_ops, .name = "thing", .base = REGISTERS, .size = 0x100
    };
    machine_add_device(m, &thing.device);
    return true;
}

/* 1.12 as QEMU's virt has it, but exact. */
static struct machine_model model = {
    .name = "test",
    .build = build,
};

static const struct hart_config modern = {
    .privileged = PRIVILEGED_1_12,
    .has_a = true,
    .misaligned_traps = true,
    .has_counters = true,
    .has_mcounteren = true,
    .has_mie_mip = true,
    .has_mprv = true,
    .pmp_entries = 16,
    .lines = 0x888,
    .reset_pc = CODE,
};

static void start(const struct hart_config *config)
{
    model.hart = *config;
    report = tmpfile();
    assert_non_null(report);
    assert_true(machine_init(&machine, &model, NULL));
    machine.report = report;
    assert_true(csr_write(&machine, PRIVILEGE_M, 0x305, HANDLER));
    memset(hart->x, 0, sizeof(hart->x));
}

static int set_up(void **unused)
{
    (void)unused;
    start(&modern);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    machine_free(&machine);
    munmap(ram_bytes, RAM_SIZE);
    munmap(rom.bytes, ROM_SIZE);
    fclose(report);
    return 0;
}

static int set_up_again(const struct hart_config *config)
{
    tear_down(NULL);
    start(config);
    return 0;
}

/* ---- small words ----------------------------------------------------------- */

enum { T0 = 5, T1 = 6, T2 = 7, A0 = 10, A1 = 11 };
enum {
    MSTATUS = 0x300,
    MISA = 0x301,
    MEDELEG = 0x302,
    MIE = 0x304,
    MTVEC = 0x305,
    MCOUNTEREN = 0x306,
    MENVCFG = 0x30a,
    MSTATUSH = 0x310,
    MCOUNTINHIBIT = 0x320,
    MEPC = 0x341,
    PMPCFG0 = 0x3a0,
    PMPADDR0 = 0x3b0,
    MSECCFG = 0x747,
    MCYCLE = 0xb00,
    CYCLE = 0xc00,
    TIME = 0xc01
};

#define NOP 0x00000013u
#define MRET 0x30200073u
#define WFI 0x10500073u
#define LW_T0_T1 0x00032283u     /* lw t0, 0(t1) */
#define LH_T0_T1 0x00031283u     /* lh t0, 0(t1) */
#define SW_T0_T1 0x00532023u     /* sw t0, 0(t1) */
#define AMOADD_T0_T1 0x005322afu /* amoadd.w t0, t0, (t1) */
#define LR_T0_T1 0x100322afu     /* lr.w t0, (t1) */
#define SC_T0_T1 0x185322afu     /* sc.w t0, t0, (t1) */
#define SFENCE_VMA 0x12000073u
#define LI_A0_1 0x00100513u
#define LI_A0_2 0x00200513u

static void put(uint32_t address, uint32_t word)
{
    assert_true(machine_poke(&machine, address, &word, sizeof(word)));
}

static uint32_t get(uint32_t address)
{
    uint32_t word;

    assert_true(machine_peek(&machine, address, &word, sizeof(word)));
    return word;
}

static void set_csr(uint32_t number, uint32_t value)
{
    assert_true(csr_write(&machine, PRIVILEGE_M, number, value));
}

static uint32_t csr(uint32_t number)
{
    uint32_t value;

    assert_true(csr_read(&machine, PRIVILEGE_M, number, &value));
    return value;
}

static bool csr_exists(uint32_t number)
{
    uint32_t value;

    return csr_read(&machine, PRIVILEGE_M, number, &value);
}

static void set_mode(enum privilege mode)
{
    hart->privilege = mode;
    set_csr(MSTATUS, csr(MSTATUS)); /* it notices */
}

/* One instruction at CODE; if it traps the handler's first, a nop, may be
 * executed in its place. */
static void execute(uint32_t word)
{
    put(CODE, word);
    put(CODE + 4, NOP);
    put(HANDLER, NOP);
    put(HANDLER + 4, NOP);
    hart->pc = CODE;
    hart->last_trap.is_valid = false;
    machine_run(&machine, 1);
}

static void assert_trap(uint32_t cause, uint32_t epc, uint32_t tval)
{
    assert_true(hart->last_trap.is_valid);
    assert_int_equal(hart->last_trap.cause, cause);
    assert_int_equal(hart->mcause, cause);
    assert_int_equal(hart->mepc, epc);
    assert_int_equal(hart->mtval, tval);
    assert_int_equal(hart->privilege, PRIVILEGE_M);
}

static void assert_no_trap(void)
{
    assert_false(hart->last_trap.is_valid);
}

/* Entries 14 and 15: U may do all in RAM, below whatever comes first. */
static void open_ram(void)
{
    set_csr(PMPADDR0 + 15, RAM >> 2 | (RAM_SIZE / 8 - 1));
    set_csr(PMPCFG0 + 3, 0x1fu << 24);
}

static void set_entry(uint32_t entry, uint32_t address, uint32_t config)
{
    uint32_t shift = entry % 4 * 8, reg = PMPCFG0 + entry / 4;

    set_csr(PMPADDR0 + entry, address);
    set_csr(reg, (csr(reg) & ~(0xffu << shift)) | config << shift);
}

static bool user_can_load(uint32_t address)
{
    set_mode(PRIVILEGE_U);
    hart->x[T1] = address;
    execute(LW_T0_T1);
    if (hart->last_trap.is_valid)
        assert_trap(CAUSE_LOAD_ACCESS, CODE, address);
    return !hart->last_trap.is_valid;
}

static bool machine_can_load(uint32_t address)
{
    set_mode(PRIVILEGE_M);
    hart->x[T1] = address;
    execute(LW_T0_T1);
    if (hart->last_trap.is_valid)
        assert_trap(CAUSE_LOAD_ACCESS, CODE, address);
    return !hart->last_trap.is_valid;
}

/* ---- where QEMU is not exact ----------------------------------------------- */

static void a_pmpaddr_written_alone_counts_at_once(void **unused)
{
    (void)unused;
    open_ram();
    set_entry(0, DATA >> 2, 0);
    set_entry(1, (DATA + 0x2000) >> 2, 0x08); /* TOR, nothing allowed */
    assert_false(user_can_load(DATA + 0x1000));
    set_csr(PMPADDR0 + 1, (DATA + 0x1000) >> 2);
    assert_true(user_can_load(DATA + 0x1000));
    assert_false(user_can_load(DATA + 0xffc));
    set_csr(PMPADDR0 + 1, (DATA + 0x2000) >> 2);
    assert_false(user_can_load(DATA + 0x1000));
}

static void mseccfg_counts_at_once(void **unused)
{
    struct hart_config config = modern;

    (void)unused;
    config.smepmp = true;
    set_up_again(&config);
    set_entry(0, CODE >> 2 | (0x1000 / 8 - 1), 0x9d); /* locked R-X */
    set_entry(1, HANDLER >> 2 | (0x1000 / 8 - 1), 0x9d);
    assert_true(machine_can_load(DATA));
    set_csr(MSECCFG, MSECCFG_MMWP);
    assert_false(machine_can_load(DATA));
    assert_true(machine_can_load(CODE));
}

static void under_mml_m_fetches_by_its_own_rules_only(void **unused)
{
    struct hart_config config = modern;

    (void)unused;
    config.smepmp = true;
    set_up_again(&config);
    set_entry(0, HANDLER >> 2 | (0x1000 / 8 - 1), 0x9d);
    set_csr(MSECCFG, MSECCFG_MML);
    execute(NOP);
    assert_trap(CAUSE_FETCH_ACCESS, CODE, CODE);
}

static void tor_with_top_0_matches_nothing(void **unused)
{
    (void)unused;
    set_entry(0, 0, 0x0f); /* TOR rwx, all of memory if QEMU is asked */
    set_mode(PRIVILEGE_U);
    execute(NOP);
    assert_trap(CAUSE_FETCH_ACCESS, CODE, CODE);
}

static void tor_above_its_top_matches_nothing(void **unused)
{
    (void)unused;
    open_ram();
    set_entry(0, (DATA + 0x100) >> 2, 0);
    set_entry(1, 0, 0x08);
    assert_true(user_can_load(DATA + 0x200));
    set_csr(PMPADDR0 + 1, (DATA + 0x100) >> 2);
    assert_true(user_can_load(DATA + 0x100));
}

static void mret_to_u_without_entries_faults_at_the_target(void **unused)
{
    (void)unused;
    set_csr(MSTATUS, 0);
    set_csr(MEPC, DATA);
    execute(MRET);
    machine_run(&machine, 1);
    assert_trap(CAUSE_FETCH_ACCESS, DATA, DATA);
    assert_int_equal(csr(MSTATUS) & MSTATUS_MPP, 0);
}

static void mret_to_u_clears_mprv_from_1_12_on(void **unused)
{
    (void)unused;
    open_ram();
    set_csr(MSTATUS, MSTATUS_MPRV);
    set_csr(MEPC, DATA);
    execute(MRET);
    assert_int_equal(hart->privilege, PRIVILEGE_U);
    assert_int_equal(csr(MSTATUS) & MSTATUS_MPRV, 0);
    set_mode(PRIVILEGE_M);
    set_csr(MSTATUS, MSTATUS_MPRV | MSTATUS_MPP);
    execute(MRET);
    assert_int_equal(csr(MSTATUS) & MSTATUS_MPRV, MSTATUS_MPRV);
}

static const struct hart_config *old(void)
{
    static struct hart_config config;

    config = modern;
    config.privileged = PRIVILEGED_1_10;
    config.pmp_entries = 8;
    return &config;
}

static void mret_leaves_mprv_in_1_10(void **unused)
{
    (void)unused;
    set_up_again(old());
    set_csr(MSTATUS, MSTATUS_MPRV);
    set_csr(MEPC, DATA);
    execute(MRET);
    assert_int_equal(csr(MSTATUS) & MSTATUS_MPRV, MSTATUS_MPRV);
}

static void mprv_gives_loads_the_rights_of_u_and_fetches_not(void **unused)
{
    (void)unused;
    set_entry(0, DATA >> 2, 0x11); /* NA4, readable */
    set_csr(MSTATUS, MSTATUS_MPRV);
    hart->x[T1] = DATA + 4;
    execute(LW_T0_T1);
    assert_trap(CAUSE_LOAD_ACCESS, CODE, DATA + 4);
    assert_int_equal(csr(MSTATUS) & MSTATUS_MPP, MSTATUS_MPP);
    set_csr(MSTATUS, MSTATUS_MPRV);
    hart->x[T1] = DATA;
    execute(LW_T0_T1);
    assert_no_trap();
    execute(SW_T0_T1);
    assert_trap(CAUSE_STORE_ACCESS, CODE, DATA);
}

static void reset_opens_locks_and_clears_entries(void **unused)
{
    (void)unused;
    set_entry(0, DATA >> 2, 0x90);
    assert_false(machine_can_load(DATA));
    machine_reset(&machine, RESET_WARM);
    set_csr(MTVEC, HANDLER);
    assert_int_equal(csr(PMPCFG0), 0);
    assert_true(machine_can_load(DATA));
}

static void write_only_is_not_kept(void **unused)
{
    (void)unused;
    set_csr(PMPCFG0, 0x1a);
    assert_int_equal(csr(PMPCFG0), 0x18);
}

static void straight_code_stops_at_the_first_denied_byte(void **unused)
{
    (void)unused;
    set_entry(0, CODE >> 2, 0);
    set_entry(1, (CODE + 12) >> 2, 0x0d); /* the handler is M's: no entry */
    for (uint32_t i = 0; i < 8; i++)
        put(CODE + 4 * i, NOP);
    put(HANDLER, NOP);
    for (int again = 0; again < 2; again++) {
        set_mode(PRIVILEGE_U);
        hart->pc = CODE;
        hart->last_trap.is_valid = false;
        machine_run(&machine, 4);
        assert_trap(CAUSE_FETCH_ACCESS, CODE + 12, CODE + 12);
    }
}

/* Its pc is allowed, its second half is not. */
static void an_instruction_half_of_which_is_denied_traps(void **unused)
{
    (void)unused;
    set_entry(0, CODE >> 2, 0);
    set_entry(1, (CODE + 8) >> 2, 0x0d);
    put(CODE, 0x00010001);     /* c.nop, c.nop */
    put(CODE + 4, 0x00130001); /* c.nop, first half of a nop */
    put(CODE + 8, 0x00000000);
    put(HANDLER, NOP);
    set_mode(PRIVILEGE_U);
    hart->pc = CODE;
    machine_run(&machine, 4);
    assert_trap(CAUSE_FETCH_ACCESS, CODE + 6, CODE + 8);
}

static void a_narrowed_region_is_noticed_by_code_that_ran_before(void **unused)
{
    (void)unused;
    open_ram();
    set_mode(PRIVILEGE_U);
    execute(NOP);
    assert_no_trap();
    set_entry(0, CODE >> 2, 0x11); /* readable only */
    set_mode(PRIVILEGE_U);
    execute(NOP);
    assert_trap(CAUSE_FETCH_ACCESS, CODE, CODE);
}

static void an_amo_that_is_refused_is_a_store(void **unused)
{
    (void)unused;
    open_ram();
    hart->x[T1] = DATA;
    set_entry(0, DATA >> 2, 0x10); /* nothing allowed */
    set_mode(PRIVILEGE_U);
    execute(AMOADD_T0_T1);
    assert_trap(CAUSE_STORE_ACCESS, CODE, DATA);
    set_entry(0, DATA >> 2, 0x11); /* readable, not writable */
    put(DATA, 77);
    set_mode(PRIVILEGE_U);
    execute(AMOADD_T0_T1);
    assert_trap(CAUSE_STORE_ACCESS, CODE, DATA);
    assert_int_equal(get(DATA), 77);
    hart->x[T1] = DATA + 2;
    set_mode(PRIVILEGE_U);
    execute(AMOADD_T0_T1);
    assert_trap(CAUSE_STORE_MISALIGNED, CODE, DATA + 2);
    hart->x[T1] = DATA;
    set_entry(0, DATA >> 2, 0x14);
    set_mode(PRIVILEGE_U);
    execute(LR_T0_T1);
    assert_trap(CAUSE_LOAD_ACCESS, CODE, DATA);
    set_mode(PRIVILEGE_U);
    execute(SC_T0_T1);
    assert_trap(CAUSE_STORE_ACCESS, CODE, DATA);
}

static void a_lock_under_mml_holds_against_csr_writes(void **unused)
{
    struct hart_config config = modern;

    (void)unused;
    config.smepmp = true;
    set_up_again(&config);
    set_csr(MSECCFG, MSECCFG_MML);
    set_csr(PMPCFG0, 0x99);
    set_csr(PMPCFG0, 0x9b);
    assert_int_equal(csr(PMPCFG0), 0x99);
}

static void misaligned_accesses_trap_or_work(void **unused)
{
    struct hart_config config = modern;

    (void)unused;
    hart->x[T1] = DATA + 1;
    execute(LW_T0_T1);
    assert_trap(CAUSE_LOAD_MISALIGNED, CODE, DATA + 1);
    execute(LH_T0_T1);
    assert_trap(CAUSE_LOAD_MISALIGNED, CODE, DATA + 1);
    execute(SW_T0_T1);
    assert_trap(CAUSE_STORE_MISALIGNED, CODE, DATA + 1);
    config.misaligned_traps = false;
    set_up_again(&config);
    put(DATA, 0x44332211);
    put(DATA + 4, 0x88776655);
    hart->x[T1] = DATA + 1;
    execute(LW_T0_T1);
    assert_no_trap();
    assert_int_equal(hart->x[T0], 0x55443322);
    /* It lies in two entries: none of them has all of it, not even for M. */
    set_entry(0, (DATA + 4) >> 2, 0x17);
    execute(LW_T0_T1);
    assert_trap(CAUSE_LOAD_ACCESS, CODE, DATA + 1);
}

static void an_access_over_two_pages_needs_one_entry(void **unused)
{
    struct hart_config config = modern;

    (void)unused;
    config.misaligned_traps = false;
    set_up_again(&config);
    set_entry(0, CODE >> 2 | (0x1000 / 8 - 1), 0x1d);
    set_entry(1, DATA >> 2 | (0x1000 / 8 - 1), 0x19);
    set_entry(2, (DATA + 0x1000) >> 2 | (0x1000 / 8 - 1), 0x19);
    assert_true(user_can_load(DATA + 0xffc)); /* both pages are known */
    assert_true(user_can_load(DATA + 0x1000));
    assert_false(user_can_load(DATA + 0xffe));
}

/* ---- what there is --------------------------------------------------------- */

static void mpp_holds_u_or_m(void **unused)
{
    (void)unused;
    set_csr(MSTATUS, MSTATUS_MPP);
    set_csr(MSTATUS, 0x0800);
    assert_int_equal(csr(MSTATUS) & MSTATUS_MPP, MSTATUS_MPP);
    set_csr(MSTATUS, 0);
    set_csr(MSTATUS, 0x1000);
    assert_int_equal(csr(MSTATUS) & MSTATUS_MPP, 0);
}

static void csrs_are_those_of_the_version(void **unused)
{
    (void)unused;
    assert_int_equal(csr(MISA), 0x40101105);
    assert_true(csr_exists(MSTATUSH));
    assert_true(csr_exists(MENVCFG));
    assert_true(csr_exists(MCOUNTINHIBIT));
    assert_false(csr_exists(MEDELEG));
    assert_false(csr_exists(MSECCFG));
    assert_false(csr_exists(TIME));
    set_up_again(old());
    assert_false(csr_exists(MSTATUSH));
    assert_false(csr_exists(MENVCFG));
    assert_false(csr_exists(MCOUNTINHIBIT));
    assert_true(csr_exists(MCOUNTEREN));
    set_csr(PMPADDR0 + 8, 5);
    assert_int_equal(csr(PMPADDR0 + 8), 0);
}

static void csrs_that_a_chip_lacks_are_illegal(void **unused)
{
    struct hart_config config = modern;

    (void)unused;
    config.has_a = config.has_counters = config.has_mcounteren = false;
    config.has_mie_mip = config.has_mprv = false;
    config.mtvec_is_vectored = true;
    set_up_again(&config);
    assert_int_equal(csr(MISA), 0x40101104);
    assert_false(csr_exists(MCYCLE));
    assert_false(csr_exists(CYCLE));
    assert_false(csr_exists(MIE));
    set_csr(MSTATUS, MSTATUS_MPRV);
    assert_int_equal(csr(MSTATUS) & MSTATUS_MPRV, 0);
    set_csr(MTVEC, 0x80001234);
    assert_int_equal(csr(MTVEC), 0x80001201);
    hart->x[T1] = DATA;
    set_csr(MTVEC, HANDLER);
    execute(AMOADD_T0_T1);
    assert_trap(CAUSE_ILLEGAL, CODE, AMOADD_T0_T1);
}

static struct hart_config espressif(void)
{
    struct hart_config config = modern;

    config.privileged = PRIVILEGED_1_10;
    config.has_a = config.has_counters = config.has_mcounteren = false;
    config.has_mie_mip = config.has_mprv = false;
    config.mprv_is_doubtful = config.has_tw = config.has_mpc = true;
    config.lines = 0xfffffffe;
    return config;
}

static void a_chip_of_1_10_may_have_tw(void **unused)
{
    struct hart_config config = espressif();

    (void)unused;
    set_up_again(&config);
    set_csr(MSTATUS, MSTATUS_TW);
    assert_int_equal(csr(MSTATUS) & MSTATUS_TW, MSTATUS_TW);
}

static void espressifs_counter_counts_while_it_is_told_to(void **unused)
{
    struct hart_config config = espressif();

    (void)unused;
    assert_false(csr_exists(0x7e0));
    assert_false(csr_exists(0x802));
    assert_false(csr_exists(0x810));
    set_up_again(&config);
    for (uint32_t i = 0; i < 8; i++)
        put(CODE + 4 * i, NOP);
    hart->pc = CODE;
    machine_run(&machine, 2);
    assert_int_equal(csr(0x7e2), 0);
    set_csr(0x7e0, 2);
    set_csr(0x7e1, 1);
    machine_run(&machine, 3);
    assert_int_equal(csr(0x7e2), 3);
    assert_int_equal(csr(0x802), 3);
    set_csr(0x801, 0);
    machine_run(&machine, 1);
    assert_int_equal(csr(0x7e2), 3);
    set_csr(0x7e2, 100);
    set_csr(0x7e1, 1);
    machine_run(&machine, 1);
    assert_int_equal(csr(0x802), 101);
    assert_int_equal(csr(0x810), 3);
}

static void mtvec_ignores_modes_that_do_not_exist(void **unused)
{
    (void)unused;
    set_csr(MTVEC, 0x80002002);
    assert_int_equal(csr(MTVEC), HANDLER);
    set_csr(MTVEC, 0x80002001);
    assert_int_equal(csr(MTVEC), 0x80002001);
}

static void sfence_vma_is_illegal_without_s(void **unused)
{
    (void)unused;
    execute(SFENCE_VMA);
    assert_trap(CAUSE_ILLEGAL, CODE, SFENCE_VMA);
}

static void wfi_in_u_waits_unless_tw(void **unused)
{
    (void)unused;
    open_ram();
    set_mode(PRIVILEGE_U);
    execute(WFI);
    assert_no_trap();
    assert_true(hart->sleeps);
    hart->sleeps = false;
    set_csr(MSTATUS, MSTATUS_TW);
    set_mode(PRIVILEGE_U);
    execute(WFI);
    assert_trap(CAUSE_ILLEGAL, CODE, WFI);
    /* 1.10 knows TW for S only. */
    set_up_again(old());
    set_csr(MSTATUS, MSTATUS_TW);
    assert_int_equal(csr(MSTATUS) & MSTATUS_TW, 0);
}

static void u_reads_the_counters_it_may(void **unused)
{
    uint32_t value;

    (void)unused;
    assert_false(csr_read(&machine, PRIVILEGE_U, CYCLE, &value));
    set_csr(MCOUNTEREN, 1);
    assert_true(csr_read(&machine, PRIVILEGE_U, CYCLE, &value));
    assert_false(csr_read(&machine, PRIVILEGE_U, CYCLE + 2, &value));
    assert_false(csr_read(&machine, PRIVILEGE_U, MCYCLE, &value));
}

static void an_inhibited_counter_stands(void **unused)
{
    uint32_t before;

    (void)unused;
    set_csr(MCOUNTINHIBIT, 1);
    before = csr(MCYCLE);
    execute(NOP);
    execute(NOP);
    assert_int_equal(csr(MCYCLE), before);
    set_csr(MCOUNTINHIBIT, 0);
    execute(NOP);
    assert_int_equal(csr(MCYCLE), before + 1);
}

/* ---- memory and code ------------------------------------------------------- */

static void stored_code_is_what_runs_next(void **unused)
{
    (void)unused;
    execute(LI_A0_1);
    assert_int_equal(hart->x[A0], 1);
    /* By a store of the guest's own, at the address that is executed... */
    hart->x[T0] = LI_A0_2;
    hart->x[T1] = CODE + 0x100;
    put(CODE + 0x100, LI_A0_1);
    hart->pc = CODE + 0x100;
    machine_run(&machine, 1);
    execute(SW_T0_T1);
    hart->pc = CODE + 0x100;
    machine_run(&machine, 1);
    assert_int_equal(hart->x[A0], 2);
    /* ...and at the other address of the same bytes. */
    hart->x[T0] = LI_A0_1;
    hart->x[T1] = ALIAS + (CODE - RAM) + 0x100;
    execute(SW_T0_T1);
    hart->pc = CODE + 0x100;
    machine_run(&machine, 1);
    assert_int_equal(hart->x[A0], 1);
}

static void memory_that_is_no_longer_direct_faults(void **unused)
{
    (void)unused;
    assert_true(machine_can_load(ROM));
    memory_set_direct(&rom, 0);
    assert_false(machine_can_load(ROM));
    memory_set_direct(&rom, MEMORY_READ);
    assert_true(machine_can_load(ROM));
    hart->pc = ROM;
    machine_run(&machine, 1);
    assert_trap(CAUSE_FETCH_ACCESS, ROM, ROM);
}

static void nothing_is_stored_in_rom_and_nowhere_faults(void **unused)
{
    (void)unused;
    hart->x[T1] = ROM;
    execute(SW_T0_T1);
    assert_trap(CAUSE_STORE_ACCESS, CODE, ROM);
    hart->x[T1] = ROM + ROM_SIZE;
    execute(LW_T0_T1);
    assert_trap(CAUSE_LOAD_ACCESS, CODE, ROM + ROM_SIZE);
    hart->x[T1] = REGISTERS + 4;
    execute(LW_T0_T1);
    assert_trap(CAUSE_LOAD_ACCESS, CODE, REGISTERS + 4);
    hart->x[T1] = REGISTERS;
    execute(LH_T0_T1);
    assert_trap(CAUSE_LOAD_ACCESS, CODE, REGISTERS);
}

/* ---- time ------------------------------------------------------------------ */

/* What of the ROM is direct: a word, or nothing. */
static uint32_t direct_at, asked, other_loads, other_fetches;

static bool rom_narrow(struct memory *memory, uint32_t offset, uint32_t *from,
                       uint32_t *to)
{
    (void)memory;
    asked++;
    *from = direct_at;
    *to = direct_at + 8;
    return offset >= *from && offset < *to;
}

static bool rom_load(struct memory *memory, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    (void)memory, (void)offset, (void)bytes;
    other_loads++;
    *value = 77;
    return true;
}

static bool rom_fetch(struct memory *memory, uint32_t offset,
                      uint32_t *halfword)
{
    (void)memory, (void)offset;
    other_fetches++;
    *halfword = 0x0001; /* c.nop */
    return true;
}

static const struct memory_ops narrow_ops = {
    .load = rom_load,
    .fetch = rom_fetch,
    .narrow = rom_narrow,
};

static uint32_t load_of(uint32_t address)
{
    hart->x[T1] = address;
    put(CODE, LW_T0_T1);
    hart->pc = CODE;
    machine_run(&machine, 1);
    return hart->x[T0];
}

static void a_memory_can_be_direct_in_parts(void **unused)
{
    (void)unused;
    rom.ops = &narrow_ops;
    memset(rom.bytes, 5, ROM_SIZE);
    direct_at = 0x10;
    asked = other_loads = other_fetches = 0;
    assert_int_equal(load_of(ROM + 0x10), 0x05050505);
    assert_int_equal(load_of(ROM + 0x14), 0x05050505);
    assert_int_equal(asked, 1); /* the second lies in the window */
    assert_int_equal(load_of(ROM + 0x18), 77);
    assert_int_equal(load_of(ROM + 0x0c), 77);
    assert_int_equal(other_loads, 2);
    direct_at = 0x20;
    assert_int_equal(load_of(ROM + 0x10), 0x05050505);
    memory_set_direct(&rom, rom.direct);
    assert_int_equal(load_of(ROM + 0x10), 77);
    assert_int_equal(load_of(ROM + 0x20), 0x05050505);
}

static void fetches_are_narrowed_too(void **unused)
{
    (void)unused;
    rom.ops = &narrow_ops;
    for (uint32_t i = 0; i < ROM_SIZE; i += 4)
        memcpy(rom.bytes + i, &(uint32_t){ LI_A0_1 }, 4);
    direct_at = 0x10;
    other_fetches = 0;
    hart->pc = ROM + 0x10;
    machine_run(&machine, 2);
    assert_int_equal(hart->pc, ROM + 0x18);
    assert_int_equal(hart->x[A0], 1);
    assert_int_equal(other_fetches, 0);
    machine_run(&machine, 2);
    assert_int_equal(hart->pc, ROM + 0x1c);
    assert_int_equal(other_fetches, 2);
}

static void a_cpu_reset_leaves_devices_and_their_lines(void **unused)
{
    (void)unused;
    set_csr(PMPADDR0, 5);
    thing.word = 9;
    machine_set_mtip(&machine, true);
    put(CODE, NOP);
    put(CODE + 4, NOP);
    hart->pc = CODE + 4;
    machine_request_cpu_reset(&machine);
    machine_run(&machine, 1);
    assert_int_equal(hart->pc, CODE + 4); /* the one at the reset's pc */
    assert_int_equal(csr(PMPADDR0), 0);
    assert_int_equal(csr(MTVEC), 0);
    assert_int_equal(csr(0x344), 0x80);
    assert_int_equal(thing.word, 9);
}

static void events_come_when_they_are_due(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < 64; i++)
        put(CODE + 4 * i, NOP);
    put(CODE, SW_T0_T1);
    hart->pc = CODE;
    hart->x[T0] = 40;
    hart->x[T1] = REGISTERS;
    set_csr(MIE, 0x80);
    set_csr(MSTATUS, MSTATUS_MIE);
    put(HANDLER, NOP);
    machine_run(&machine, 41);
    assert_int_equal(thing.served_at, 40);
    assert_trap(0x80000007, CODE + 4 * 40, 0);
    assert_int_equal(machine_instructions(&machine), 41);
}

static void sleep_jumps_to_the_next_event(void **unused)
{
    (void)unused;
    put(CODE, SW_T0_T1);
    put(CODE + 4, WFI);
    put(CODE + 8, LW_T0_T1);
    hart->pc = CODE;
    hart->x[T0] = 1000000;
    hart->x[T1] = REGISTERS;
    set_csr(MIE, 0x80);
    machine_run(&machine, 3);
    assert_int_equal(thing.served_at, 1000000);
    assert_int_equal(hart->x[T0], 1000001);
    assert_int_equal(machine_instructions(&machine), 3);
    assert_no_trap();
}

static void a_shift_makes_instructions_slower(void **unused)
{
    (void)unused;
    machine.shift = 3;
    put(CODE, NOP);
    put(CODE + 4, LW_T0_T1);
    hart->pc = CODE;
    hart->x[T1] = REGISTERS;
    machine_run(&machine, 2);
    assert_int_equal(hart->x[T0], 16);
}

static void a_sleep_without_end_is_told(void **unused)
{
    (void)unused;
    put(CODE, WFI);
    hart->pc = CODE;
    assert_int_equal(machine_run(&machine, NEVER), END_IDLE);
    assert_int_equal(machine_status(&machine), STATUS_IDLE);
}

static void vectored_interrupts_have_their_places_and_exceptions_none(
    void **unused)
{
    (void)unused;
    set_csr(MTVEC, HANDLER | 1);
    put(HANDLER + 4 * 7, LI_A0_1);
    put(HANDLER, LI_A0_2);
    set_csr(MIE, 0x888);
    set_csr(MSTATUS, MSTATUS_MIE);
    machine_set_mtip(&machine, true);
    put(CODE, NOP);
    hart->pc = CODE;
    machine_run(&machine, 1);
    assert_int_equal(hart->x[A0], 1);
    assert_trap(0x80000007, CODE, 0);
    put(CODE, 0);
    hart->pc = CODE;
    machine_run(&machine, 2);
    assert_int_equal(hart->x[A0], 2);
    assert_trap(CAUSE_ILLEGAL, CODE, 0);
}

/* External before software before timer. */
static void interrupts_come_by_rank(void **unused)
{
    static const uint32_t rank[] = { 11, 3, 7 };

    (void)unused;
    set_csr(MIE, 0x888);
    machine_set_mtip(&machine, true);
    machine_set_msip(&machine, true);
    machine_set_meip(&machine, true);
    assert_int_equal(csr(0x344), 0x888);
    for (uint32_t i = 0; i < 3; i++) {
        set_csr(MSTATUS, MSTATUS_MIE);
        put(HANDLER, NOP);
        hart->pc = CODE;
        machine_run(&machine, 1);
        assert_trap(0x80000000u | rank[i], CODE, 0);
        machine_set_interrupt(&machine, rank[i], false);
    }
}

/* As silicon has it; QEMU's counters are the clock. */
static void sleep_is_no_instruction(void **unused)
{
    (void)unused;
    put(CODE, SW_T0_T1);
    put(CODE + 4, WFI);
    put(CODE + 8, NOP);
    hart->pc = CODE;
    hart->x[T0] = 1000000;
    hart->x[T1] = REGISTERS;
    set_csr(MIE, 0x80);
    machine_run(&machine, 3);
    assert_int_equal(csr(0xb02), 3);
    assert_int_equal(machine_now(&machine), 1000001);
}

/* ---- reports --------------------------------------------------------------- */

static void assert_reported(const char *text)
{
    char all[2048] = "";

    rewind(report);
    assert_true(fread(all, 1, sizeof(all) - 1, report) > 0);
    if (strstr(all, text) == NULL)
        fail_msg("\"%s\" is not in: %s", text, all);
}

static void overlap_is_an_error_where_the_chip_has_none(void **unused)
{
    struct hart_config config = modern;

    (void)unused;
    set_entry(0, DATA >> 2 | 0xff, 0x19);
    set_entry(1, DATA >> 2, 0x11);
    assert_int_equal(machine.end, END_NONE);
    config.pmp_overlap_is_error = true;
    set_up_again(&config);
    set_entry(0, DATA >> 2 | 0xff, 0x19);
    assert_int_equal(machine.end, END_NONE);
    set_entry(1, DATA >> 2, 0x11);
    assert_int_equal(machine_run(&machine, 1), END_VIOLATION);
    assert_int_equal(machine_status(&machine), STATUS_VIOLATION);
    assert_reported("PMP entries 0 and 1 overlap");
    assert_reported("at pc 0x80001000");
    assert_reported("no trap so far");
}

static void mprv_is_an_error_where_nobody_knows_it(void **unused)
{
    struct hart_config config = espressif();

    (void)unused;
    set_up_again(&config);
    set_csr(MSTATUS, MSTATUS_MPP);
    assert_int_equal(machine.end, END_NONE);
    set_csr(MSTATUS, MSTATUS_MPRV);
    assert_int_equal(csr(MSTATUS) & MSTATUS_MPRV, 0);
    assert_int_equal(machine_run(&machine, 1), END_VIOLATION);
    assert_reported("mstatus.MPRV is set");
}

static void a_handler_that_cannot_be_fetched_is_told(void **unused)
{
    (void)unused;
    set_csr(MTVEC, 0x70000000);
    put(CODE, 0);
    hart->pc = CODE;
    assert_int_equal(machine_run(&machine, NEVER), END_VIOLATION);
    assert_reported("the trap handler at 0x70000000");
    assert_reported("fetch not allowed");
}

/* ---- branches -------------------------------------------------------------- */

static int write_and_run(struct machine *m, void *context, void *answer,
                         size_t size)
{
    uint32_t value = 99;

    (void)context;
    assert_true(size == sizeof(value));
    put(DATA, value);
    hart->x[T1] = DATA;
    execute(LW_T0_T1);
    memcpy(answer, &m->hart.x[T0], size);
    return 7;
}

static void a_branch_changes_nothing_here(void **unused)
{
    uint32_t answer = 0;

    (void)unused;
    put(DATA, 5);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(machine_branch(&machine, write_and_run, NULL, &answer,
                                        sizeof(answer)),
                         7);
        assert_int_equal(answer, 99);
        assert_int_equal(get(DATA), 5);
    }
}

static void tracing_changes_nothing(void **unused)
{
    uint64_t count;
    char line[256];

    (void)unused;
    trace_start(&machine, report, true);
    hart->x[T1] = REGISTERS + 8;
    execute(LW_T0_T1);
    count = machine_instructions(&machine);
    assert_trap(CAUSE_LOAD_ACCESS, CODE, REGISTERS + 8);
    assert_int_equal(count, 1); /* the handler's */
    rewind(report);
    assert_non_null(fgets(line, sizeof(line), report));
    assert_non_null(strstr(line, "80001000 M ?"));
    assert_non_null(strstr(line, "00032283 trap 5 10000008"));
}

static void a_trace_tells_of_interrupts_once(void **unused)
{
    char text[1024] = "";
    const char *found;

    (void)unused;
    trace_start(&machine, report, false);
    set_csr(MIE, 0x80);
    set_csr(MSTATUS, MSTATUS_MIE);
    put(CODE, NOP);
    put(HANDLER, NOP);
    put(HANDLER + 4, NOP);
    machine_set_mtip(&machine, true);
    machine_run(&machine, 2);
    rewind(report);
    assert_true(fread(text, 1, sizeof(text) - 1, report) > 0);
    found = strstr(text, "80001000 M ?");
    assert_non_null(found);
    found = strstr(found, "interrupt 7\n80008000 M ?");
    assert_non_null(found);
    assert_null(strstr(found + 1, "interrupt"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pmpaddr_written_alone_counts_at_once),
        TEST(mseccfg_counts_at_once),
        TEST(under_mml_m_fetches_by_its_own_rules_only),
        TEST(tor_with_top_0_matches_nothing),
        TEST(tor_above_its_top_matches_nothing),
        TEST(mret_to_u_without_entries_faults_at_the_target),
        TEST(mret_to_u_clears_mprv_from_1_12_on),
        TEST(mret_leaves_mprv_in_1_10),
        TEST(mprv_gives_loads_the_rights_of_u_and_fetches_not),
        TEST(reset_opens_locks_and_clears_entries),
        TEST(write_only_is_not_kept),
        TEST(straight_code_stops_at_the_first_denied_byte),
        TEST(an_instruction_half_of_which_is_denied_traps),
        TEST(a_narrowed_region_is_noticed_by_code_that_ran_before),
        TEST(an_amo_that_is_refused_is_a_store),
        TEST(a_lock_under_mml_holds_against_csr_writes),
        TEST(misaligned_accesses_trap_or_work),
        TEST(an_access_over_two_pages_needs_one_entry),
        TEST(mpp_holds_u_or_m),
        TEST(csrs_are_those_of_the_version),
        TEST(csrs_that_a_chip_lacks_are_illegal),
        TEST(a_chip_of_1_10_may_have_tw),
        TEST(espressifs_counter_counts_while_it_is_told_to),
        TEST(mtvec_ignores_modes_that_do_not_exist),
        TEST(sfence_vma_is_illegal_without_s),
        TEST(wfi_in_u_waits_unless_tw),
        TEST(u_reads_the_counters_it_may),
        TEST(an_inhibited_counter_stands),
        TEST(stored_code_is_what_runs_next),
        TEST(memory_that_is_no_longer_direct_faults),
        TEST(nothing_is_stored_in_rom_and_nowhere_faults),
        TEST(a_memory_can_be_direct_in_parts),
        TEST(fetches_are_narrowed_too),
        TEST(a_cpu_reset_leaves_devices_and_their_lines),
        TEST(events_come_when_they_are_due),
        TEST(sleep_jumps_to_the_next_event),
        TEST(a_shift_makes_instructions_slower),
        TEST(vectored_interrupts_have_their_places_and_exceptions_none),
        TEST(interrupts_come_by_rank),
        TEST(sleep_is_no_instruction),
        TEST(a_sleep_without_end_is_told),
        TEST(overlap_is_an_error_where_the_chip_has_none),
        TEST(mprv_is_an_error_where_nobody_knows_it),
        TEST(a_handler_that_cannot_be_fetched_is_told),
        TEST(a_branch_changes_nothing_here),
        TEST(tracing_changes_nothing),
        TEST(a_trace_tells_of_interrupts_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
