/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel timers, the comparator under them, and deferred calls.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c */
#include <tests/fake/machine.h>

#include <stdlib.h>
#include <string.h>

#include <berth/hil/chip.h>

/* ---- what has fired ---------------------------------------------------------- */

enum { TIMERS = 12 };
static struct ktimer timers[TIMERS];
static char fired[256]; /* a letter each */
static size_t fired_len;

static void fire(struct ktimer *timer)
{
    assert_false(timer->armed);
    assert_true(fired_len < sizeof fired - 1);
    fired[fired_len++] = (char)('a' + (timer - timers));
    fired[fired_len] = '\0';
}

static void boot(void)
{
    machine_boot(NULL, 0);
    for (uint32_t i = 0; i < TIMERS; i++)
        timers[i].fire = fire;
}

static void assert_fired(const char *letters)
{
    assert_string_equal(fired, letters);
    fired_len = 0;
    fired[0] = '\0';
}

/* ---- timers ------------------------------------------------------------------- */

static void timers_fire_in_order_of_time_and_equals_in_order_of_arming(
    void **state)
{
    (void)state;
    boot();
    ktimer_arm(&timers[0], 30);
    ktimer_arm(&timers[1], 10);
    ktimer_arm(&timers[2], 20);
    ktimer_arm(&timers[3], 10);
    ktimer_arm(&timers[4], 20);
    assert_false(ktimer_run(9));
    assert_true(ktimer_run(10));
    assert_fired("bd");
    assert_true(ktimer_run(29));
    assert_fired("ce");
    assert_true(ktimer_run(UINT64_MAX));
    assert_fired("a");
    assert_false(ktimer_run(UINT64_MAX));
}

static void arming_again_moves_a_timer(void **state)
{
    (void)state;
    boot();
    ktimer_arm(&timers[0], 10);
    ktimer_arm(&timers[1], 20);
    ktimer_arm(&timers[0], 20); /* behind its equal now */
    assert_false(ktimer_run(19));
    assert_true(ktimer_run(20));
    assert_fired("ba");
}

static void disarming_takes_one_out_wherever_it_stands(void **state)
{
    (void)state;
    boot();
    for (uint32_t out = 0; out < 3; out++) {
        for (uint32_t i = 0; i < 3; i++)
            ktimer_arm(&timers[i], 10 + i);
        ktimer_disarm(&timers[out]);
        ktimer_disarm(&timers[out]); /* idle: nothing happens */
        assert_false(timers[out].armed);
        ktimer_run(100);
        assert_fired(out == 0 ? "bc" : out == 1 ? "ac" : "ab");
    }
    ktimer_disarm(&timers[9]); /* never armed */
}

static void fire_and_disarm_next(struct ktimer *timer)
{
    fire(timer);
    ktimer_disarm(timer + 1);
}

static void fire_and_arm_again(struct ktimer *timer)
{
    fire(timer);
    ktimer_arm(timer, timer->due + 10);
}

static void a_timer_may_arm_and_disarm_from_its_call(void **state)
{
    (void)state;
    boot();
    timers[0].fire = fire_and_disarm_next;
    timers[3].fire = fire_and_arm_again;
    ktimer_arm(&timers[0], 10);
    ktimer_arm(&timers[1], 10);
    ktimer_arm(&timers[3], 5);
    ktimer_run(12);
    assert_fired("da");
    ktimer_run(24);
    assert_fired("d");
    assert_int_equal(timers[3].due, 25);
}

static uint64_t earliest(void)
{
    uint64_t due = UINT64_MAX;
    for (uint32_t i = 0; i < TIMERS; i++)
        if (timers[i].armed && timers[i].due < due)
            due = timers[i].due;
    return due;
}

/* Interrupts are taken when the comparator has come, as on the machine. */
static void time_passes(uint64_t to)
{
    for (uint32_t in_vain = 0; machine_comparator <= to; in_vain++) {
        assert_true(in_vain < 3); /* interrupts without progress */
        if (machine_comparator > machine_now)
            machine_now = machine_comparator;
        uint64_t before = machine_comparator;
        cpu.attention = 0;
        if (machine_interrupt(TRAP_IRQ_TIMER))
            ktime_slice(machine_now + 37);
        if (machine_comparator > before)
            in_vain = 0;
    }
    machine_now = to;
}

static void no_timer_is_ever_late_whatever_was_armed_and_disarmed(void **state)
{
    (void)state;
    uint32_t random = 99;
    boot();
    for (uint32_t step = 0; step < 20000; step++) {
        random = random * 1664525u + 1013904223u;
        struct ktimer *timer = &timers[(random >> 8) % TIMERS];
        uint32_t what = (random >> 16) % 8, amount = (random >> 20) % 100;
        if (what < 4)
            ktimer_arm(timer, machine_now + amount);
        else if (what == 4)
            ktimer_disarm(timer);
        else if (what == 5)
            ktime_slice(machine_now + amount);
        else if (what == 6)
            ktime_slice(UINT64_MAX);
        else
            time_passes(machine_now + amount);
        if (what == 7)
            assert_true(earliest() > machine_now);
        assert_true(machine_comparator <= earliest());
        fired_len = 0;
    }
}

