/* SPDX-License-Identifier: Apache-2.0 */
/* Events on their way to a process: the kernel against a model of a page, in
 * every order of events, yields, subscriptions and orders up to a length.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c */
#include <tests/fake/machine.h>

#include <stdlib.h>
#include <string.h>

/* Three kinds of event: two of one driver, one of another. */
enum { KINDS = 3 };
static const struct {
    uint32_t driver, number;
} kinds[KINDS] = { { 0x101, 0 }, { 0x101, 1 }, { 0x202, 0 } };

static struct sysret no_command(void *self, uint32_t number, uint32_t arg1,
                                uint32_t arg2, struct process *p)
{
    (void)self, (void)number, (void)arg1, (void)arg2, (void)p;
    return sysret_success();
}

static const struct driver_ops ops = { .command = no_command };
static struct grant first = { .layout = { .upcalls = 2 } };
static struct grant second = { .layout = { .upcalls = 1, .size = 8 } };
static struct grant unused = { .layout = { .upcalls = 1 } };
static const struct driver table[] = {
    { 0x101, &ops, NULL, &first },
    { 0x202, &ops, NULL, &second },
    { 0x303, &ops, NULL, &unused },
    { 0x404, &ops, NULL, NULL },
};
static struct grant *const grant_of_kind[KINDS] = { &first, &first, &second };

static struct process *app;
static uint32_t flag; /* where a yield-no-wait answers */

static void boot(void)
{
    machine_boot(table, ARRAY_COUNT(table));
    app = machine_start(&(struct app){ .ram = 128 });
    flag = process_ram_start(app) + 3;
    assert_non_null(grant_enter(&first, app));
    assert_non_null(grant_enter(&second, app));
}

static uint32_t code(uint32_t n)
{
    return process_flash_start(app) + app->protected_size + 4 * n;
}

/* ---- the model ---------------------------------------------------------------- */

enum { RUNS, WAITS, WAITS_FOR };
enum { NOTHING = KINDS }; /* to wait for: it never comes */

struct model {
    uint32_t state, awaited;
    bool stopped;
    uint32_t function[KINDS], userdata[KINDS];
    struct {
        uint32_t kind, arg;
    } queue[8];
    uint32_t queued, dropped;
    uint32_t pc, ra, a[4];
};

static struct model model;

static void model_remove(uint32_t n)
{
    memmove(&model.queue[n], &model.queue[n + 1],
            (7 - n) * sizeof model.queue[0]);
    model.queued--;
}

/* The oldest event of that kind, or with a function (KINDS), or without one
 * (KINDS + 1); model.queued if there is none. */
static uint32_t model_oldest(uint32_t kind)
{
    uint32_t n = 0;
    for (; n < model.queued; n++) {
        uint32_t is = model.queue[n].kind;
        bool has_function = model.function[is] != 0;
        if (is == kind || (kind == KINDS && has_function) ||
            (kind == KINDS + 1 && !has_function))
            break;
    }
    return n;
}

static void model_call(uint32_t kind, uint32_t arg)
{
    model.ra = model.pc;
    model.pc = model.function[kind];
    model.a[3] = model.userdata[kind];
    for (uint32_t i = 0; i < 3; i++)
        model.a[i] = arg + i;
}

static void model_answer(uint32_t arg)
{
    for (uint32_t i = 0; i < 3; i++)
        model.a[i] = arg + i;
}

static err_t model_event(uint32_t kind, uint32_t arg)
{
    if (model.state == WAITS && model.function[kind] != 0) {
        model_call(kind, arg);
        model.state = RUNS;
        return OK;
    }
    if (model.state == WAITS_FOR && model.awaited == kind) {
        model_answer(arg);
        model.state = RUNS;
        return OK;
    }
    if (model.queued == 8) {
        model.dropped++;
        uint32_t n = model_oldest(KINDS + 1);
        if (model.function[kind] == 0 || n == 8)
            return ERR_NOMEM;
        model_remove(n);
    }
    model.queue[model.queued].kind = kind;
    model.queue[model.queued++].arg = arg;
    return OK;
}

/* True if an event was delivered. */
static bool model_deliver(uint32_t kind)
{
    uint32_t n = model_oldest(kind);
    if (n == model.queued)
        return false;
    if (kind == KINDS)
        model_call(model.queue[n].kind, model.queue[n].arg);
    else
        model_answer(model.queue[n].arg);
    model_remove(n);
    return true;
}

