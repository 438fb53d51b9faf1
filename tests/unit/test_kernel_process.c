/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a process: made or refused, started, ended, started again; what
 * each order may do in each state, and what is left of a life: nothing.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c */
#include <tests/fake/machine.h>

#include <kernel/trace.h>

#include <string.h>

#include <kernel/log.h>
#include <pic/reloc.h>

#define GENERATION_MAX 0xFFFFFFu

/* ---- a driver that watches ---------------------------------------------------- */

enum { WATCHER = 0x77, OTHER = 0x78 };

static struct grant grant = { .layout = { 2, 1, 1, 16 } };
static struct grant other_grant = { .layout = { 1, 0, 0, 8 } };

static struct {
    uint32_t times, others;
    struct process *process;
    bool grant_was_there;
    pid_handle_t pid;
    bool makes_more; /* the watcher answers an end with a grant and events */
} gone;

static struct {
    err_t (*order)(pid_handle_t pid);
    err_t answer;
} ordered;

/* Command 1 gives the order to its own process. */
static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    (void)self, (void)arg1, (void)arg2;
    if (number == 1)
        ordered.answer = ordered.order(process_pid(p));
    return sysret_u32(7);
}

static void watcher_gone(void *self, struct process *p)
{
    (void)self;
    gone.times++;
    gone.process = p;
    gone.grant_was_there = grant_peek(&grant, p) != NULL;
    gone.pid = process_pid(p);
    for (uint32_t n = 0; gone.makes_more && n < 3; n++) {
        assert_non_null(grant_enter(&other_grant, p));
        (void)upcall_queue(&other_grant, p, 0, n, 2,
                           3); /* there may be no room */
    }
}

static void other_gone(void *self, struct process *p)
{
    (void)self, (void)p;
    gone.others++;
}

static const struct driver_ops watcher_ops = { .command = command,
                                               .gone = watcher_gone };
static const struct driver_ops other_ops = { .command = command,
                                             .gone = other_gone };
static const struct driver table[] = {
    { WATCHER, &watcher_ops, NULL, &grant },
    { OTHER, &other_ops, NULL, &other_grant },
};

static uint32_t ends;

static void count_end(void)
{
    ends++;
}

static void boot(void)
{
    machine_boot(table, ARRAY_COUNT(table));
}

static struct process *start(void)
{
    return machine_start(&(struct app){ .name = "app" });
}

static enum process_state state_of(const struct process *p)
{
    return machine_info(p).state;
}

static void fault_now(struct process *p, uint32_t cause)
{
    process_break(p, (struct trap){ cause, 0x1234 });
    machine_settle();
}

static void order(err_t (*what)(pid_handle_t pid), struct process *p)
{
    assert_int_equal(what(process_pid(p)), OK);
    machine_settle();
}

/* ---- start --------------------------------------------------------------------- */

static void a_life_begins_with_the_registers_the_abi_gives(void **state)
{
    (void)state;
    boot();
    struct process *p =
        machine_start(&(struct app){ .ram = 2000, .trailer = 12 });
    const uint32_t *x = p->context.x;
    struct process_info info = machine_info(p);
    assert_int_equal(machine_fences, 1); /* its code may be new */
    for (uint32_t n = 1; n < 32; n++)
        if (n != CONTEXT_SP && (n < CONTEXT_A0 || n > CONTEXT_A0 + 3))
            assert_int_equal(x[n], 0);
    assert_int_equal(x[CONTEXT_PC], info.flash_start + info.protected_size);
    assert_int_equal(x[CONTEXT_SP], info.ram_start);
    assert_int_equal(A(p, 0), info.flash_start + info.protected_size);
    assert_int_equal(A(p, 1), info.ram_start);
    assert_int_equal(A(p, 2), info.ram_end - info.ram_start);
    assert_int_equal(A(p, 3), info.app_break);
    assert_int_equal(info.ram_start % 16, 0);
    assert_true(info.grant_start - info.ram_start >= 2000);
    assert_in_range(info.app_break, info.ram_start + 4, info.ram_start + 512);
    for (uint32_t at = info.ram_start; at < info.app_break; at++)
        assert_int_equal(machine_peek(at), 0);
    assert_int_equal(machine_next(), 0);
}

static void a_snapshot_tells_what_there_is_to_know(void **state)
{
    (void)state;
    struct process_info info;
    boot();
    struct process *p = machine_start(
        &(struct app){ .name = "a name that is longer than 32 characters",
                       .short_id = 0xABCD });
    machine_call(p, SYSCALL_SUBSCRIBE, WATCHER, 0, 0, 0);
    machine_call(p, SYSCALL_COMMAND, WATCHER, 0, 0, 0);
    assert_int_equal(upcall_queue(&grant, p, 1, 0, 0, 0), OK);
    machine_call(p, SYSCALL_YIELD, YIELD_WAIT_FOR, OTHER, 0, 0);
    assert_true(process_inspect(0, &info));
    assert_string_equal(info.name, "a name that is longer than 32 ch");
    assert_int_equal(info.short_id, 0xABCD);
    assert_true(pid_equal(info.pid, process_pid(p)));
    assert_int_equal(info.state, PROCESS_YIELDED_FOR);
    assert_int_equal(info.wait_driver, OTHER);
    assert_int_equal(info.wait_number, 0);
    assert_int_equal(info.syscalls, 3);
    assert_int_equal(info.last_syscall, SYSCALL_YIELD);
    assert_int_equal(info.queued, 1);
    assert_int_equal(info.grants_used, 1);
    assert_int_equal(info.grants_total, 2);
    assert_false(info.has_completion);
    assert_false(process_inspect(1, &info));
    assert_false(process_inspect(UINT32_MAX, &info));
    assert_null(process_registers(1));
    assert_ptr_equal(process_registers(0), p->context.x);
    assert_int_equal(process_in_slot(1).handle, 0);
    assert_int_equal(process_in_slot(99).handle, 0);
}

