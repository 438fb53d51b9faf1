/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's loop, with scripts in place of apps: slices, idling, wake-ups,
 * the watchdog, work that is put off, walls.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c */
#include <kernel/flash_hold.h>
#include <tests/fake/machine.h>

#include <string.h>

#define MS (MACHINE_HZ / 1000u)

/* ---- a driver with an event, a timer and a resumed() ----------------------------- */

enum { DEVICE = 0x50 };

static struct grant grant = { .layout = { .upcalls = 1 } };
static struct {
    uint32_t times;
    struct process *process;
} resumed;

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    (void)self, (void)number, (void)arg1, (void)arg2, (void)p;
    return sysret_success();
}

static void device_resumed(void *self, struct process *p)
{
    (void)self;
    resumed.times++;
    resumed.process = p;
}

static const struct driver_ops ops = { .command = command,
                                       .resumed = device_resumed };
static const struct driver_ops deaf = { .command = command };
static const struct driver table[] = {
    { 0x40, &deaf, NULL, NULL },
    { DEVICE, &ops, NULL, &grant },
};

static struct process *a, *b;

static void boot(void)
{
    machine_boot(table, ARRAY_COUNT(table));
    a = machine_start(&(struct app){ .name = "a" });
    b = machine_start(&(struct app){ .name = "b" });
    assert_non_null(grant_enter(&grant, a));
    assert_non_null(grant_enter(&grant, b));
}

/* ---- what apps do ------------------------------------------------------------------ */

static uint64_t used[MACHINE_SLOTS];      /* time each had */
static uint64_t first_ran[MACHINE_SLOTS]; /* after it was last woken */
static uint32_t woken[MACHINE_SLOTS];

static void compute(struct process *p)
{
    uint64_t before = machine_now;
    machine_spend(1000);
    used[process_slot(p)] += machine_now - before;
}

/* Waits for the driver's event again and again. */
static void wait(struct process *p)
{
    uint32_t slot = process_slot(p);
    first_ran[slot] = machine_now;
    woken[slot]++;
    machine_call(p, SYSCALL_YIELD, YIELD_WAIT_FOR, DEVICE, 0, 0);
}

static void compute_both(struct process *p)
{
    compute(p);
}

static void a_waits_b_computes(struct process *p)
{
    if (p == a)
        wait(p);
    else
        compute(p);
}

static void wait_both(struct process *p)
{
    wait(p);
}

static uint64_t event_at;

static void event_for_a(void)
{
    event_at = machine_now;
    assert_int_equal(upcall_queue(&grant, a, 0, 1, 2, 3), OK);
}

/* ---- slices ------------------------------------------------------------------------ */

static void two_that_compute_share_the_time_slice_by_slice(void **state)
{
    (void)state;
    boot();
    machine_run(compute_both, 1000 * MS);
    assert_in_range(used[0], 480 * MS, 520 * MS);
    assert_in_range(used[1], 480 * MS, 520 * MS);
    assert_in_range(machine_info(a).slices, 48, 51);
    assert_int_equal(machine_idled, 0);
}

static void a_cooperative_board_takes_the_processor_from_nobody(void **state)
{
    (void)state;
    machine_config.scheduler = &sched_cooperative;
    boot();
    machine_run(compute_both, 1000 * MS);
    assert_true(used[0] == 0 || used[1] == 0);
    assert_true(used[0] + used[1] >= 990 * MS);
    assert_int_equal(machine_comparator, UINT64_MAX);
}

static void the_only_process_keeps_going(void **state)
{
    (void)state;
    machine_boot(table, ARRAY_COUNT(table));
    a = machine_start(&(struct app){ .name = "a" });
    machine_run(compute_both, 1000 * MS);
    assert_true(used[0] >= 990 * MS);
}

/* ---- sleep and wake ------------------------------------------------------------------ */

static void when_all_wait_the_kernel_sleeps(void **state)
{
    (void)state;
    boot();
    machine_interrupt_at(50 * MS, event_for_a);
    machine_run(wait_both, 100 * MS);
    assert_int_equal(woken[0], 2);
    assert_int_equal(woken[1], 1);
    assert_int_equal(machine_idled, 2);
    assert_int_equal(machine_comparator, UINT64_MAX);
    assert_in_range(first_ran[0], 50 * MS, 50 * MS + 5);
}