static void model_forget(uint32_t kind)
{
    uint32_t n;
    while ((n = model_oldest(kind)) < model.queued)
        model_remove(n);
}

/* ---- both of them ------------------------------------------------------------------ */

static uint32_t counter; /* makes every argument and function unlike others */

static void event(uint32_t kind)
{
    uint32_t arg = ++counter * 16;
    err_t e = upcall_queue(grant_of_kind[kind], app, kinds[kind].number, arg,
                           arg + 1, arg + 2);
    assert_int_equal(e, model_event(kind, arg));
}

static void call(uint32_t class, uint32_t a0, uint32_t a1, uint32_t a2,
                 uint32_t a3)
{
    model.pc += 4;
    model.a[0] = a0, model.a[1] = a1, model.a[2] = a2, model.a[3] = a3;
    machine_call(app, class, a0, a1, a2, a3);
}

static void yield_no_wait(void)
{
    machine_poke(flag, 0xFF);
    call(SYSCALL_YIELD, YIELD_NO_WAIT, flag, 77, 78);
    assert_int_equal(machine_peek(flag), model_deliver(KINDS));
}

static void yield_wait(void)
{
    call(SYSCALL_YIELD, YIELD_WAIT, 76, 77, 78);
    if (!model_deliver(KINDS))
        model.state = WAITS;
}

static void yield_wait_for(uint32_t kind)
{
    uint32_t driver = kind == NOTHING ? 0x999 : kinds[kind].driver;
    uint32_t number = kind == NOTHING ? 0 : kinds[kind].number;
    call(SYSCALL_YIELD, YIELD_WAIT_FOR, driver, number, 78);
    if (kind != NOTHING && model_deliver(kind))
        return;
    model.state = WAITS_FOR;
    model.awaited = kind;
}

static void subscribe(uint32_t kind, bool with_function)
{
    uint32_t function = with_function ? code(++counter % 32) : 0;
    uint32_t userdata = ++counter;
    call(SYSCALL_SUBSCRIBE, kinds[kind].driver, kinds[kind].number, function,
         userdata);
    model.a[0] = SYSRET_SUCCESS_2U32;
    model.a[1] = model.function[kind];
    model.a[2] = model.userdata[kind];
    model.function[kind] = function;
    model.userdata[kind] = userdata;
    model_forget(kind);
}

static void order(bool stop)
{
    err_t e = stop ? process_stop(app->pid) : process_resume(app->pid);
    assert_int_equal(e, model.stopped == stop ? ERR_INVAL : OK);
    model.stopped = stop;
}

static void compare(bool could_run)
{
    const uint32_t *x = app->context.x;
    bool can_run = model.state == RUNS && !model.stopped;

    assert_int_equal(x[CONTEXT_PC], model.pc);
    assert_int_equal(x[CONTEXT_RA], model.ra);
    assert_memory_equal(&A(app, 0), model.a, sizeof model.a);
    assert_int_equal(upcall_pending(app), model.queued);
    assert_int_equal(machine_next(), can_run ? 0 : -1);
    if (can_run != could_run) /* else the way back would not find out */
        assert_true(cpu.reschedule);
}

/* What may happen. The second group only the app itself does. */
enum step {
    EVENT_0,
    EVENT_1,
    EVENT_2,
    STOP,
    RESUME,
    FORGET_0,
    NO_WAIT,
    WAIT,
    WAIT_0,
    WAIT_1,
    WAIT_2,
    WAIT_NOTHING,
    FUNCTION_0,
    NULL_0,
    FUNCTION_1,
    NULL_1,
    STEPS
};

static bool step_is_possible(enum step step)
{
    return step < NO_WAIT || (model.state == RUNS && !model.stopped);
}

static void step_do(enum step step)
{
    bool could_run = model.state == RUNS && !model.stopped;
    cpu.attention = 0;
    if (step <= EVENT_2)
        event((uint32_t)step - EVENT_0);
    else if (step <= RESUME)
        order(step == STOP);
    else if (step == FORGET_0)
        upcall_drop(&first, app, 0), model_forget(0);
    else if (step == NO_WAIT)
        yield_no_wait();
    else if (step == WAIT)
        yield_wait();
    else if (step <= WAIT_NOTHING)
        yield_wait_for((uint32_t)step - WAIT_0);
    else
        subscribe(step < FUNCTION_1 ? 0 : 1,
                  step == FUNCTION_0 || step == FUNCTION_1);
    compare(could_run);
}