/* ---- handles --------------------------------------------------------------------- */

static void a_handle_names_one_life_and_no_other(void **state)
{
    (void)state;
    pid_handle_t seen[20];
    boot();
    struct process *p = start();
    for (uint32_t life = 0; life < ARRAY_COUNT(seen); life++) {
        seen[life] = process_pid(p);
        assert_int_equal(seen[life].handle & 0xFF, 0);
        for (uint32_t i = 0; i < life; i++) {
            assert_false(pid_equal(seen[i], seen[life]));
            assert_null(process_find(seen[i]));
            assert_int_equal(process_stop(seen[i]), ERR_NODEVICE);
            assert_int_equal(process_resume(seen[i]), ERR_NODEVICE);
            assert_int_equal(process_fault(seen[i]), ERR_NODEVICE);
            assert_int_equal(process_terminate(seen[i]), ERR_NODEVICE);
            assert_int_equal(process_boot(seen[i]), ERR_NODEVICE);
        }
        assert_ptr_equal(process_find(seen[life]), p);
        order(process_terminate, p);
        assert_null(process_find(seen[life])); /* dead, but has a name */
        order(process_boot, p);
    }
}

static void nonsense_names_nobody(void **state)
{
    (void)state;
    boot();
    struct process *p = start();
    uint32_t handle = process_pid(p).handle;
    const uint32_t list[] = { 0,
                              handle + 1,
                              handle + 256,
                              handle - 256,
                              handle | 0xFF,
                              UINT32_MAX,
                              MACHINE_SLOTS | 0x100 };
    for (size_t i = 0; i < ARRAY_COUNT(list); i++) {
        assert_null(process_find((pid_handle_t){ list[i] }));
        assert_int_equal(process_stop((pid_handle_t){ list[i] }), ERR_NODEVICE);
    }
}

static void a_slot_whose_handles_are_used_up_starts_nobody(void **state)
{
    (void)state;
    boot();
    struct process *p = start();
    machine_config.slots[0].generation = GENERATION_MAX - 1;
    order(process_terminate, p);
    order(process_boot, p);
    pid_handle_t last = process_pid(p);
    assert_int_equal(last.handle, GENERATION_MAX << 8);
    assert_ptr_equal(process_find(last), p);
    machine_call(p, SYSCALL_EXIT, EXIT_RESTART, 0, 0, 0);
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_TERMINATED);
    assert_null(process_find(last));
    assert_int_equal(machine_next(), -1);
    assert_int_equal(process_boot(last), OK);
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_TERMINATED);
}

static void a_used_up_slot_is_passed_over_when_an_app_is_loaded(void **state)
{
    (void)state;
    boot();
    machine_config.slots[0].generation = GENERATION_MAX;
    struct process *p = start();
    assert_int_equal(process_slot(p), 1);
    assert_int_equal(process_in_slot(0).handle, 0);
}

/* ---- nothing is left --------------------------------------------------------------- */

static void busy_life(struct process *p)
{
    uint32_t ram = process_ram_start(p);
    machine_call(p, SYSCALL_MEMOP, MEMOP_BRK, ram + 600, 0, 0);
    machine_call(p, SYSCALL_MEMOP, MEMOP_DEBUG_STACK_TOP, ram + 64, 0, 0);
    machine_call(p, SYSCALL_MEMOP, MEMOP_DEBUG_HEAP_START, ram + 96, 0, 0);
    machine_call(p, SYSCALL_SUBSCRIBE, WATCHER, 0,
                 process_flash_start(p) + p->protected_size, 9);
    machine_call(p, SYSCALL_ALLOW_RW, WATCHER, 0, ram + 500, 100);
    machine_call(p, SYSCALL_ALLOW_RO, WATCHER, 0, ram + 500, 100);
    memset(grant_enter(&grant, p), 0xAA, 16);
    for (uint32_t n = 0; n < 12; n++)
        (void)upcall_queue(&grant, p, n % 2, 1, 2, 3);
    for (uint32_t at = ram; at < ram + 600; at++)
        machine_poke(at, 0xEE);
    for (uint32_t n = 1; n < 32; n++)
        p->context.x[n] = 0xDEAD0000 + n;
    process_tell_resumed(p, true);
}