static void an_interrupt_before_the_sleep_is_not_slept_through(void **state)
{
    (void)state;
    boot();
    machine_interrupt_at(0, event_for_a);
    machine_interrupt_at(1, event_for_a);
    machine_interrupt_at(2, event_for_a);
    machine_interrupt_at(3, event_for_a);
    machine_run(wait_both, 100 * MS);
    assert_int_equal(woken[0], 5);
    assert_int_equal(upcall_pending(a), 0);
}

static void who_an_event_wakes_runs_before_one_that_computes(void **state)
{
    (void)state;
    boot();
    machine_interrupt_at(123456, event_for_a);
    machine_run(a_waits_b_computes, 200 * MS);
    assert_int_equal(event_at, 123456);
    assert_in_range(first_ran[0], 123456, 123460);
    assert_true(used[1] > 190 * MS);
}

static struct ktimer timer;

static void timer_fires(struct ktimer *t)
{
    (void)t;
    event_for_a();
}

static void a_timer_wakes_its_process_in_the_middle_of_anothers_slice(
    void **state)
{
    (void)state;
    boot();
    timer.fire = timer_fires;
    ktimer_arm(&timer, 77777);
    machine_run(a_waits_b_computes, 200 * MS);
    assert_int_equal(event_at, 77777);
    assert_in_range(first_ran[0], 77777, 77782);
}

static void a_timer_wakes_its_process_out_of_sleep(void **state)
{
    (void)state;
    boot();
    timer.fire = timer_fires;
    ktimer_arm(&timer, 77777);
    machine_run(wait_both, 200 * MS);
    assert_int_equal(event_at, 77777);
    assert_int_equal(woken[0], 2);
}

/* Time asleep belongs to nobody, so a slice after it is a whole one. */
static void what_a_process_sleeps_is_not_charged_to_it(void **state)
{
    (void)state;
    boot();
    machine_interrupt_at(900 * MS, event_for_a);
    machine_run(wait_both, 1000 * MS);
    assert_int_equal(machine_info(a).slices, 0);
    assert_int_equal(machine_info(b).slices, 0);
}

/* ---- faults, watchdog ------------------------------------------------------------------ */

static void a_breaks(struct process *p)
{
    if (p == a && machine_now > 20 * MS)
        machine_fault(5, 0xBAD);
    compute(p);
}

static void a_fault_ends_one_and_the_other_has_all_the_time(void **state)
{
    (void)state;
    struct fault_facts facts;
    boot();
    machine_run(a_breaks, 1000 * MS);
    assert_true(process_facts(0, &facts));
    assert_int_equal(facts.info.state, PROCESS_FAULTED);
    assert_int_equal(facts.cause, 5);
    assert_int_equal(facts.value, 0xBAD);
    assert_true(used[1] > 950 * MS);
}

static void a_yields_now_and_then(struct process *p)
{
    if (p == a && machine_now / MS % 50 == 0)
        machine_call(p, SYSCALL_YIELD, YIELD_NO_WAIT, 0, 0, 0);
    compute(p);
}

static void the_watchdog_ends_who_never_yields(void **state)
{
    (void)state;
    machine_config.watchdog_ms = 100;
    struct fault_facts facts;
    boot();
    machine_run(a_yields_now_and_then, 1000 * MS);
    assert_int_equal(machine_info(a).state, PROCESS_RUNNING);
    assert_true(process_facts(1, &facts));
    assert_int_equal(facts.info.state, PROCESS_FAULTED);
    assert_int_equal(facts.cause, FAULT_WATCHDOG);
    assert_in_range(used[1], 90 * MS, 110 * MS);
}

static void without_a_watchdog_one_may_compute_for_ever(void **state)
{
    (void)state;
    boot();
    machine_run(compute_both, 2000 * MS);
    assert_int_equal(machine_info(a).state, PROCESS_RUNNING);
    assert_int_equal(machine_info(b).state, PROCESS_RUNNING);
}