/* ---- every order ------------------------------------------------------------------- */

/* All there is to know: the kernel's part of the process, and the scheduler. */
struct snapshot {
    uint8_t grants[2048], record[1024];
    struct sched sched;
    uint32_t budgets[MACHINE_SLOTS];
    struct model model;
};

static uint32_t kernel_part(void)
{
    return (app->app_break + 7) & ~7u;
}

static void *record(void)
{
    return process_grants(app) + 1 - grant_kinds;
}

static uint32_t record_len(void)
{
    return (uint32_t)((uintptr_t)(app + 1) - (uintptr_t)record());
}

static void snapshot_take(struct snapshot *s)
{
    uint32_t len = app->ram_end - kernel_part();
    assert_true(len <= sizeof s->grants && record_len() <= sizeof s->record);
    memcpy(s->grants, (void *)(uintptr_t)kernel_part(), len);
    memcpy(s->record, record(), record_len());
    s->sched = *machine_config.sched;
    memcpy(s->budgets, machine_config.sched->budget, sizeof s->budgets);
    s->model = model;
}

static void snapshot_put(const struct snapshot *s, uint32_t len)
{
    memcpy((void *)(uintptr_t)(app->ram_end - len), s->grants, len);
    memcpy(record(), s->record, record_len());
    *machine_config.sched = s->sched;
    memcpy(machine_config.sched->budget, s->budgets, sizeof s->budgets);
    model = s->model;
}

#define DEPTH_MAX 8
static struct snapshot snapshots[DEPTH_MAX];
static enum step path[DEPTH_MAX];
static uint32_t path_len;
static uint64_t tried;

/* What led to a failure is told before it. */
static void path_add(uint32_t depth, enum step step)
{
    path[depth] = step;
    path_len = depth + 1;
}

static int path_show(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < path_len; i++)
        print_error("step %u: %u\n", (unsigned)i, (unsigned)path[i]);
    return 0;
}

static void explore(uint32_t depth, uint32_t limit)
{
    if (depth == limit) {
        assert_int_equal(app->dropped, model.dropped);
        return;
    }
    struct snapshot *s = &snapshots[depth];
    snapshot_take(s);
    uint32_t len = app->ram_end - kernel_part();
    for (enum step step = 0; step < STEPS; step++) {
        if (!step_is_possible(step))
            continue;
        path_add(depth, step);
        tried++;
        step_do(step);
        explore(depth + 1, limit);
        snapshot_put(s, len);
    }
}

static void model_reset(void)
{
    memset(&model, 0, sizeof model);
    model.pc = app->context.x[CONTEXT_PC];
    model.ra = app->context.x[CONTEXT_RA];
    memcpy(model.a, &A(app, 0), sizeof model.a);
}

/* Begin with these kinds subscribed, a bit each, and that many events queued,
 * of kinds in turn. */
static void explore_from(uint32_t subscribed, uint32_t queued, uint32_t limit)
{
    static struct snapshot clean;
    uint32_t len = app->ram_end - kernel_part();
    model_reset();
    snapshot_take(&clean);
    for (uint32_t kind = 0; kind < KINDS; kind++)
        if ((subscribed >> kind & 1u) != 0)
            subscribe(kind, true);
    for (uint32_t n = 0; n < queued; n++)
        event(n % KINDS);
    compare(true);
    explore(0, limit);
    path_len = 0;
    snapshot_put(&clean, len);
}

static void
every_order_of_five_steps_from_an_empty_queue_goes_as_the_model_says(
    void **state)
{
    (void)state;
    boot();
    for (uint32_t subscribed = 0; subscribed < 8; subscribed += 2)
        explore_from(subscribed, 0, 5);
    assert_true(tried > 500000);
}

static void
every_order_of_four_steps_around_a_full_queue_goes_as_the_model_says(
    void **state)
{
    (void)state;
    boot();
    for (uint32_t subscribed = 0; subscribed < 8; subscribed++)
        for (uint32_t queued = 6; queued <= 8; queued++)
            explore_from(subscribed, queued, 4);
    assert_true(tried > 200000);
}

static void a_long_walk_goes_as_the_model_says(void **state)
{
    (void)state;
    uint32_t random = 12345;
    boot();
    model_reset();
    for (uint32_t n = 0; n < 300000; n++) {
        random = random * 1664525u + 1013904223u;
        enum step step = (enum step)((random >> 16) % STEPS);
        if (model.dropped == UINT16_MAX)
            break;
        if (!step_is_possible(step))
            continue;
        step_do(step);
    }
    assert_int_equal(machine_info(app).dropped, model.dropped);
}

