/* SPDX-License-Identifier: Apache-2.0 */
/* The alarm driver, on the real kernel.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: drivers/alarm.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c */
#include <tests/fake/machine.h>

#include <drivers/alarm.h>

enum { EXISTS, FREQUENCY, NOW, STOP, ARM_RELATIVE = 5, ARM };

static struct alarm_driver driver;
static const struct driver table[] = {
    { DRIVER_ALARM, &alarm_ops, &driver, &driver.grant },
};
static struct process *app;

static void boot_at(uint64_t now)
{
    machine_now = now;
    alarm_init(&driver);
    machine_boot(table, ARRAY_COUNT(table));
    app = machine_start(&(struct app){ 0 });
}

static void boot(void)
{
    boot_at(0x123456789);
}

static void command(uint32_t number, uint32_t arg1, uint32_t arg2)
{
    machine_call(app, SYSCALL_COMMAND, DRIVER_ALARM, number, arg1, arg2);
}

static uint32_t now_low(void)
{
    return (uint32_t)machine_now;
}

static void time_passes(uint64_t ticks)
{
    uint64_t end = machine_now + ticks;
    while (machine_comparator <= end) {
        if (machine_comparator > machine_now)
            machine_now = machine_comparator;
        kernel_interrupt(TRAP_IRQ_TIMER);
    }
    machine_now = end;
}

/* An event is there, and it is this one; it is taken. */
static void assert_fired(uint32_t now, uint32_t expiry)
{
    assert_int_equal(upcall_pending(app), 1);
    machine_call(app, SYSCALL_YIELD, YIELD_WAIT_FOR, DRIVER_ALARM, 0, 0);
    assert_int_equal(A(app, 0), now);
    assert_int_equal(A(app, 1), expiry);
    assert_int_equal(A(app, 2), 0);
}

static void it_exists_and_tells_rate_and_time(void **state)
{
    (void)state;
    boot();
    command(EXISTS, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
    command(FREQUENCY, 0, 0);
    assert_answer(app, SYSRET_SUCCESS_U32, MACHINE_HZ);
    command(NOW, 0, 0);
    assert_answer(app, SYSRET_SUCCESS_U32, 0x23456789);
}

static void other_commands_are_not_supported(void **state)
{
    (void)state;
    static const uint32_t numbers[] = { 4, 7, 8, UINT32_MAX };
    boot();
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        command(numbers[i], 1, 2);
        assert_refused(app, ERR_NOSUPPORT);
    }
}

static void an_alarm_fires_when_its_time_has_come_and_once(void **state)
{
    (void)state;
    boot();
    uint32_t start = now_low();
    command(ARM_RELATIVE, 1000, 0);
    assert_answer(app, SYSRET_SUCCESS_U32, start + 1000);
    time_passes(999);
    assert_int_equal(upcall_pending(app), 0);
    time_passes(1);
    assert_fired(start + 1000, start + 1000);
    time_passes(UINT64_C(1) << 33);
    assert_int_equal(upcall_pending(app), 0);
}

static void an_alarm_counts_from_its_reference(void **state)
{
    (void)state;
    boot();
    uint32_t reference = now_low() - 400;
    command(ARM, reference, 1000);
    assert_answer(app, SYSRET_SUCCESS_U32, reference + 1000);
    time_passes(599);
    assert_int_equal(upcall_pending(app), 0);
    time_passes(1);
    assert_fired(reference + 1000, reference + 1000);
}

static void what_has_expired_fires_at_once(void **state)
{
    (void)state;
    boot();
    const uint32_t now = now_low();
    const struct {
        uint32_t reference, dt;
    } cases[] = {
        { now, 0 },               /* no time at all */
        { now - 1000, 1000 },     /* just now */
        { now - 1000, 999 },      /* a while ago */
        { now + 1, 1000 },        /* from a reference in the future */
        { now + 0x7FFFFFFF, 10 }, /* the same, far off */
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint32_t expiry = cases[i].reference + cases[i].dt;
        command(ARM, cases[i].reference, cases[i].dt);
        assert_answer(app, SYSRET_SUCCESS_U32, expiry);
        assert_fired(now, expiry);
        time_passes(0);
        assert_int_equal(upcall_pending(app), 0);
    }
    command(ARM_RELATIVE, 0, 0);
    assert_fired(now, now);
}

static void the_longest_alarm_is_one_tick_short_of_all_32_bits(void **state)
{
    (void)state;
    boot();
    uint32_t start = now_low();
    command(ARM, start, UINT32_MAX);
    time_passes(UINT32_MAX - 1u);
    assert_int_equal(upcall_pending(app), 0);
    time_passes(1);
    assert_fired(start - 1, start - 1);
}

static void the_clock_of_32_bits_may_wrap_at_any_moment(void **state)
{
    (void)state;
    boot_at(0x1FFFFFF00);
    for (uint32_t step = 0; step < 600; step++) {
        uint32_t reference = now_low() - step % 100;
        command(ARM, reference, 200);
        assert_answer(app, SYSRET_SUCCESS_U32, reference + 200);
        time_passes(199 - step % 100);
        assert_int_equal(upcall_pending(app), 0);
        time_passes(1);
        assert_fired(reference + 200, reference + 200);
    }
    assert_true(machine_now > 0x200000000);
}

static void arming_again_replaces_the_alarm_and_its_event(void **state)
{
    (void)state;
    boot();
    uint32_t start = now_low();
    command(ARM_RELATIVE, 100, 0);
    command(ARM_RELATIVE, 300, 0);
    time_passes(200);
    assert_int_equal(upcall_pending(app), 0);
    time_passes(100);
    assert_int_equal(upcall_pending(app), 1);
    command(ARM_RELATIVE, 500, 0); /* the event was not taken: it is stale */
    assert_int_equal(upcall_pending(app), 0);
    time_passes(500);
    assert_fired(start + 800, start + 800);
    command(ARM_RELATIVE, 500, 0);
    command(ARM, start, 0); /* expired: the other one does not come */
    assert_fired(start + 800, start);
    time_passes(1000);
    assert_int_equal(upcall_pending(app), 0);
}