static void assert_newborn(struct process *p)
{
    static const uint8_t zeros[16];
    struct process_info info = machine_info(p);
    assert_int_equal(info.state, PROCESS_RUNNING);
    assert_false(info.stopped);
    assert_int_equal(info.syscalls, 0);
    assert_int_equal(info.slices, 0);
    assert_int_equal(info.dropped, 0);
    assert_int_equal(info.queued, 0);
    assert_int_equal(info.grants_used, 0);
    assert_int_equal(info.stack_top, 0);
    assert_int_equal(info.heap_start, 0);
    assert_int_equal(info.app_break, info.ram_start + 16);
    assert_false(p->tell_resumed);
    for (uint32_t at = info.ram_start; at < info.app_break; at++)
        assert_int_equal(machine_peek(at), 0);
    for (uint32_t n = 14; n < 32; n++)
        assert_int_equal(p->context.x[n], 0);
    assert_int_equal(p->context.x[CONTEXT_RA], 0);
    assert_int_equal(A(p, 3), info.app_break);
    machine_call(p, SYSCALL_MEMOP, MEMOP_BRK, info.ram_start + 8, 0, 0);
    assert_answer(p, SYSRET_SUCCESS, 0);
    machine_call(p, SYSCALL_SUBSCRIBE, WATCHER, 0, 0, 0);
    assert_answer(p, SYSRET_SUCCESS_2U32, 0);
    assert_int_equal(A(p, 2), 0);
    machine_call(p, SYSCALL_ALLOW_RW, WATCHER, 0, 0, 0);
    assert_answer(p, SYSRET_SUCCESS_2U32, 0);
    assert_int_equal(A(p, 2), 0);
    machine_call(p, SYSCALL_ALLOW_RO, WATCHER, 0, 0, 0);
    assert_int_equal(A(p, 2), 0);
    assert_memory_equal(grant_enter(&grant, p), zeros, 16);
}

static void exit_restart_leaves_nothing_of_the_old_life(void **state)
{
    (void)state;
    boot();
    struct process *p = start();
    struct process_info before = machine_info(p);
    busy_life(p);
    machine_call(p, SYSCALL_EXIT, EXIT_RESTART, 5, 0, 0);
    machine_settle();
    struct process_info after = machine_info(p);
    assert_int_equal(after.ram_end - after.grant_start,
                     before.ram_end - before.grant_start);
    assert_int_not_equal(after.ram_start, before.ram_start);
    assert_int_equal(after.restarts, 1);
    assert_newborn(p);
}

static void a_start_after_a_fault_in_any_state_leaves_nothing_either(
    void **state)
{
    (void)state;
    boot();
    struct process *p = start();
    busy_life(p);
    machine_call(p, SYSCALL_YIELD, YIELD_WAIT_FOR, OTHER, 0, 0);
    assert_int_equal(process_stop(process_pid(p)), OK);
    fault_now(p, 5);
    assert_int_equal(state_of(p), PROCESS_FAULTED);
    order(process_boot, p);
    assert_newborn(p);
}

/* A driver that is told of an end may still call the kernel about it. */
static void what_is_made_while_a_life_ends_ends_with_it(void **state)
{
    (void)state;
    boot();
    gone.makes_more = true;
    struct process *p = start();
    busy_life(p);
    machine_call(p, SYSCALL_YIELD, YIELD_WAIT_FOR, OTHER, 0, 0);
    order(process_terminate, p);
    assert_int_equal(machine_info(p).grants_used, 0);
    assert_int_equal(machine_info(p).queued, 0);
    assert_null(grant_enter(&other_grant, p));
    assert_int_equal(machine_next(), -1);
    order(process_boot, p);
    assert_newborn(p);
    fault_now(p, 5);
    order(process_boot, p);
    assert_newborn(p);
}

/* Where there was somebody's memory, written full, there is a record next. */
static void a_record_knows_nothing_of_what_lay_there(void **state)
{
    (void)state;
    static const struct app large = { .name = "large", .ram = 0x3000 };
    static const struct app second = { .name = "second", .ram = 0x2000 };
    boot();
    struct process *p = machine_start(&large);
    uint32_t ram = process_ram_start(p), end = p->grant_break;
    machine_call(p, SYSCALL_MEMOP, MEMOP_BRK, end, 0, 0);
    assert_answer(p, SYSRET_SUCCESS, 0);
    for (uint32_t at = ram; at < end; at++)
        machine_poke(at, 0xEE);
    order(process_terminate, p);
    assert_int_equal(process_forget(process_pid(p)), OK);
    struct process *q = machine_start(&second);
    assert_newborn(q);
    /* one that finds no room is dead and has a record all the same */
    struct load_report r = machine_load(machine_flash(&large));
    assert_int_equal(r.error, LOAD_NO_RAM);
    struct process *dead = machine_process(r.pid.handle & 0xFF);
    assert_int_equal(machine_info(dead).state, PROCESS_TERMINATED);
    assert_int_equal(machine_info(dead).queued, 0);
    assert_int_equal(machine_info(dead).grants_used, 0);
    assert_null(grant_enter(&grant, dead));
    assert_int_equal(upcall_queue(&grant, dead, 0, 1, 2, 3), ERR_NODEVICE);
    assert_int_equal(process_park(r.pid), OK);
    process_unpark(r.pid, process_flash(r.pid));
    order(process_terminate, q);
    assert_int_equal(process_forget(process_pid(q)), OK);
    order(process_boot, dead);
    assert_newborn(dead);
    fault_now(dead, 5);
    assert_int_equal(process_park(process_pid(dead)), OK); /* no timer runs */
}

static void permissions_outlive_a_restart(void **state)
{
    (void)state;
    static const struct tbf_permission permission = { OTHER, 0, 1 };
    boot();
    struct process *p = machine_start(
        &(struct app){ .permissions = &permission, .permission_count = 1 });
    for (uint32_t life = 0; life < 3; life++) {
        machine_call(p, SYSCALL_COMMAND, WATCHER, 0, 0, 0);
        assert_refused(p, ERR_NODEVICE);
        machine_call(p, SYSCALL_COMMAND, OTHER, 0, 0, 0);
        assert_answer(p, SYSRET_SUCCESS_U32, 7);
        machine_call(p, SYSCALL_EXIT, EXIT_RESTART, 0, 0, 0);
        machine_settle();
    }
}