static void a_exits_b_restarts_once(struct process *p)
{
    woken[process_slot(p)]++;
    if (p == a)
        machine_call(p, SYSCALL_EXIT, EXIT_TERMINATE, 3, 0, 0);
    else if (woken[1] == 1)
        machine_call(p, SYSCALL_EXIT, EXIT_RESTART, 0, 0, 0);
    else
        machine_call(p, SYSCALL_YIELD, YIELD_WAIT, 0, 0, 0);
}

static void an_exit_is_the_last_thing_a_life_does(void **state)
{
    (void)state;
    boot();
    pid_handle_t before = process_pid(b);
    machine_run(a_exits_b_restarts_once, 100 * MS);
    assert_int_equal(woken[0], 1);
    assert_int_equal(woken[1], 2);
    assert_int_equal(machine_info(a).completion, 3);
    assert_int_equal(machine_info(b).state, PROCESS_YIELDED);
    assert_false(pid_equal(before, process_pid(b)));
}

/* ---- orders ------------------------------------------------------------------------------ */

static uint64_t used_at_stop;

static void stop_a(void)
{
    used_at_stop = used[0];
    assert_int_equal(process_stop(process_pid(a)), OK);
}

static void resume_a(void)
{
    assert_int_equal(used[0], used_at_stop);
    assert_int_equal(process_resume(process_pid(a)), OK);
}

static void a_stop_takes_effect_before_the_app_goes_on(void **state)
{
    (void)state;
    machine_boot(table, ARRAY_COUNT(table));
    a = machine_start(&(struct app){ .name = "a" });
    machine_interrupt_at(33 * MS, stop_a);
    machine_interrupt_at(66 * MS, resume_a);
    machine_run(compute_both, 100 * MS);
    assert_true(used_at_stop <= 33 * MS);
    assert_in_range(used[0] - used_at_stop, 33 * MS, 35 * MS);
    assert_true(machine_idled > 0);
}

/* ---- work put off ------------------------------------------------------------------------- */

static struct deferred work;
static uint32_t pieces, served;
static uint64_t worst_delay;

static void work_piece(struct deferred *d)
{
    machine_now += 100; /* work takes time */
    if (++pieces < 200)
        deferred_call(d);
}

static void work_start(void)
{
    deferred_call(&work);
}

static void device(void)
{
    uint64_t due = 10100 + 1000 * served++;
    if (machine_now - due > worst_delay)
        worst_delay = machine_now - due;
}

static void a_series_of_deferred_calls_holds_up_no_interrupt(void **state)
{
    (void)state;
    boot();
    work.run = work_piece;
    machine_interrupt_at(10000, work_start);
    for (uint32_t n = 0; n < 18; n++)
        machine_interrupt_at(10100 + 1000 * n, device);
    machine_run(compute_both, 100 * MS);
    assert_int_equal(pieces, 200);
    assert_int_equal(served, 18);
    assert_true(worst_delay <= 100);
}

static void timer_notes(struct ktimer *t)
{
    worst_delay = machine_now - t->due;
    served++;
}

static void a_series_of_deferred_calls_holds_up_no_timer(void **state)
{
    (void)state;
    boot();
    work.run = work_piece;
    timer.fire = timer_notes;
    ktimer_arm(&timer, 15050);
    machine_interrupt_at(10000, work_start);
    machine_run(compute_both, 100 * MS);
    assert_int_equal(served, 1);
    assert_true(worst_delay <= 100);
}

static void work_for_ever(struct deferred *d)
{
    machine_now += 100;
    pieces++;
    deferred_call(d);
}

/* A device that is always ready, and an app that always has text for it. */
static void a_series_of_deferred_calls_holds_up_no_process(void **state)
{
    (void)state;
    boot();
    work.run = work_for_ever;
    machine_interrupt_at(10000, work_start);
    machine_run(compute_both, 1000 * MS);
    assert_true(pieces > 1000);
    for (uint32_t slot = 0; slot < 2; slot++)
        assert_in_range(used[slot], 300 * MS, 500 * MS);
    /* What was done meanwhile is not taken off anybody's slice for long. */
    assert_in_range(used[0] > used[1] ? used[0] - used[1] : used[1] - used[0],
                    0, 2 * MACHINE_SLICE);
}

