/* SPDX-License-Identifier: Apache-2.0 */
/* What each order to a process may do in each state, and what becomes of one that
 * faults.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c kernel/deferred.c
 * SOURCES: kernel/driver.c kernel/filter.c kernel/format.c kernel/grant.c
 * SOURCES: kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c kernel/main.c
 * SOURCES: kernel/memop.c kernel/process.c kernel/life.c kernel/start.c pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c
 * SOURCES: tests/fake/lives.c */
#include <tests/fake/lives.h>

/* ---- orders and states -------------------------------------------------- */

enum { RUNS, YIELDED, WAITS, RUNS_STOPPED, WAITS_STOPPED, FAULTED, ENDED };

static struct process *process_in(uint32_t which)
{
    struct process *p = start();
    if (which == YIELDED)
        machine_call(p, SYSCALL_YIELD, YIELD_WAIT, 0, 0, 0);
    if (which == WAITS || which == WAITS_STOPPED)
        machine_call(p, SYSCALL_YIELD, YIELD_WAIT_FOR, WATCHER, 0, 0);
    if (which == RUNS_STOPPED || which == WAITS_STOPPED)
        assert_int_equal(process_stop(process_pid(p)), OK);
    if (which == FAULTED)
        fault_now(p, 2);
    if (which == ENDED)
        order(process_terminate, p);
    return p;
}

static void each_order_is_refused_in_the_states_it_does_not_fit(void **state)
{
    (void)state;
    static err_t (*const orders[])(
        pid_handle_t) = { process_stop, process_resume, process_fault,
                          process_terminate, process_boot };
    static const bool fits[][5] = {
        [RUNS] = { true, false, true, true, false },
        [YIELDED] = { true, false, true, true, false },
        [WAITS] = { true, false, true, true, false },
        [RUNS_STOPPED] = { false, true, true, true, false },
        [WAITS_STOPPED] = { false, true, true, true, false },
        [FAULTED] = { false, false, false, false, true },
        [ENDED] = { false, false, false, false, true },
    };
    boot();
    for (uint32_t which = RUNS; which <= ENDED; which++) {
        struct process *p = process_in(which);
        struct process_info before = machine_info(p);
        for (uint32_t o = 0; o < 5; o++) {
            if (fits[which][o])
                continue;
            assert_int_equal(orders[o](process_pid(p)), ERR_INVAL);
            machine_settle();
            struct process_info after = machine_info(p);
            assert_memory_equal(&before, &after, sizeof before);
        }
        for (uint32_t o = 0; o < 5; o++)
            if (fits[which][o])
                assert_int_equal(orders[o](process_pid(p)), OK);
        machine_settle();
        machine_config.slots[process_slot(p)].process = NULL; /* room */
    }
}

static void a_stopped_process_does_not_run_and_goes_on_as_it_was(void **state)
{
    (void)state;
    boot();
    struct process *p = start();
    order(process_stop, p);
    assert_int_equal(machine_next(), -1);
    assert_true(machine_info(p).stopped);
    assert_int_equal(state_of(p), PROCESS_RUNNING);
    order(process_resume, p);
    assert_int_equal(machine_next(), 0);
    machine_call(p, SYSCALL_YIELD, YIELD_WAIT, 0, 0, 0);
    order(process_stop, p);
    order(process_resume, p);
    assert_int_equal(machine_next(), -1);
    assert_int_equal(state_of(p), PROCESS_YIELDED);
}

/* ---- faults ------------------------------------------------------------- */

static void by_default_a_faulted_app_stays_down_and_others_go_on(void **state)
{
    (void)state;
    struct fault_facts facts;
    boot();
    struct process *p = start();
    struct process *other = start();
    fault_now(p, 7);
    assert_true(process_facts(0, &facts));
    assert_int_equal(facts.info.state, PROCESS_FAULTED);
    assert_false(facts.info.has_completion);
    assert_int_equal(facts.cause, 7);
    assert_int_equal(facts.value, 0x1234);
    assert_int_equal(machine_next(), (int)process_slot(other));
    machine_now += UINT32_MAX;
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_FAULTED);
    order(process_boot, p);
    order(process_fault, p);
    assert_true(process_facts(0, &facts));
    assert_int_equal(facts.cause, FAULT_ORDERED);
}

static void a_board_may_panic_at_a_fault(void **state)
{
    (void)state;
    machine_config.fault.action = FAULT_PANIC;
    boot();
    struct process *p = start();
    expect_panic(process_break(p, (struct trap){ 2, 0 }));
}

static void assert_traced(uint32_t n, enum trace_event event, uint32_t value)
{
    const struct trace_entry *e = trace_read(n);
    assert_non_null(e);
    assert_int_equal(e->event, event);
    assert_int_equal(e->value, value);
}

static void what_becomes_of_processes_is_traced(void **state)
{
    (void)state;
    static struct trace_entry ring[4];
    assert_null(trace_read(0));
    machine_config.trace = ring;
    machine_config.trace_entries = ARRAY_COUNT(ring);
    boot();
    struct process *p = start();
    uint32_t flash = process_flash_start(p);
    machine_settle();
    assert_traced(0, TRACE_START, flash);
    assert_int_equal(trace_read(0)->pid.handle, process_pid(p).handle);
    assert_null(trace_read(1));
    order(process_stop, p);
    order(process_resume, p);
    fault_now(p, 5);
    assert_traced(3, TRACE_FAULT, 5);
    order(process_boot, p); /* the oldest makes room */
    assert_traced(0, TRACE_STOP, 0);
    assert_traced(1, TRACE_RESUME, 0);
    assert_traced(3, TRACE_START, flash);
    order(process_terminate, p);
    assert_traced(3, TRACE_EXIT, 0);
    assert_null(trace_read(4));
    for (uint32_t e = TRACE_START; e <= TRACE_REFUSE; e++)
        assert_in_range(strlen(trace_text(e)), 4, 6);
}

