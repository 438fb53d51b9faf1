/* SPDX-License-Identifier: Apache-2.0 */
/* System calls: of each every refusal, in the order the ABI gives them, with
 * everything as it was afterwards; and what they do when they may.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c kernel/deferred.c
 * SOURCES: kernel/driver.c kernel/filter.c kernel/format.c kernel/grant.c
 * SOURCES: kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c kernel/life.c
 * SOURCES: kernel/main.c kernel/memop.c kernel/process.c kernel/start.c pic/reloc.c
 * SOURCES: kernel/ram.c kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c
 * SOURCES: kernel/trace.c tests/fake/called.c */
#include <tests/fake/called.h>

/* ---- subscribe ---------------------------------------------------------- */

static void subscribe_refuses_in_order_and_changes_nothing(void **state)
{
    (void)state;
    boot();
    const uint32_t no_code = app_break;
    const struct refusal list[] = {
        { SYSCALL_SUBSCRIBE, 0x999, 9, no_code, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, 0x999, 9, binary, 5, ERR_NODEVICE },
        { SYSCALL_SUBSCRIBE, UINT32_MAX, 0, 0, 5, ERR_NODEVICE },
        { SYSCALL_SUBSCRIBE, BARE, 9, no_code, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, HUGE, 9, no_code, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 9, no_code, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 0, 1, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 0, flash, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 0, binary - 1, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 0, flash_end - 3, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 0, flash_end, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 0, ram - 1, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 0, app_break - 3, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 0, UINT32_MAX, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, FULL, 0, UINT32_MAX - 3, 5, ERR_INVAL },
        { SYSCALL_SUBSCRIBE, BARE, 9, binary, 5, ERR_NOMEM },
        { SYSCALL_SUBSCRIBE, HUGE, 9, binary, 5, ERR_NOMEM },
        { SYSCALL_SUBSCRIBE, FULL, 1, binary, 5, ERR_NOSUPPORT },
        { SYSCALL_SUBSCRIBE, FULL, UINT32_MAX, 0, 5, ERR_NOSUPPORT },
        { SYSCALL_SUBSCRIBE, FULL, 0x10000, 0, 5, ERR_NOSUPPORT },
    };
    CHECK(list);
}

static void subscribe_swaps_and_returns_what_there_was(void **state)
{
    (void)state;
    const uint32_t places[] = { 1, 0, 2, 3, 4, 1, 1 };
    boot();
    const uint32_t functions[] = { 0, binary, flash_end - 4, ram,
                                   app_break - 4 };
    uint32_t old_function = 0, old_userdata = 0;
    for (uint32_t i = 0; i < ARRAY_COUNT(places); i++) {
        uint32_t function = functions[places[i]];
        machine_call(app, SYSCALL_SUBSCRIBE, FULL, 0, function, i + 100);
        assert_swapped(old_function, old_userdata);
        old_function = function;
        old_userdata = i + 100;
    }
}

static void a_refused_subscribe_keeps_the_queued_events(void **state)
{
    (void)state;
    boot();
    assert_int_equal(upcall_queue(&full, app, 0, 1, 2, 3), OK);
    machine_call(app, SYSCALL_SUBSCRIBE, FULL, 0, 3, 0);
    assert_answer(app, SYSRET_FAILURE_2U32, ERR_INVAL);
    machine_call(app, SYSCALL_SUBSCRIBE, FULL, 1, binary, 0);
    assert_answer(app, SYSRET_FAILURE_2U32, ERR_NOSUPPORT);
    assert_int_equal(upcall_pending(app), 1);
    machine_call(app, SYSCALL_SUBSCRIBE, FULL, 0, binary, 0);
    assert_int_equal(upcall_pending(app), 0);
}

/* ---- allow -------------------------------------------------------------- */