/* Nor one that has been ahead of the queue already, once it may again. */
static void a_series_of_deferred_calls_ends_when_a_window_does(void **state)
{
    (void)state;
    boot();
    work.run = work_for_ever;
    machine_interrupt_at(1000, event_for_a);
    machine_interrupt_at(9500, work_start);
    machine_interrupt_at(9700, event_for_a);
    machine_run(a_waits_b_computes, 20 * MS);
    assert_int_equal(woken[0], 3);
    assert_in_range(first_ran[0], 10000, 10300); /* its end was 10000 */
}

/* While nobody can run there is no reason to stop. */
static void with_nobody_to_run_a_series_goes_on_at_once(void **state)
{
    (void)state;
    boot();
    work.run = work_piece;
    machine_interrupt_at(10000, work_start);
    machine_run(wait_both, 35 * MS);
    assert_int_equal(pieces, 200);
}

/* ---- app flash that cannot be read ----------------------------------------------------------- */

static bool is_held;
static struct deferred reader, bringer;
static uint32_t brought;

static void hold_ends(struct ktimer *t)
{
    (void)t;
    is_held = false;
    flash_release();
    deferred_call(&reader);
}

static void bring(struct deferred *d)
{
    assert_true(is_held);
    if (++brought < 5)
        flash_call(d);
}

static void hold_begins(struct deferred *d)
{
    (void)d;
    is_held = true;
    flash_hold();
    deferred_call(&reader); /* as others may */
    bringer.run = bring;
    flash_call(&bringer);
    timer.fire = hold_ends;
    ktimer_arm(&timer, machine_now + 25 * MS);
}

static void reads_flash(struct deferred *d)
{
    (void)d;
    assert_false(is_held);
    pieces++;
}

static void compute_unheld(struct process *p)
{
    assert_false(is_held);
    compute(p);
}

static void device_unheld(void)
{
    served++;
    worst_delay += is_held;
    if (is_held && served == 2)
        assert_int_equal(process_fault(b->pid), OK); /* waits as well */
}

static void while_app_flash_is_held_nobody_reads_it_but_interrupts_are_served(
    void **state)
{
    (void)state;
    boot();
    work.run = hold_begins;
    reader.run = reads_flash;
    machine_interrupt_at(10000, work_start);
    for (uint32_t n = 0; n < 5; n++)
        machine_interrupt_at(15000 + 4000 * n, device_unheld);
    machine_run(compute_unheld, 100 * MS);
    assert_int_equal(served, 5);
    assert_int_equal(worst_delay, 5); /* all of them during it */
    assert_int_equal(pieces, 1);
    assert_int_equal(brought, 5);
    assert_int_equal(b->state, PROCESS_FAULTED);
    assert_true(used[0] > 50 * MS);
    assert_in_range(used[0] + used[1], 70 * MS, 76 * MS);
}

/* A hold is time, too: who had an event in it may go ahead with the next. */
static void a_window_ends_while_app_flash_is_held(void **state)
{
    (void)state;
    boot();
    work.run = hold_begins;
    reader.run = reads_flash;
    machine_interrupt_at(10000, work_start);
    machine_interrupt_at(20000, event_for_a);
    machine_interrupt_at(36500, event_for_a);
    machine_run(a_waits_b_computes, 60 * MS);
    assert_int_equal(woken[0], 3);
    assert_in_range(first_ran[0], 36500, 37500);
}

/* ---- walls -------------------------------------------------------------------------------- */

static uint32_t calls;

static void call_often(struct process *p)
{
    static const struct {
        uint32_t class, a0;
    } kinds[] = {
        { SYSCALL_COMMAND, DEVICE },   { SYSCALL_MEMOP, MEMOP_RAM_START },
        { SYSCALL_SUBSCRIBE, DEVICE }, { SYSCALL_YIELD, YIELD_NO_WAIT },
        { SYSCALL_ALLOW_RW, DEVICE },
    };
    uint32_t n = calls++ % ARRAY_COUNT(kinds);
    machine_call(p, kinds[n].class, kinds[n].a0, 0, 0, 0);
}