/* ---- by name ------------------------------------------------------------------------- */

static void queue_fill(uint32_t kind)
{
    while (upcall_pending(app) < 8)
        assert_int_equal(
            upcall_queue(grant_of_kind[kind], app, kinds[kind].number, 1, 2, 3),
            OK);
}

static void the_awaited_event_arrives_although_the_queue_is_full(void **state)
{
    (void)state;
    boot();
    queue_fill(2);
    machine_call(app, SYSCALL_YIELD, YIELD_WAIT_FOR, 0x101, 1, 0);
    assert_int_equal(upcall_queue(&first, app, 1, 7, 8, 9), OK);
    assert_int_equal(upcall_queue(&second, app, 0, 4, 5, 6), ERR_NOMEM);
    assert_int_equal(machine_info(app).state, PROCESS_RUNNING);
    assert_int_equal(A(app, 0), 7);
    assert_int_equal(A(app, 1), 8);
    assert_int_equal(A(app, 2), 9);
    assert_int_equal(machine_info(app).dropped, 1);
    assert_int_equal(machine_info(app).queued, 8);
}

static void an_event_behind_the_awaited_one_does_not_undo_the_wake_up(
    void **state)
{
    (void)state;
    boot();
    machine_call(app, SYSCALL_YIELD, YIELD_WAIT_FOR, 0x101, 0, 0);
    assert_int_equal(upcall_queue(&first, app, 0, 7, 8, 9), OK);
    assert_int_equal(upcall_queue(&first, app, 1, 1, 1, 1), OK);
    assert_int_equal(upcall_queue(&first, app, 0, 2, 2, 2), OK);
    assert_int_equal(machine_info(app).state, PROCESS_RUNNING);
    assert_int_equal(A(app, 0), 7);
    assert_int_equal(upcall_pending(app), 2);
}

static void an_event_without_a_function_wakes_no_plain_yield(void **state)
{
    (void)state;
    boot();
    machine_call(app, SYSCALL_YIELD, YIELD_WAIT, 0, 0, 0);
    assert_int_equal(upcall_queue(&first, app, 0, 1, 2, 3), OK);
    assert_int_equal(machine_info(app).state, PROCESS_YIELDED);
    assert_int_equal(upcall_pending(app), 1);
}

static void a_stopped_process_is_woken_but_runs_only_when_resumed(void **state)
{
    (void)state;
    boot();
    machine_call(app, SYSCALL_YIELD, YIELD_WAIT_FOR, 0x101, 0, 0);
    assert_int_equal(process_stop(app->pid), OK);
    assert_int_equal(upcall_queue(&first, app, 0, 7, 8, 9), OK);
    assert_int_equal(machine_next(), -1);
    assert_true(machine_info(app).stopped);
    assert_int_equal(process_resume(app->pid), OK);
    assert_int_equal(machine_next(), 0);
    assert_int_equal(A(app, 0), 7);
}

static void an_event_needs_a_grant_and_a_living_process(void **state)
{
    (void)state;
    boot();
    assert_int_equal(upcall_queue(&unused, app, 0, 0, 0, 0), ERR_NODEVICE);
    machine_call(app, SYSCALL_EXIT, EXIT_TERMINATE, 0, 0, 0);
    machine_settle();
    assert_int_equal(upcall_queue(&first, app, 0, 0, 0, 0), ERR_NODEVICE);
    assert_int_equal(upcall_pending(app), 0);
}

static void waiting_for_what_can_never_come_blocks_and_says_for_what(
    void **state)
{
    (void)state;
    static const uint32_t impossible[][2] = {
        { 0x999, 0 },       /* no such driver */
        { 0x404, 0 },       /* a driver without events */
        { 0x101, 2 },       /* one too many */
        { 0x101, 0x10000 }, /* not the event 0 */
        { 0x101, UINT32_MAX },
    };
    boot();
    for (size_t i = 0; i < ARRAY_COUNT(impossible); i++) {
        machine_call(app, SYSCALL_YIELD, YIELD_WAIT_FOR, impossible[i][0],
                     impossible[i][1], 0);
        assert_int_equal(upcall_queue(&first, app, 0, 1, 2, 3), OK);
        assert_int_equal(upcall_queue(&second, app, 0, 1, 2, 3), OK);
        struct process_info info = machine_info(app);
        assert_int_equal(info.state, PROCESS_YIELDED_FOR);
        assert_int_equal(info.wait_driver, impossible[i][0]);
        uint32_t number = impossible[i][1];
        assert_int_equal(info.wait_number, number < 0xFFFF ? number : 0xFFFF);
        assert_int_equal(process_terminate(app->pid), OK);
        machine_settle();
        assert_int_equal(process_boot(app->pid), OK);
        machine_settle();
        assert_non_null(grant_enter(&first, app));
        assert_non_null(grant_enter(&second, app));
    }
}