static void read_write_allow_refuses_in_order_and_changes_nothing(void **state)
{
    (void)state;
    boot();
    enum { RW = SYSCALL_ALLOW_RW };
    const struct refusal list[] = {
        { RW, 0x999, 9, app_break, 5, ERR_NODEVICE },
        { RW, BARE, 9, app_break, 5, ERR_INVAL },
        { RW, HUGE, 9, app_break, 5, ERR_INVAL },
        { RW, FULL, 9, app_break, 1, ERR_INVAL },
        { RW, FULL, 0, ram - 1, 1, ERR_INVAL },
        { RW, FULL, 0, ram - 1, 2, ERR_INVAL },
        { RW, FULL, 0, app_break - 1, 2, ERR_INVAL },
        { RW, FULL, 0, ram, app_break - ram + 1, ERR_INVAL },
        { RW, FULL, 0, ram, UINT32_MAX, ERR_INVAL },
        { RW, FULL, 0, ram + 4, UINT32_MAX - 2, ERR_INVAL },
        { RW, FULL, 0, ram + 4, 0u - (ram + 4), ERR_INVAL },
        { RW, FULL, 0, ram + 4, 0u - ram, ERR_INVAL },
        { RW, FULL, 0, UINT32_MAX, 1, ERR_INVAL },
        { RW, FULL, 0, UINT32_MAX, UINT32_MAX, ERR_INVAL },
        { RW, FULL, 0, 0, 1, ERR_INVAL },
        { RW, FULL, 0, binary, 4, ERR_INVAL },
        { RW, FULL, 0, app->grant_break, 4, ERR_INVAL },
        { RW, FULL, 0, app->ram_end - 4, 4, ERR_INVAL },
        { RW, BARE, 9, ram, 4, ERR_NOMEM },
        { RW, HUGE, 9, ram, 4, ERR_NOMEM },
        { RW, FULL, 1, ram, 4, ERR_NOSUPPORT },
        { RW, FULL, UINT32_MAX, 0, 0, ERR_NOSUPPORT },
    };
    CHECK(list);
}

static void read_only_allow_refuses_in_order_and_changes_nothing(void **state)
{
    (void)state;
    boot();
    enum { RO = SYSCALL_ALLOW_RO };
    const struct refusal list[] = {
        { RO, 0x999, 9, app_break, 5, ERR_NODEVICE },
        { RO, BARE, 9, app_break, 5, ERR_INVAL },
        { RO, FULL, 9, app_break, 1, ERR_INVAL },
        { RO, FULL, 0, app_break - 1, 2, ERR_INVAL },
        { RO, FULL, 0, ram - 1, 2, ERR_INVAL },
        { RO, FULL, 0, flash, 4, ERR_INVAL },
        { RO, FULL, 0, binary - 1, 2, ERR_INVAL },
        { RO, FULL, 0, flash_end - 1, 2, ERR_INVAL },
        { RO, FULL, 0, flash_end, 1, ERR_INVAL },
        { RO, FULL, 0, binary, UINT32_MAX, ERR_INVAL },
        { RO, FULL, 0, binary, ram + 4 - binary, ERR_INVAL },
        { RO, BARE, 9, binary, 4, ERR_NOMEM },
        { RO, HUGE, 9, binary, 4, ERR_NOMEM },
        { RO, FULL, 1, binary, 4, ERR_NOSUPPORT },
        { RO, FULL, UINT32_MAX, 0, 0, ERR_NOSUPPORT },
    };
    CHECK(list);
}