static void drivers_that_know_a_process_are_told_once_before_it_is_gone(
    void **state)
{
    (void)state;
    boot();
    struct process *p = start();
    pid_handle_t pid = process_pid(p);
    assert_non_null(grant_enter(&grant, p));
    order(process_terminate, p);
    assert_int_equal(gone.times, 1);
    assert_int_equal(gone.others, 0); /* has never seen it */
    assert_ptr_equal(gone.process, p);
    assert_true(gone.grant_was_there);
    assert_true(pid_equal(gone.pid, pid));
    assert_null(grant_peek(&grant, p));
    order(process_boot, p);
    assert_int_equal(gone.times, 1);
}

/* ---- ends -------------------------------------------------------------------------- */

static void exit_keeps_its_code(void **state)
{
    (void)state;
    static const uint32_t codes[] = { 0, 1, 1024, UINT32_MAX };
    boot();
    process_on_end(count_end);
    struct process *p = start();
    for (uint32_t i = 0; i < ARRAY_COUNT(codes); i++) {
        machine_call(p, SYSCALL_EXIT, EXIT_TERMINATE, codes[i], 0, 0);
        machine_settle();
        assert_int_equal(state_of(p), PROCESS_TERMINATED);
        assert_true(machine_info(p).has_completion);
        assert_int_equal(machine_info(p).completion, codes[i]);
        assert_int_equal(ends, i + 1);
        assert_int_equal(machine_next(), -1);
        order(process_boot, p);
    }
}

static void an_order_from_inside_a_command_waits_for_the_loop(void **state)
{
    (void)state;
    static const struct {
        err_t (*order)(pid_handle_t pid);
        enum process_state after;
    } cases[] = {
        { process_terminate, PROCESS_TERMINATED },
        { process_fault, PROCESS_FAULTED },
    };
    boot();
    struct process *p = start();
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        pid_handle_t pid = process_pid(p);
        ordered.order = cases[i].order;
        cpu.attention = 0;
        machine_call(p, SYSCALL_COMMAND, WATCHER, 1, 0, 0);
        assert_int_equal(ordered.answer, OK);
        assert_answer(p, SYSRET_SUCCESS_U32, 7);
        assert_ptr_equal(process_find(pid), p);
        assert_true(cpu.work);
        machine_settle();
        assert_int_equal(state_of(p), cases[i].after);
        order(process_boot, p);
        assert_int_equal(A(p, 1), process_ram_start(p)); /* not the answer */
    }
}

static void of_two_orders_the_later_one_counts(void **state)
{
    (void)state;
    boot();
    struct process *p = start();
    assert_int_equal(process_fault(process_pid(p)), OK);
    assert_int_equal(process_terminate(process_pid(p)), OK);
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_TERMINATED);
    order(process_boot, p);
    machine_call(p, SYSCALL_EXIT, EXIT_RESTART, 0, 0, 0);
    assert_int_equal(process_fault(process_pid(p)), OK);
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_FAULTED);
}

/* ---- orders and states --------------------------------------------------------------- */

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

/* ---- faults ---------------------------------------------------------------------------- */

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

/* ---- loading ----------------------------------------------------------------------------- */

/* Refused with that error, and nothing is taken: the largest app still fits. */
static struct load_report refused(const struct app *app, enum load_error error)
{
    uint32_t slot = 0;
    struct process_slot before[MACHINE_SLOTS];
    memcpy(before, machine_config.slots, sizeof before);
    struct load_report r = machine_load(machine_flash(app));
    assert_int_equal(r.error, error);
    assert_int_equal(r.pid.handle, 0);
    for (; slot < MACHINE_SLOTS; slot++)
        assert_ptr_equal(machine_config.slots[slot].process,
                         before[slot].process);
    return r;
}

static void an_app_for_another_kernel_is_refused(void **state)
{
    (void)state;
    boot();
    refused(&(struct app){ .no_kernel_version = true }, LOAD_KERNEL_VERSION);
    refused(&(struct app){ .kernel_major = 1 }, LOAD_KERNEL_VERSION);
    refused(&(struct app){ .kernel_major = 3 }, LOAD_KERNEL_VERSION);
    struct load_report r =
        refused(&(struct app){ .kernel_major = 2, .kernel_minor = 4 },
                LOAD_KERNEL_VERSION);
    assert_int_equal(r.wanted, 0x20004);
    assert_int_equal(r.actual, 0x20003);
    machine_start(&(struct app){ .kernel_major = 2, .kernel_minor = 3 });
}

static void an_app_linked_for_another_address_is_refused(void **state)
{
    (void)state;
    boot();
    struct load_report r =
        refused(&(struct app){ .fixed_flash = MACHINE_FLASH + 0x1000 },
                LOAD_WRONG_FLASH);
    assert_int_equal(r.wanted, MACHINE_FLASH + 0x1000);
    uint32_t len = r.actual - MACHINE_FLASH; /* header, 256 bytes behind */
    uint32_t at = MACHINE_FLASH + len + 256;
    struct process *p = machine_start(&(struct app){ .fixed_flash = at + len });
    assert_int_equal(process_flash_start(p), at);
}