static void the_end_of_a_slice_sends_the_app_through_the_loop(void **state)
{
    (void)state;
    boot();
    ktimer_arm(&timers[0], 500);
    ktime_slice(100);
    assert_int_equal(machine_comparator, 100);
    machine_now = 100;
    cpu.attention = 0;
    assert_true(machine_interrupt(TRAP_IRQ_TIMER));
    ktime_slice(1000);
    assert_int_equal(machine_comparator, 500);
    machine_now = 500;
    cpu.attention = 0;
    assert_false(machine_interrupt(TRAP_IRQ_TIMER));
    assert_int_equal(cpu.attention, 0); /* a timer of nobody's concern */
    assert_fired("a");
    assert_int_equal(machine_comparator, 1000);
    ktime_slice(UINT64_MAX);
    assert_int_equal(machine_comparator, UINT64_MAX);
}

static void milliseconds_become_ticks_exactly_at_any_rate(void **state)
{
    (void)state;
    static const uint32_t rates[] = { 1,     999,     1000,     1001,
                                      32768, 1000000, 10000000, 3999999999u };
    static const uint32_t times[] = { 0,    1,      2,       999,       1000,
                                      1001, 123456, 9999999, UINT32_MAX };
    boot();
    for (size_t r = 0; r < ARRAY_COUNT(rates); r++) {
        machine_hz = rates[r];
        assert_int_equal(ktime_hz(), rates[r]);
        for (size_t t = 0; t < ARRAY_COUNT(times); t++)
            assert_true(ktime_of_ms(times[t]) ==
                        (uint64_t)times[t] * rates[r] / 1000);
    }
}

static void the_clock_has_64_bits_and_a_low_half(void **state)
{
    (void)state;
    boot();
    machine_now = 0x1FFFFFFFFu;
    assert_true(ktime_now() == 0x1FFFFFFFFu);
    assert_int_equal(ktime_now_low(), 0xFFFFFFFF);
    ktimer_arm(&timers[0], 0x200000000u);
    assert_false(ktimer_run(machine_now));
    assert_true(ktimer_run(0x200000000u));
}

/* ---- deferred calls ------------------------------------------------------------ */

static struct deferred calls[4];
static struct deferred *again;

static void run(struct deferred *d)
{
    fired[fired_len++] = (char)('a' + (d - calls));
    fired[fired_len] = '\0';
    if (again == d) {
        again = NULL;
        deferred_call(d);
    }
}

static void deferred_calls_run_one_at_a_time_in_the_order_asked_for(
    void **state)
{
    (void)state;
    boot();
    for (uint32_t i = 0; i < ARRAY_COUNT(calls); i++)
        calls[i].run = run;
    assert_false(deferred_run());
    cpu.attention = 0;
    deferred_call(&calls[2]);
    assert_true(cpu.work);
    deferred_call(&calls[0]);
    deferred_call(&calls[2]); /* once is enough */
    deferred_call(&calls[1]);
    assert_fired("");
    assert_true(deferred_run());
    assert_fired("c");
    deferred_call(&calls[2]);
    while (deferred_run())
        ;
    assert_fired("abc");
}

static void a_deferred_call_may_ask_for_itself_again(void **state)
{
    (void)state;
    boot();
    for (uint32_t i = 0; i < ARRAY_COUNT(calls); i++)
        calls[i].run = run;
    again = &calls[0];
    deferred_call(&calls[0]);
    deferred_call(&calls[1]);
    assert_true(deferred_run());
    assert_fired("a");
    assert_true(deferred_run());
    assert_true(deferred_run());
    assert_false(deferred_run());
    assert_fired("ba");
    again = &calls[3];
    deferred_call(&calls[3]); /* the only one */
    assert_true(deferred_run());
    assert_true(deferred_run());
    assert_false(deferred_run());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            timers_fire_in_order_of_time_and_equals_in_order_of_arming),
        cmocka_unit_test(arming_again_moves_a_timer),
        cmocka_unit_test(disarming_takes_one_out_wherever_it_stands),
        cmocka_unit_test(a_timer_may_arm_and_disarm_from_its_call),
        cmocka_unit_test(no_timer_is_ever_late_whatever_was_armed_and_disarmed),
        cmocka_unit_test(the_end_of_a_slice_sends_the_app_through_the_loop),
        cmocka_unit_test(milliseconds_become_ticks_exactly_at_any_rate),
        cmocka_unit_test(the_clock_has_64_bits_and_a_low_half),
        cmocka_unit_test(
            deferred_calls_run_one_at_a_time_in_the_order_asked_for),
        cmocka_unit_test(a_deferred_call_may_ask_for_itself_again),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