static void readable_allow_refuses_in_order_and_changes_nothing(void **state)
{
    (void)state;
    boot();
    enum { UR = SYSCALL_ALLOW_UR };
    const struct refusal list[] = {
        { UR, 0x999, 9, app_break, 5, ERR_NODEVICE },
        { UR, FULL, 9, app_break, 1, ERR_INVAL },
        { UR, SHARED, 0, binary, 4, ERR_INVAL },
        { UR, SHARED, 9, app_break - 1, 2, ERR_INVAL },
        { UR, FULL, 0, ram, 4, ERR_NOSUPPORT },
        { UR, BARE, 0, 0, 0, ERR_NOSUPPORT },
        { UR, SHARED, 9, ram, 4, ERR_NOSUPPORT },
        { UR, SHARED, 7, ram, 4, ERR_BUSY },
    };
    CHECK(list);
    assert_int_equal(shared.len, 0);
    machine_call(app, SYSCALL_ALLOW_UR, SHARED, 0, ram + 8, 16);
    assert_swapped(0, 0);
    machine_call(app, SYSCALL_ALLOW_UR, SHARED, 0, 77, 0);
    assert_swapped(ram + 8, 16);
}

/* Address and length of both calls, stored apart and handed back exactly. */
static void allow_swaps_and_returns_what_there_was(void **state)
{
    (void)state;
    boot();
    const struct uslice slices[] = {
        { { ram }, 1 },           { { ram }, app_break - ram },
        { { app_break - 1 }, 1 }, { { 0 }, 0 },
        { { 12345 }, 0 },         { { UINT32_MAX }, 0 },
        { { ram + 3 }, 7 },
    };
    struct uslice rw = { { 0 }, 0 }, ro = { { 0 }, 0 };
    for (size_t i = 0; i < ARRAY_COUNT(slices); i++) {
        const struct uslice *s = &slices[i];
        const struct uslice *t = &slices[ARRAY_COUNT(slices) - 1 - i];
        machine_call(app, SYSCALL_ALLOW_RW, FULL, 0, s->base.addr, s->len);
        assert_swapped(rw.base.addr, rw.len);
        machine_call(app, SYSCALL_ALLOW_RO, FULL, 0, t->base.addr, t->len);
        assert_swapped(ro.base.addr, ro.len);
        rw = *s;
        ro = *t;
        assert_int_equal(allowed_rw(&full, app, 0).base.addr, rw.base.addr);
        assert_int_equal(allowed_rw(&full, app, 0).len, rw.len);
        assert_int_equal(allowed_ro(&full, app, 0).base.addr, ro.base.addr);
        assert_int_equal(allowed_ro(&full, app, 0).len, ro.len);
    }
    machine_call(app, SYSCALL_ALLOW_RO, FULL, 0, binary, flash_end - binary);
    assert_answer(app, SYSRET_SUCCESS_2U32, ro.base.addr);
}

static void what_was_never_allowed_is_empty(void **state)
{
    (void)state;
    boot();
    assert_int_equal(allowed_ro(&full, app, 0).len, 0);
    assert_int_equal(allowed_rw(&full, app, 0).len, 0);
    assert_int_equal(allowed_ro(&full, app, 1).len, 0);
    assert_int_equal(allowed_rw(&full, app, UINT32_MAX).len, 0);
    assert_int_equal(allowed_ro(&huge, app, 0).len, 0);
    assert_int_equal(allowed_rw(&huge, app, 0).len, 0);
}

/* ---- command ------------------------------------------------------------ */

static void command_finds_its_driver_and_brings_everything_along(void **state)
{
    (void)state;
    boot();
    machine_call(app, SYSCALL_COMMAND, FULL, 1, 21, 22);
    assert_answer(app, SYSRET_SUCCESS_U32, 21);
    assert_ptr_equal(latest.self, &self_of_full);
    assert_int_equal(latest.number, 1);
    assert_int_equal(latest.arg1, 21);
    assert_int_equal(latest.arg2, 22);
    assert_ptr_equal(latest.process, app);
}

static void command_without_a_driver_is_refused(void **state)
{
    (void)state;
    boot();
    remember();
    machine_call(app, SYSCALL_COMMAND, 0x999, 0, 21, 22);
    assert_refused(app, ERR_NODEVICE);
    assert_unchanged();
    machine_call(app, SYSCALL_COMMAND, UINT32_MAX, 0, 21, 22);
    assert_refused(app, ERR_NODEVICE);
    machine_call(app, SYSCALL_COMMAND, FULL, 1000, 21, 22);
    assert_refused(app, ERR_NOSUPPORT);
    assert_int_equal(A(app, 2), 21); /* registers not asked for stay */
    assert_int_equal(A(app, 3), 22);
}