static void waiting_works_before_the_grant_exists(void **state)
{
    (void)state;
    boot();
    machine_call(app, SYSCALL_YIELD, YIELD_WAIT_FOR, 0x303, 0, 0);
    assert_non_null(grant_enter(&unused, app));
    assert_int_equal(upcall_queue(&unused, app, 0, 5, 6, 7), OK);
    assert_int_equal(machine_info(app).state, PROCESS_RUNNING);
    assert_int_equal(A(app, 0), 5);
}

static void a_yield_of_unknown_kind_returns_at_once_and_changes_nothing(
    void **state)
{
    (void)state;
    boot();
    queue_fill(0);
    uint32_t pc = app->context.x[CONTEXT_PC];
    machine_call(app, SYSCALL_YIELD, 3, 11, 12, 13);
    assert_int_equal(app->context.x[CONTEXT_PC], pc + 4);
    assert_int_equal(A(app, 0), 3);
    assert_int_equal(A(app, 1), 11);
    assert_int_equal(A(app, 2), 12);
    assert_int_equal(A(app, 3), 13);
    assert_int_equal(upcall_pending(app), 8);
    assert_int_equal(machine_info(app).state, PROCESS_RUNNING);
}

static void no_wait_writes_its_flag_only_where_the_app_may_write(void **state)
{
    (void)state;
    boot();
    uint32_t app_end = app->app_break;
    const uint32_t places[] = { 0,       process_ram_start(app) - 1,
                                app_end, app->ram_end - 1,
                                code(0), UINT32_MAX };
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        bool is_mapped = places[i] >= MACHINE_RAM &&
                         places[i] < MACHINE_RAM + MACHINE_RAM_SIZE;
        uint8_t before = is_mapped ? machine_peek(places[i]) : 0;
        machine_call(app, SYSCALL_YIELD, YIELD_NO_WAIT, places[i], 0, 0);
        if (is_mapped)
            assert_int_equal(machine_peek(places[i]), before);
        assert_int_equal(machine_info(app).state, PROCESS_RUNNING);
    }
    machine_call(app, SYSCALL_YIELD, YIELD_NO_WAIT, app_end - 1, 0, 0);
    assert_int_equal(machine_peek(app_end - 1), 0);
}

static void the_count_of_lost_events_stops_at_its_end(void **state)
{
    (void)state;
    boot();
    queue_fill(0);
    for (uint32_t n = 0; n < UINT16_MAX + 5u; n++)
        assert_int_equal(upcall_queue(&first, app, 0, 0, 0, 0), ERR_NOMEM);
    assert_int_equal(machine_info(app).dropped, UINT16_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_awaited_event_arrives_although_the_queue_is_full),
        cmocka_unit_test(
            an_event_behind_the_awaited_one_does_not_undo_the_wake_up),
        cmocka_unit_test(an_event_without_a_function_wakes_no_plain_yield),
        cmocka_unit_test(a_stopped_process_is_woken_but_runs_only_when_resumed),
        cmocka_unit_test(an_event_needs_a_grant_and_a_living_process),
        cmocka_unit_test(
            waiting_for_what_can_never_come_blocks_and_says_for_what),
        cmocka_unit_test(waiting_works_before_the_grant_exists),
        cmocka_unit_test(
            a_yield_of_unknown_kind_returns_at_once_and_changes_nothing),
        cmocka_unit_test(no_wait_writes_its_flag_only_where_the_app_may_write),
        cmocka_unit_test(the_count_of_lost_events_stops_at_its_end),
        cmocka_unit_test_teardown(
            every_order_of_five_steps_from_an_empty_queue_goes_as_the_model_says,
            path_show),
        cmocka_unit_test_teardown(
            every_order_of_four_steps_around_a_full_queue_goes_as_the_model_says,
            path_show),
        cmocka_unit_test(a_long_walk_goes_as_the_model_says),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