static void an_app_whose_ram_is_not_to_be_had_is_refused(void **state)
{
    (void)state;
    boot();
    const uint32_t outside[] = { MACHINE_RAM - 16,
                                 MACHINE_RAM + MACHINE_RAM_SIZE,
                                 MACHINE_RAM + MACHINE_RAM_SIZE - 512,
                                 MACHINE_RAM + 4,
                                 16,
                                 0xFFFFFFF0 };
    for (size_t i = 0; i < ARRAY_COUNT(outside); i++)
        refused(&(struct app){ .fixed_ram = outside[i] }, LOAD_RAM_OUTSIDE);
    struct process *p =
        machine_start(&(struct app){ .fixed_ram = MACHINE_RAM + 0x1000 });
    assert_int_equal(process_ram_start(p), MACHINE_RAM + 0x1000);
    struct load_report r = machine_load(
        machine_flash(&(struct app){ .fixed_ram = MACHINE_RAM + 0xF00 }));
    assert_int_equal(r.error, LOAD_RAM_TAKEN);
    assert_int_equal(r.actual, MACHINE_RAM + 0xF00);
    /* It may be free later: the app is known, and can be started then. */
    assert_int_equal(process_boot(r.pid), OK);
    machine_settle();
    assert_null(process_find(process_in_slot(1)));
    order(process_terminate, p);
    assert_int_equal(process_boot(r.pid), OK);
    machine_settle();
    assert_int_equal(process_ram_start(machine_process(1)),
                     MACHINE_RAM + 0xF00);
    assert_int_equal(machine_info(machine_process(1)).restarts, 0);
}

static void an_app_that_wants_too_much_ram_is_refused(void **state)
{
    (void)state;
    boot();
    struct load_report r =
        refused(&(struct app){ .ram = MACHINE_RAM_SIZE }, LOAD_NO_RAM);
    assert_int_equal(r.actual, MACHINE_RAM_SIZE);
    assert_true(r.wanted > MACHINE_RAM_SIZE);
    refused(&(struct app){ .ram = UINT32_MAX }, LOAD_NO_RAM);
    refused(&(struct app){ .ram = UINT32_MAX - 0x1000 }, LOAD_NO_RAM);
    refused(&(struct app){ .ram = MACHINE_RAM_SIZE + 1 }, LOAD_NO_RAM);
}

/* Two apps of which only one fits at a time. */
static void an_app_that_does_not_fit_now_can_be_started_later(void **state)
{
    (void)state;
    const struct app large = { .ram = MACHINE_RAM_SIZE / 2 };
    struct process_info info;
    char line[160];
    enum log_level level;
    boot();
    struct process *p = machine_start(&large);
    uint32_t cursor = klog_end();
    struct load_report r = machine_load(machine_flash(&large));
    assert_int_equal(r.error, LOAD_NO_RAM);
    assert_in_range(r.actual, 1, r.wanted - 1);
    assert_true(process_inspect(1, &info));
    assert_int_equal(info.state, PROCESS_TERMINATED);
    assert_false(info.has_completion);
    assert_int_equal(info.pid.handle, r.pid.handle);
    assert_int_equal(process_boot(r.pid), OK);
    machine_settle();
    assert_true(klog_read(&cursor, line, sizeof line, &level) > 0);
    assert_non_null(strstr(line, "not started: not enough RAM (wanted 0x2010"));
    order(process_terminate, p);
    assert_int_equal(process_boot(r.pid), OK);
    machine_settle();
    assert_int_equal(state_of(machine_process(1)), PROCESS_RUNNING);
    assert_int_equal(process_boot(process_pid(p)), OK);
    machine_settle();
    assert_int_equal(state_of(p), PROCESS_TERMINATED);
    assert_true(machine_info(p).has_completion);
}

/* In turn and for ever, not only once; and nothing is lost by it. */
static void each_life_has_other_ram_than_the_one_before(void **state)
{
    (void)state;
    boot();
    struct process *p = start();
    for (uint32_t life = 0; life < 100; life++) {
        uint32_t before = process_ram_start(p);
        order(life % 3 == 0 ? process_fault : process_terminate, p);
        order(process_boot, p);
        assert_int_equal(state_of(p), PROCESS_RUNNING);
        assert_int_not_equal(process_ram_start(p), before);
        assert_in_range(process_ram_start(p), MACHINE_RAM, MACHINE_RAM + 256);
    }
    order(process_terminate, p);
    struct load_report r = machine_load(
        machine_flash(&(struct app){ .ram = MACHINE_RAM_SIZE - 2048 }));
    assert_int_equal(r.error, LOAD_OK);
}

static void with_no_room_to_move_a_life_has_the_ram_of_the_one_before(
    void **state)
{
    (void)state;
    boot();
    struct process *p = start();
    struct load_report r = machine_load(
        machine_flash(&(struct app){ .ram = MACHINE_RAM_SIZE - 16 }));
    assert_int_equal(r.error, LOAD_NO_RAM);
    uint32_t record = (uint32_t)(sizeof *p + grant_kinds * sizeof(void *));
    machine_start(/* all the rest */
                  &(struct app){ .ram =
                                     r.actual - (record + 15) / 16 * 16 - 16 });
    for (uint32_t life = 0; life < 3; life++) {
        uint32_t before = process_ram_start(p);
        order(process_terminate, p);
        order(process_boot, p);
        assert_int_equal(state_of(p), PROCESS_RUNNING);
        assert_int_equal(process_ram_start(p), before);
    }
}

static void an_app_more_than_there_are_slots_is_refused(void **state)
{
    (void)state;
    boot();
    for (uint32_t i = 0; i < MACHINE_SLOTS; i++)
        start();
    refused(&(struct app){ 0 }, LOAD_NO_SLOT);
}