static void the_way_back_to_the_same_process_raises_no_wall(void **state)
{
    (void)state;
    machine_boot(table, ARRAY_COUNT(table));
    a = machine_start(&(struct app){ .name = "a" });
    uint32_t loads = machine_loads;
    machine_run(call_often, 100 * MS);
    assert_true(calls > 50000);
    assert_true(machine_loads <= loads + 1);
}

static void each_switch_raises_one_wall(void **state)
{
    (void)state;
    boot();
    uint32_t loads = machine_loads;
    machine_run(compute_both, 1000 * MS);
    assert_in_range(machine_loads - loads, 95, 105);
}

/* Reading the header of an app takes the walls down; the loop puts one up. */
static void look(void)
{
    struct process_info info;
    assert_true(process_inspect(1, &info));
}

static void the_wall_is_back_before_an_app_goes_on(void **state)
{
    (void)state;
    machine_boot(table, ARRAY_COUNT(table));
    a = machine_start(&(struct app){ .name = "a" });
    b = machine_start(&(struct app){ .name = "b" });
    for (uint32_t n = 0; n < 20; n++)
        machine_interrupt_at(2000 + 3333 * n, look);
    machine_run(compute_both, 100 * MS); /* which asserts it */
    assert_true(used[0] + used[1] > 98 * MS);
}

static void only_who_asked_for_it_is_announced_when_it_goes_on(void **state)
{
    (void)state;
    boot();
    process_tell_resumed(a, true);
    machine_run(compute_both, 200 * MS);
    assert_in_range(resumed.times, 9, 12);
    assert_ptr_equal(resumed.process, a);
}

/* ---- boot ---------------------------------------------------------------------------------- */

static void the_loop_is_entered_once(void **state)
{
    (void)state;
    boot();
    machine_run(compute_both, 10);
    expect_panic(machine_run(compute_both, 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_that_compute_share_the_time_slice_by_slice),
        cmocka_unit_test(a_cooperative_board_takes_the_processor_from_nobody),
        cmocka_unit_test(the_only_process_keeps_going),
        cmocka_unit_test(when_all_wait_the_kernel_sleeps),
        cmocka_unit_test(an_interrupt_before_the_sleep_is_not_slept_through),
        cmocka_unit_test(who_an_event_wakes_runs_before_one_that_computes),
        cmocka_unit_test(
            a_timer_wakes_its_process_in_the_middle_of_anothers_slice),
        cmocka_unit_test(a_timer_wakes_its_process_out_of_sleep),
        cmocka_unit_test(what_a_process_sleeps_is_not_charged_to_it),
        cmocka_unit_test(a_fault_ends_one_and_the_other_has_all_the_time),
        cmocka_unit_test(the_watchdog_ends_who_never_yields),
        cmocka_unit_test(without_a_watchdog_one_may_compute_for_ever),
        cmocka_unit_test(an_exit_is_the_last_thing_a_life_does),
        cmocka_unit_test(a_stop_takes_effect_before_the_app_goes_on),
        cmocka_unit_test(a_series_of_deferred_calls_holds_up_no_interrupt),
        cmocka_unit_test(a_series_of_deferred_calls_holds_up_no_timer),
        cmocka_unit_test(a_series_of_deferred_calls_holds_up_no_process),
        cmocka_unit_test(
            while_app_flash_is_held_nobody_reads_it_but_interrupts_are_served),
        cmocka_unit_test(with_nobody_to_run_a_series_goes_on_at_once),
        cmocka_unit_test(a_series_of_deferred_calls_ends_when_a_window_does),
        cmocka_unit_test(a_window_ends_while_app_flash_is_held),
        cmocka_unit_test(the_way_back_to_the_same_process_raises_no_wall),
        cmocka_unit_test(each_switch_raises_one_wall),
        cmocka_unit_test(the_wall_is_back_before_an_app_goes_on),
        cmocka_unit_test(only_who_asked_for_it_is_announced_when_it_goes_on),
        cmocka_unit_test(the_loop_is_entered_once),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
