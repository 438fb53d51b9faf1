/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's core: where QEMU 7.2 is not exact it does what the
 * specification says, and it has what its version has; what the two share is
 * compared by tests/sim/lockstep.py.
 * SOURCES: tests/sim/branch.c tests/sim/bus.c tests/sim/csr.c tests/sim/decode.c
 * SOURCES: tests/sim/execute.c tests/sim/gdb.c tests/sim/gdb_target.c tests/sim/hart.c
 * SOURCES: tests/sim/load.c tests/sim/machine.c tests/sim/pmp.c tests/sim/semihosting.c
 * SOURCES: tests/sim/symbols.c tests/sim/trace.c tests/sim/watch.c tests/fake/hart.c
 * LINK: -lelf */
#include <tests/fake/hart.h>

/* ---- small words -------------------------------------------------------- */

static bool csr_exists(uint32_t number)
{
    uint32_t value;

    return csr_read(&machine, PRIVILEGE_M, number, &value);
}

/* Entries 14 and 15: U may do all in RAM, below whatever comes first. */
static void open_ram(void)
{
    set_csr(PMPADDR0 + 15, RAM >> 2 | (RAM_SIZE / 8 - 1));
    set_csr(PMPCFG0 + 3, 0x1fu << 24);
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

/* ---- where QEMU is not exact -------------------------------------------- */

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

/* ---- what there is ------------------------------------------------------ */

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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