static void as_many_permissions_as_a_header_holds_are_kept(void **state)
{
    (void)state;
    static struct tbf_permission many[256];
    boot();
    struct process *p = machine_start(
        &(struct app){ .permissions = many, .permission_count = 120 });
    assert_int_equal(p->filter_count, 120);
    refused(&(struct app){ .permissions = many, .permission_count = 256 },
            LOAD_LONG_HEADER);
}

static void a_header_too_long_to_be_read_again_is_refused(void **state)
{
    (void)state;
    static char name[TBF_HEADER_MAX + 1];
    memset(name, 'n', TBF_HEADER_MAX);
    boot();
    struct load_report r =
        refused(&(struct app){ .name = name }, LOAD_LONG_HEADER);
    assert_true(r.wanted > TBF_HEADER_MAX);
    assert_int_equal(r.actual, TBF_HEADER_MAX);
    name[TBF_HEADER_MAX - 64] = '\0';
    (void)machine_start(&(struct app){ .name = name });
}

static void every_reason_has_a_text(void **state)
{
    (void)state;
    for (uint32_t e = LOAD_OK; e <= LOAD_BAD_WRITEABLE; e++) {
        const char *text = load_error_text((enum load_error)e);
        assert_non_null(text);
        assert_in_range(strlen(text), 4, 60);
    }
}

/* ---- RAM that the kernel makes ------------------------------------------------------ */

enum { MOVED_DATA = 64, MOVED_DESCRIPTOR = 80, MOVED_STACK = 48 };

/* An app of four data words, two of them addresses; `table` ends the list. */
static uint32_t flash_movable_of(const struct app *app,
                                 uint32_t second_table_word)
{
    const uint32_t words[] = {
        0x10000004,
        0x60000040,
        7,
        8, /* data, then the descriptor */
        0x10000000,
        64,
        0x60000000,
        256,
        0,
        16,
        MOVED_STACK,
        32,
        MOVED_STACK + 4,
        0,
        0,
        MOVED_STACK + 8,
        16,
        4,
        0,
        8,
        RELOC_RELR,
        0,
        second_table_word,
    };
    uint32_t flash = machine_flash(app);
    struct tbf tbf;
    assert_int_equal(tbf_parse((const uint8_t *)(uintptr_t)flash, 4096, &tbf),
                     TBF_OK);
    uint32_t *to =
        (uint32_t *)(uintptr_t)(flash + tbf.protected_size + MOVED_DATA);
    memcpy(to, words, sizeof words);
    to[4 + RELOC_DATA_OFFSET] = tbf.protected_size + MOVED_DATA;
    to[4 + RELOC_TABLE_OFFSET] =
        tbf.descriptor + (uint32_t)RELOC_DESCRIPTOR_SIZE;
    return flash;
}

static uint32_t flash_movable(uint32_t second_table_word)
{
    return flash_movable_of(&(struct app){ .descriptor = MOVED_DESCRIPTOR },
                            second_table_word);
}

static void assert_prepared(struct process *p)
{
    uint32_t ram = process_ram_start(p), app_break = ram + MOVED_STACK + 48;
    uint32_t binary = process_flash_start(p) + p->protected_size;
    const uint32_t *x = p->context.x;
    assert_int_equal(state_of(p), PROCESS_RUNNING);
    for (uint32_t at = ram; at < app_break; at += 4) {
        uint32_t n = (at - ram - MOVED_STACK) / 4;
        uint32_t want = n == 0   ? binary + 4
                        : n == 1 ? ram + 0x40
                        : n == 2 ? 7
                        : n == 3 ? 8
                                 : 0;
        assert_int_equal(machine_word(at), want);
    }
    assert_int_equal(x[CONTEXT_SP], ram + MOVED_STACK);
    assert_int_equal(x[CONTEXT_GP], ram + MOVED_STACK + 4);
    assert_int_equal(x[CONTEXT_TP], ram + MOVED_STACK + 8);
    assert_int_equal(A(p, 0), binary);
    assert_int_equal(A(p, 1), ram);
    assert_int_equal(A(p, 2), p->ram_end - ram);
    assert_int_equal(A(p, 3), app_break);
    assert_int_equal(p->app_break, app_break);
}

static void an_app_that_moves_is_prepared_before_it_runs(void **state)
{
    (void)state;
    boot();
    struct load_report r = machine_load(flash_movable(3));
    assert_int_equal(r.error, LOAD_OK);
    struct process *p = machine_process(0);
    assert_true(machine_info(p).starting);
    assert_null(process_find(r.pid)); /* not yet */
    assert_int_equal(machine_next(), -1);
    assert_int_equal(process_boot(r.pid), ERR_BUSY);
    machine_settle();
    assert_false(machine_info(p).starting);
    assert_prepared(p);
    for (uint32_t life = 0; life < 10; life++) {
        uint32_t before = process_ram_start(p);
        memset((void *)(uintptr_t)before, 0xEE, MOVED_STACK + 48);
        order(process_terminate, p);
        order(process_boot, p);
        assert_int_not_equal(process_ram_start(p), before);
        assert_prepared(p);
    }
}