static void each_variant_fills_its_registers_and_no_other(void **state)
{
    (void)state;
    static const struct {
        uint32_t number, a[4];
    } cases[] = {
        { 0, { SYSRET_SUCCESS, 0, 21, 22 } },
        { 1, { SYSRET_SUCCESS_U32, 21, 21, 22 } },
        { 2, { SYSRET_SUCCESS_2U32, 21, 22, 22 } },
        { 3, { SYSRET_SUCCESS_U64, 21, 22, 22 } },
        { 4, { SYSRET_SUCCESS_3U32, 21, 22, 99 } },
        { 5, { SYSRET_FAILURE_2U32, ERR_BUSY, 21, 22 } },
        { 6, { SYSRET_FAILURE, ERR_OFF, 21, 22 } },
    };
    boot();
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        machine_call(app, SYSCALL_COMMAND, FULL, cases[i].number, 21, 22);
        assert_memory_equal(&A(app, 0), cases[i].a, sizeof cases[i].a);
    }
}

/* ---- exit, and classes there are not ------------------------------------ */

static void exit_refuses_what_it_does_not_know(void **state)
{
    (void)state;
    boot();
    remember();
    machine_call(app, SYSCALL_EXIT, 2, 5, 0, 0);
    assert_refused(app, ERR_NOSUPPORT);
    machine_call(app, SYSCALL_EXIT, UINT32_MAX, 5, 0, 0);
    assert_refused(app, ERR_NOSUPPORT);
    machine_settle();
    assert_unchanged();
}

static void an_unknown_class_is_a_fault_at_the_ecall(void **state)
{
    (void)state;
    static const uint32_t classes[] = { 8, 0xBD, 0xFF };
    for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
        if (i == 0)
            boot();
        uint32_t pc = app->context.x[CONTEXT_PC];
        machine_call(app, classes[i], 1, 2, 3, 4);
        machine_settle();
        struct fault_facts facts;
        assert_true(process_facts(0, &facts));
        assert_int_equal(facts.info.state, PROCESS_FAULTED);
        assert_int_equal(facts.cause, TRAP_ECALL);
        assert_int_equal(facts.value, classes[i]);
        assert_int_equal(facts.registers[0], pc);
        assert_int_equal(process_boot(app->pid), OK);
        machine_settle();
    }
}

static void of_the_class_only_eight_bits_count(void **state)
{
    (void)state;
    boot();
    machine_call(app, 0xABCD00u | SYSCALL_MEMOP, MEMOP_RAM_START, 0, 0, 0);
    assert_answer(app, SYSRET_SUCCESS_U32, ram);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscribe_refuses_in_order_and_changes_nothing),
        cmocka_unit_test(subscribe_swaps_and_returns_what_there_was),
        cmocka_unit_test(a_refused_subscribe_keeps_the_queued_events),
        cmocka_unit_test(read_write_allow_refuses_in_order_and_changes_nothing),
        cmocka_unit_test(read_only_allow_refuses_in_order_and_changes_nothing),
        cmocka_unit_test(readable_allow_refuses_in_order_and_changes_nothing),
        cmocka_unit_test(allow_swaps_and_returns_what_there_was),
        cmocka_unit_test(what_was_never_allowed_is_empty),
        cmocka_unit_test(command_finds_its_driver_and_brings_everything_along),
        cmocka_unit_test(command_without_a_driver_is_refused),
        cmocka_unit_test(each_variant_fills_its_registers_and_no_other),
        cmocka_unit_test(exit_refuses_what_it_does_not_know),
        cmocka_unit_test(an_unknown_class_is_a_fault_at_the_ecall),
        cmocka_unit_test(of_the_class_only_eight_bits_count),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
