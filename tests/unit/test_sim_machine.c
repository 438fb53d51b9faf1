/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's memory, time, interrupts and reports, branches and traces.
 * SOURCES: tests/sim/branch.c tests/sim/bus.c tests/sim/csr.c tests/sim/decode.c
 * SOURCES: tests/sim/execute.c tests/sim/gdb.c tests/sim/gdb_target.c tests/sim/hart.c
 * SOURCES: tests/sim/load.c tests/sim/machine.c tests/sim/pmp.c tests/sim/semihosting.c
 * SOURCES: tests/sim/symbols.c tests/sim/trace.c tests/sim/watch.c tests/fake/hart.c
 * LINK: -lelf */
#include <tests/fake/hart.h>

/* ---- memory and code ---------------------------------------------------- */

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

/* ---- time --------------------------------------------------------------- */

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

/* ---- reports ------------------------------------------------------------ */

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

/* ---- branches ----------------------------------------------------------- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