static void a_bad_table_leaves_neither_process_nor_ram(void **state)
{
    (void)state;
    char line[160];
    enum log_level level;
    boot();
    uint32_t cursor = klog_end();
    assert_int_equal(machine_load(flash_movable(1u | 1u << 31)).error, LOAD_OK);
    struct process *p = machine_process(0);
    machine_settle();
    assert_true(klog_read(&cursor, line, sizeof line, &level) > 0);
    assert_non_null(strstr(
        line, "not started: relocation: bitmap beyond the data (entry 1)"));
    assert_int_equal(state_of(p), PROCESS_TERMINATED);
    assert_false(machine_info(p).has_completion);
    assert_false(p->has_block);
    uint32_t ram = process_ram_start(p);
    for (uint32_t at = ram + 16; at < ram + MOVED_STACK + 48; at += 4)
        assert_int_equal(machine_word(at), 0); /* but for the free list */
    struct load_report r = machine_load(
        machine_flash(&(struct app){ .ram = MACHINE_RAM_SIZE - 2048 }));
    assert_int_equal(r.error, LOAD_OK);
}

static void a_bad_descriptor_makes_no_process(void **state)
{
    (void)state;
    boot();
    uint32_t flash = flash_movable(3);
    struct tbf tbf;
    assert_int_equal(tbf_parse((const uint8_t *)(uintptr_t)flash, 4096, &tbf),
                     TBF_OK);
    uint32_t *w = (uint32_t *)(uintptr_t)(flash + tbf.descriptor);
    w[RELOC_DATA_AT] = 8;
    struct load_report r = machine_load(flash);
    assert_int_equal(r.error, LOAD_BAD_RELOCATION);
    assert_int_equal(r.wanted, RELOC_BAD_STACK);
    assert_int_equal(r.actual, RELOC_DATA_AT);
    assert_int_equal(r.pid.handle, 0);
    assert_null(machine_process(0));
}

/* The one region, which is what the header ends with, begins at `to` now. */
static void writeable_move(uint32_t flash, uint32_t to)
{
    uint32_t *header = (uint32_t *)(uintptr_t)flash;
    uint32_t *region = header + (header[0] >> 16) / 4 - 2;
    header[TBF_AT_CHECKSUM / 4] ^= *region ^ to;
    *region = to;
}

/* Word by word over descriptor, data and table: refused, and beside them not. */
static void what_ram_is_made_of_is_not_writeable(void **state)
{
    (void)state;
    boot();
    struct tbf tbf;
    const struct tbf_span region = { 0, 4 };
    uint32_t flash =
        flash_movable_of(&(struct app){ .descriptor = MOVED_DESCRIPTOR,
                                        .writeable = &region,
                                        .writeable_count = 1 },
                         3);
    assert_int_equal(tbf_parse((const uint8_t *)(uintptr_t)flash, 4096, &tbf),
                     TBF_OK);
    const uint32_t *w = (uint32_t *)(uintptr_t)(flash + tbf.descriptor);
    uint32_t refused = 0;
    for (uint32_t at = tbf.protected_size; at < tbf.binary_end; at += 4) {
        bool is_used = (at >= tbf.descriptor &&
                        at < tbf.descriptor + RELOC_DESCRIPTOR_SIZE) ||
                       at - w[RELOC_DATA_OFFSET] < w[RELOC_DATA_LENGTH] ||
                       at - w[RELOC_TABLE_OFFSET] < w[RELOC_TABLE_LENGTH];
        writeable_move(flash, at);
        struct load_report r = machine_load(flash);
        assert_int_equal(r.error, is_used ? LOAD_BAD_WRITEABLE : LOAD_OK);
        machine_settle();
        if (!is_used) {
            order(process_terminate, machine_process(0));
            assert_int_equal(process_forget(r.pid), OK);
            continue;
        }
        assert_int_equal(r.wanted, at);
        assert_null(machine_process(0));
        refused++;
    }
    assert_true(refused * 4 >= RELOC_DESCRIPTOR_SIZE);
}

/* ---- reservations ---------------------------------------------------------------------------- */

static struct load_report reserve(const struct app *app, uint32_t *flash)
{
    struct tbf tbf;
    *flash = machine_flash(app);
    assert_int_equal(tbf_parse((const uint8_t *)(uintptr_t)*flash, 4096, &tbf),
                     TBF_OK);
    return process_reserve(*flash, &tbf);
}

/* It can not be loaded there: it must not keep others from there either. */
static void a_fixed_address_that_no_app_can_have_reserves_nothing(void **state)
{
    (void)state;
    uint32_t flash;
    boot();
    struct load_report r = reserve(
        &(struct app){ .fixed_ram = MACHINE_RAM + 4, .ram = 8192 }, &flash);
    assert_int_equal(r.error, LOAD_RAM_OUTSIDE);
    assert_int_equal(machine_load(flash).error, LOAD_RAM_OUTSIDE);
    (void)machine_start(&(struct app){ .ram = 12000 });
}

static void ram_set_aside_is_there_when_its_app_comes(void **state)
{
    (void)state;
    uint32_t flash, ignored;
    boot();
    assert_int_equal(
        reserve(&(struct app){ .fixed_ram = MACHINE_RAM }, &flash).error,
        LOAD_OK);
    assert_int_equal(reserve(&(struct app){ 0 }, &ignored).error, LOAD_OK);
    struct process *p = start();
    assert_true(process_ram_start(p) > MACHINE_RAM);
    assert_int_equal(machine_load(flash).error, LOAD_OK);
    assert_int_equal(process_ram_start(machine_process(1)), MACHINE_RAM);
}