static void after_a_stop_no_event_comes(void **state)
{
    (void)state;
    boot();
    command(STOP, 0, 0);
    assert_refused(app, ERR_ALREADY);
    command(ARM_RELATIVE, 100, 0);
    command(STOP, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
    command(STOP, 0, 0);
    assert_refused(app, ERR_ALREADY);
    time_passes(1000);
    assert_int_equal(upcall_pending(app), 0);
    command(ARM_RELATIVE, 100, 0);
    time_passes(1000);
    command(STOP, 0, 0); /* it has fired, but nobody has been told yet */
    assert_refused(app, ERR_ALREADY);
    assert_int_equal(upcall_pending(app), 0);
}

static void each_app_has_its_own_alarm(void **state)
{
    (void)state;
    boot();
    uint32_t start = now_low();
    struct process *first = app;
    struct process *second = machine_start(&(struct app){ .name = "second" });
    command(ARM_RELATIVE, 100, 0);
    app = second;
    command(ARM_RELATIVE, 50, 0);
    time_passes(50);
    assert_fired(start + 50, start + 50);
    command(STOP, 0, 0);
    assert_refused(app, ERR_ALREADY);
    time_passes(50);
    assert_int_equal(upcall_pending(app), 0);
    app = first;
    assert_fired(start + 100, start + 100);
}

static void an_alarm_dies_with_its_app(void **state)
{
    (void)state;
    boot();
    command(ARM_RELATIVE, 100, 0);
    machine_call(app, SYSCALL_EXIT, EXIT_RESTART, 0, 0, 0);
    machine_settle();
    time_passes(1000);
    assert_int_equal(upcall_pending(app), 0);
    command(ARM_RELATIVE, 100, 0);
    machine_call(app, SYSCALL_EXIT, EXIT_TERMINATE, 0, 0, 0);
    machine_settle();
    time_passes(1000);
    assert_int_equal(machine_comparator, UINT64_MAX);
}

static void without_room_for_a_grant_arming_is_refused(void **state)
{
    (void)state;
    boot();
    machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, app->grant_break, 0, 0);
    command(ARM_RELATIVE, 100, 0);
    assert_refused(app, ERR_NOMEM);
    command(STOP, 0, 0);
    assert_refused(app, ERR_ALREADY);
}

/* ---- in the loop ------------------------------------------------------------------ */

#define PERIOD 10000u

static struct process *steady;
static uint32_t periods, storm_dt, next_expiry;
static bool is_armed;

/* One arms an alarm each period and waits; the other arms without end. */
static void steady_and_storm(struct process *p)
{
    if (p != steady) {
        machine_call(p, SYSCALL_COMMAND, DRIVER_ALARM, ARM_RELATIVE, storm_dt,
                     0);
        return;
    }
    if (is_armed) {
        machine_call(p, SYSCALL_YIELD, YIELD_WAIT_FOR, DRIVER_ALARM, 0, 0);
        is_armed = false;
        return;
    }
    assert_true(now_low() - next_expiry < PERIOD);
    machine_call(p, SYSCALL_COMMAND, DRIVER_ALARM, ARM, next_expiry, PERIOD);
    next_expiry += PERIOD;
    is_armed = true;
    periods++;
}

static void storm(uint32_t dt)
{
    storm_dt = dt;
    boot_at(UINT32_MAX - 200000u); /* and the clock wraps meanwhile */
    steady = app;
    machine_start(&(struct app){ .name = "storm" });
    next_expiry = now_low();
    machine_run(steady_and_storm, machine_now + 100 * PERIOD);
    assert_in_range(periods, 99, 101);
}

static void alarms_armed_without_end_for_now_hold_up_no_other(void **state)
{
    (void)state;
    storm(0);
}

static void alarms_armed_without_end_for_the_next_tick_hold_up_no_other(
    void **state)
{
    (void)state;
    storm(1);
}

static void alarms_armed_without_end_for_soon_hold_up_no_other(void **state)
{
    (void)state;
    storm(20);
}

static void alarms_armed_without_end_for_later_hold_up_no_other(void **state)
{
    (void)state;
    storm(PERIOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_exists_and_tells_rate_and_time),
        cmocka_unit_test(other_commands_are_not_supported),
        cmocka_unit_test(an_alarm_fires_when_its_time_has_come_and_once),
        cmocka_unit_test(an_alarm_counts_from_its_reference),
        cmocka_unit_test(what_has_expired_fires_at_once),
        cmocka_unit_test(the_longest_alarm_is_one_tick_short_of_all_32_bits),
        cmocka_unit_test(the_clock_of_32_bits_may_wrap_at_any_moment),
        cmocka_unit_test(arming_again_replaces_the_alarm_and_its_event),
        cmocka_unit_test(after_a_stop_no_event_comes),
        cmocka_unit_test(each_app_has_its_own_alarm),
        cmocka_unit_test(an_alarm_dies_with_its_app),
        cmocka_unit_test(without_room_for_a_grant_arming_is_refused),
        cmocka_unit_test(alarms_armed_without_end_for_now_hold_up_no_other),
        cmocka_unit_test(
            alarms_armed_without_end_for_the_next_tick_hold_up_no_other),
        cmocka_unit_test(alarms_armed_without_end_for_soon_hold_up_no_other),
        cmocka_unit_test(alarms_armed_without_end_for_later_hold_up_no_other),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
