/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a process: started, known by its handle, ended, started again; what is
 * left of a life: nothing.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c kernel/deferred.c
 * SOURCES: kernel/driver.c kernel/filter.c kernel/format.c kernel/grant.c
 * SOURCES: kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c kernel/main.c
 * SOURCES: kernel/memop.c kernel/process.c kernel/life.c kernel/start.c pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c
 * SOURCES: tests/fake/lives.c */
#include <tests/fake/lives.h>

#define GENERATION_MAX 0xFFFFFFu

/* ---- start -------------------------------------------------------------- */

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

/* ---- handles ------------------------------------------------------------ */

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

/* ---- nothing is left ---------------------------------------------------- */

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

/* ---- ends --------------------------------------------------------------- */

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
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