static void reserved_ram_is_used_for_others_only_if_the_loader_wants_it(
    void **state)
{
    (void)state;
    uint32_t flash;
    struct tbf tbf;
    boot();
    const struct app fixed = { .ram = 0x2000,
                               .fixed_ram = MACHINE_RAM + 0x400 };
    assert_int_equal(reserve(&fixed, &flash).error, LOAD_OK);
    uint32_t at = machine_flash(&(struct app){ .ram = 0x2000 });
    assert_int_equal(machine_load(at).error, LOAD_NO_RAM);
    assert_int_equal(tbf_parse((const uint8_t *)(uintptr_t)at, 4096, &tbf),
                     TBF_OK);
    assert_int_equal(process_load(at, &tbf, false).error, LOAD_OK);
    assert_int_equal(machine_load(flash).error, LOAD_RAM_TAKEN);
}

static void a_reservation_is_refused_for_the_same_reasons_as_a_load(
    void **state)
{
    (void)state;
    uint32_t flash;
    boot();
    const struct {
        struct app app;
        enum load_error error;
    } cases[] = {
        { { .fixed_ram = MACHINE_RAM, .kernel_major = 3 },
          LOAD_KERNEL_VERSION },
        { { .fixed_ram = MACHINE_RAM, .fixed_flash = 4 }, LOAD_WRONG_FLASH },
        { { .fixed_ram = MACHINE_RAM, .ram = UINT32_MAX }, LOAD_NO_RAM },
        { { .fixed_ram = 16 }, LOAD_RAM_OUTSIDE },
        { { .fixed_ram = MACHINE_RAM }, LOAD_OK },
        { { .fixed_ram = MACHINE_RAM + 256 }, LOAD_RAM_TAKEN },
        { { .fixed_ram = MACHINE_RAM + 0x2000 }, LOAD_OK },
        { { .fixed_ram = MACHINE_RAM + 0x3000 }, LOAD_NO_SLOT },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(reserve(&cases[i].app, &flash).error, cases[i].error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_begins_with_the_registers_the_abi_gives),
        cmocka_unit_test(a_snapshot_tells_what_there_is_to_know),
        cmocka_unit_test(a_handle_names_one_life_and_no_other),
        cmocka_unit_test(nonsense_names_nobody),
        cmocka_unit_test(a_slot_whose_handles_are_used_up_starts_nobody),
        cmocka_unit_test(a_used_up_slot_is_passed_over_when_an_app_is_loaded),
        cmocka_unit_test(exit_restart_leaves_nothing_of_the_old_life),
        cmocka_unit_test(
            a_start_after_a_fault_in_any_state_leaves_nothing_either),
        cmocka_unit_test(what_is_made_while_a_life_ends_ends_with_it),
        cmocka_unit_test(a_record_knows_nothing_of_what_lay_there),
        cmocka_unit_test(permissions_outlive_a_restart),
        cmocka_unit_test(
            drivers_that_know_a_process_are_told_once_before_it_is_gone),
        cmocka_unit_test(exit_keeps_its_code),
        cmocka_unit_test(an_order_from_inside_a_command_waits_for_the_loop),
        cmocka_unit_test(of_two_orders_the_later_one_counts),
        cmocka_unit_test(each_order_is_refused_in_the_states_it_does_not_fit),
        cmocka_unit_test(a_stopped_process_does_not_run_and_goes_on_as_it_was),
        cmocka_unit_test(by_default_a_faulted_app_stays_down_and_others_go_on),
        cmocka_unit_test(a_board_may_panic_at_a_fault),
        cmocka_unit_test(what_becomes_of_processes_is_traced),
        cmocka_unit_test(restarts_come_each_time_later_and_end_at_the_limit),
        cmocka_unit_test(without_a_limit_restarts_go_on),
        cmocka_unit_test(an_order_to_start_makes_an_end_of_the_waiting),
        cmocka_unit_test(an_unreported_fault_holds_up_its_process_and_no_other),
        cmocka_unit_test(an_app_for_another_kernel_is_refused),
        cmocka_unit_test(an_app_linked_for_another_address_is_refused),
        cmocka_unit_test(an_app_whose_ram_is_not_to_be_had_is_refused),
        cmocka_unit_test(an_app_that_wants_too_much_ram_is_refused),
        cmocka_unit_test(an_app_that_does_not_fit_now_can_be_started_later),
        cmocka_unit_test(each_life_has_other_ram_than_the_one_before),
        cmocka_unit_test(
            with_no_room_to_move_a_life_has_the_ram_of_the_one_before),
        cmocka_unit_test(an_app_more_than_there_are_slots_is_refused),
        cmocka_unit_test(as_many_permissions_as_a_header_holds_are_kept),
        cmocka_unit_test(a_header_too_long_to_be_read_again_is_refused),
        cmocka_unit_test(every_reason_has_a_text),
        cmocka_unit_test(a_fixed_address_that_no_app_can_have_reserves_nothing),
        cmocka_unit_test(an_app_that_moves_is_prepared_before_it_runs),
        cmocka_unit_test(a_bad_table_leaves_neither_process_nor_ram),
        cmocka_unit_test(a_bad_descriptor_makes_no_process),
        cmocka_unit_test(what_ram_is_made_of_is_not_writeable),
        cmocka_unit_test(ram_set_aside_is_there_when_its_app_comes),
        cmocka_unit_test(
            reserved_ram_is_used_for_others_only_if_the_loader_wants_it),
        cmocka_unit_test(
            a_reservation_is_refused_for_the_same_reasons_as_a_load),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