/* How long `p` is down after a fault, in ms; UINT32_MAX: it stays down. */
static uint32_t fault_and_measure(struct process *p)
{
    uint64_t at = machine_now;
    fault_now(p, 2);
    assert_int_equal(state_of(p), PROCESS_FAULTED);
    if (machine_comparator == UINT64_MAX)
        return UINT32_MAX;
    machine_now = machine_comparator - 1;
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_FAULTED);
    machine_now++;
    kernel_interrupt(TRAP_IRQ_TIMER);
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_RUNNING);
    return (uint32_t)(machine_now - at) / (MACHINE_HZ / 1000);
}

static void restarts_come_each_time_later_and_end_at_the_limit(void **state)
{
    (void)state;
    static const uint32_t expected[] = { 50,   100,  200,  400, 800,
                                         1600, 3200, 3200, 3200 };
    machine_config.fault = (struct fault_policy){
        .action = FAULT_RESTART,
        .limit = ARRAY_COUNT(expected),
        .backoff_ms = 50,
    };
    boot();
    struct process *p = start();
    for (uint32_t i = 0; i < ARRAY_COUNT(expected); i++)
        assert_int_equal(fault_and_measure(p), expected[i]);
    assert_int_equal(machine_info(p).restarts, ARRAY_COUNT(expected));
    assert_int_equal(fault_and_measure(p), UINT32_MAX);
}

static void without_a_limit_restarts_go_on(void **state)
{
    (void)state;
    machine_config.fault =
        (struct fault_policy){ .action = FAULT_RESTART, .backoff_ms = 1 };
    boot();
    struct process *p = start();
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(fault_and_measure(p), i < 6 ? 1u << i : 64);
}

static void an_order_to_start_makes_an_end_of_the_waiting(void **state)
{
    (void)state;
    machine_config.fault =
        (struct fault_policy){ .action = FAULT_RESTART, .backoff_ms = 1000 };
    boot();
    struct process *p = start();
    fault_now(p, 2);
    order(process_boot, p);
    pid_handle_t pid = process_pid(p);
    assert_int_equal(state_of(p), PROCESS_RUNNING);
    assert_non_null(grant_enter(&grant, p));
    for (uint32_t n = 0; n < 8; n++) /* the timer was kept in the queue */
        assert_int_equal(upcall_queue(&grant, p, 0, n, n, n), OK);
    machine_now += 10 * MACHINE_HZ;
    machine_settle();
    assert_true(pid_equal(process_pid(p), pid));
    assert_int_equal(machine_info(p).restarts, 1);
}

/* As a compaction does it. */
static void who_moves_while_it_waits_to_be_restarted_is_restarted(void **state)
{
    (void)state;
    machine_config.fault = (struct fault_policy){ .action = FAULT_RESTART,
                                                  .limit = 1,
                                                  .backoff_ms = 50 };
    boot();
    struct process *p = start();
    fault_now(p, 2);
    assert_int_equal(process_park(process_pid(p)), OK);
    machine_now += MACHINE_HZ;
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_FAULTED);
    process_unpark(process_pid(p), process_flash(process_pid(p)));
    machine_now += MACHINE_HZ;
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_RUNNING);
    fault_now(p, 2); /* for good */
    assert_int_equal(process_park(process_pid(p)), OK);
    process_unpark(process_pid(p), process_flash(process_pid(p)));
    machine_now += MACHINE_HZ;
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_FAULTED);
}

static void an_unreported_fault_holds_up_its_process_and_no_other(void **state)
{
    (void)state;
    machine_config.fault =
        (struct fault_policy){ .action = FAULT_RESTART, .backoff_ms = 10 };
    boot();
    process_on_end(count_end);
    struct process *p = start();
    struct process *other = start();
    assert_int_equal(process_report_due(), MACHINE_SLOTS);
    fault_now(other, 2);
    assert_int_equal(ends, 1);
    assert_int_equal(process_report_due(), process_slot(other));
    machine_now += MACHINE_HZ;
    machine_settle();
    assert_int_equal(state_of(other), PROCESS_FAULTED);
    assert_int_equal(process_boot(process_pid(other)), ERR_BUSY);
    assert_int_equal(machine_next(), (int)process_slot(p));
    process_report_done(process_slot(p)); /* not due: nothing happens */
    process_report_done(process_slot(other));
    assert_int_equal(process_report_due(), MACHINE_SLOTS);
    machine_now += 10 * MACHINE_HZ / 1000;
    machine_settle();
    assert_int_equal(state_of(other), PROCESS_RUNNING);
    order(process_terminate, p);
    assert_int_equal(process_report_due(), MACHINE_SLOTS); /* no fault */
    assert_int_equal(ends, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_order_is_refused_in_the_states_it_does_not_fit),
        cmocka_unit_test(a_stopped_process_does_not_run_and_goes_on_as_it_was),
        cmocka_unit_test(by_default_a_faulted_app_stays_down_and_others_go_on),
        cmocka_unit_test(a_board_may_panic_at_a_fault),
        cmocka_unit_test(what_becomes_of_processes_is_traced),
        cmocka_unit_test(restarts_come_each_time_later_and_end_at_the_limit),
        cmocka_unit_test(without_a_limit_restarts_go_on),
        cmocka_unit_test(an_order_to_start_makes_an_end_of_the_waiting),
        cmocka_unit_test(who_moves_while_it_waits_to_be_restarted_is_restarted),
        cmocka_unit_test(an_unreported_fault_holds_up_its_process_and_no_other),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
