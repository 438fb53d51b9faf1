/* SPDX-License-Identifier: Apache-2.0 */
/* IPC: who finds and hears whom, and that a window is open for just as long as
 * the buffer behind it is shared with just that life.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c
 * SOURCES: kernel/log.c kernel/life.c kernel/main.c kernel/memop.c kernel/process.c
 * SOURCES: kernel/start.c kernel/trace.c pic/reloc.c
 * SOURCES: kernel/ram.c kernel/sched.c kernel/syscall.c kernel/upcall.c
 * SOURCES: kernel/user.c */
#include <tests/fake/machine.h>

#include <string.h>

enum { EXISTS, DISCOVER, SERVICE, CLIENT };
enum { OTHER = 0x77 };

static struct ipc ipc;
static struct grant other_grant = { .layout = { 2, 0, 0, 0 } };

static struct sysret no_command(void *self, uint32_t number, uint32_t arg1,
                                uint32_t arg2, struct process *p)
{
    (void)self, (void)number, (void)arg1, (void)arg2, (void)p;
    return sysret_success();
}

static const struct driver_ops other_ops = { .command = no_command };
static const struct driver table[] = {
    { OTHER, &other_ops, NULL, &other_grant },
    { DRIVER_IPC, &ipc_ops, &ipc, &ipc.grant },
};

static struct process *service, *client, *third;

/* ---- the apps' side -------------------------------------------------------------- */

static uint32_t ram(struct process *p, uint32_t offset)
{
    return process_ram_start(p) + offset;
}

static void command(struct process *p, uint32_t number, uint32_t arg)
{
    machine_call(p, SYSCALL_COMMAND, DRIVER_IPC, number, arg, 0);
}

static void share(struct process *p, const struct process *with, uint32_t at,
                  uint32_t len)
{
    machine_call(p, SYSCALL_ALLOW_RW, DRIVER_IPC, process_slot(with), at, len);
}

static void subscribe(struct process *p, uint32_t number)
{
    machine_call(p, SYSCALL_SUBSCRIBE, DRIVER_IPC, number,
                 process_flash_start(p) + p->protected_size, 0xDA7A);
}

static void yield_wait(struct process *p)
{
    machine_call(p, SYSCALL_YIELD, YIELD_WAIT, 0, 0, 0);
}

static void name_allow(struct process *p, const char *name)
{
    uint32_t at = ram(p, 64);
    for (uint32_t i = 0; name[i] != 0; i++)
        machine_poke(at + i, (uint8_t)name[i]);
    machine_call(p, SYSCALL_ALLOW_RO, DRIVER_IPC, 0, at,
                 (uint32_t)strlen(name));
}

static void find(struct process *p, const char *name)
{
    name_allow(p, name);
    command(p, DISCOVER, 0);
}

static struct process *start(const char *name)
{
    struct process *p = machine_start(&(struct app){ .name = name });
    machine_call(p, SYSCALL_MEMOP, MEMOP_BRK, ram(p, 512), 0, 0);
    assert_answer(p, SYSRET_SUCCESS, 0);
    return p;
}

/* The service knows itself and waits; the client has found it and shares 32
 * bytes. */
static void boot(void)
{
    machine_config.ipc = &ipc;
    ipc_init(&ipc);
    machine_boot(table, ARRAY_COUNT(table));
    service = start("org.service");
    client = start("client");
    third = start("a third app with quite a long name, all in all");
}

static void meet(void)
{
    boot();
    find(service, "org.service");
    subscribe(service, process_slot(service));
    find(client, "org.service");
    assert_answer(client, SYSRET_SUCCESS_U32, process_slot(service));
    subscribe(client, process_slot(service));
    share(client, service, ram(client, 128), 32);
    assert_answer(client, SYSRET_SUCCESS_2U32, 0);
}

static void end(struct process *p)
{
    machine_call(p, SYSCALL_EXIT, EXIT_TERMINATE, 0, 0, 0);
    machine_settle();
}

static void start_again(struct process *p)
{
    assert_int_equal(process_boot(p->pid), OK);
    machine_settle();
    assert_int_equal(p->state, PROCESS_RUNNING);
    machine_call(p, SYSCALL_MEMOP, MEMOP_BRK, ram(p, 512), 0, 0);
}

/* ---- assertions -------------------------------------------------------------------- */

#define assert_window(p, start, end)                                           \
    assert_window_at((p), (start), (end), __LINE__)
static void assert_window_at(const struct process *p, uint32_t start,
                             uint32_t end, int line)
{
    const struct pmp_image *image = &p->protection.image;
    _assert_int_equal(image->addr[4] << 2, start, __FILE__, line);
    _assert_int_equal(image->addr[5] << 2, end, __FILE__, line);
    _assert_int_equal(image->cfg[1],
                      start == end ? 0 : (PMP_TOR | PMP_R | PMP_W) << 8,
                      __FILE__, line);
    if (user_loaded == p) /* what is in force is what the image says */
        _assert_true(machine_is_walled(p), "walled", __FILE__, line);
}

#define assert_event(p, a0, a1, a2)                                            \
    do {                                                                       \
        assert_int_equal((p)->state, PROCESS_RUNNING);                         \
        assert_int_equal(A(p, 0), (a0));                                       \
        assert_int_equal(A(p, 1), (a1));                                       \
        assert_int_equal(A(p, 2), (a2));                                       \
    } while (0)

/* ---- discovery ------------------------------------------------------------------------ */

static void apps_are_found_by_their_whole_name(void **state)
{
    (void)state;
    boot();
    command(client, EXISTS, 0);
    assert_answer(client, SYSRET_SUCCESS, 0);
    find(client, "org.service");
    assert_answer(client, SYSRET_SUCCESS_U32, 0);
    find(client, "client");
    assert_answer(client, SYSRET_SUCCESS_U32, 1);
    find(client, "a third app with quite a long name, all in all");
    assert_answer(client, SYSRET_SUCCESS_U32, 2);
    static const char *const others[] = {
        "org.servic",
        "org.service.",
        "Org.service",
        "x",
        "a third app with quite a long name, all in alL",
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(others); i++) {
        find(client, others[i]);
        assert_refused(client, ERR_NODEVICE);
    }
    machine_poke(ram(client, 64 + 11), 0); /* a zero behind it is one letter */
    machine_call(client, SYSCALL_ALLOW_RO, DRIVER_IPC, 0, ram(client, 64), 12);
    command(client, DISCOVER, 0);
    assert_refused(client, ERR_NODEVICE);
}

static void one_header_is_read_a_round(void **state)
{
    (void)state;
    boot();
    name_allow(client, "nobody");
    uint32_t before = client->context.syscalls;
    assert_int_equal(
        machine_call(client, SYSCALL_COMMAND, DRIVER_IPC, DISCOVER, 0, 0), 4);
    assert_refused(client, ERR_NODEVICE);
    assert_int_equal(client->context.syscalls, before + 1);
    find(client, "org.service"); /* from the first one again */
    assert_answer(client, SYSRET_SUCCESS_U32, 0);
}

static void a_discovery_without_a_name_is_refused(void **state)
{
    (void)state;
    boot();
    command(client, DISCOVER, 0);
    assert_refused(client, ERR_INVAL);
    find(client, "client");
    machine_call(client, SYSCALL_ALLOW_RO, DRIVER_IPC, 0, ram(client, 3), 0);
    assert_answer(client, SYSRET_SUCCESS_2U32, ram(client, 64));
    command(client, DISCOVER, 0);
    assert_refused(client, ERR_INVAL);
    command(client, 4, 0);
    assert_refused(client, ERR_NOSUPPORT);
}

static void the_dead_are_not_found(void **state)
{
    (void)state;
    boot();
    end(service);
    find(client, "org.service");
    assert_refused(client, ERR_NODEVICE);
    start_again(service);
    find(client, "org.service");
    assert_answer(client, SYSRET_SUCCESS_U32, 0);
}

static void without_room_for_a_grant_there_is_no_ipc(void **state)
{
    (void)state;
    boot();
    machine_call(client, SYSCALL_MEMOP, MEMOP_BRK, client->grant_break, 0, 0);
    command(client, DISCOVER, 0);
    assert_refused(client, ERR_NOMEM);
    command(client, SERVICE, 0);
    assert_refused(client, ERR_NODEVICE);
    command(client, EXISTS, 0);
    assert_answer(client, SYSRET_SUCCESS, 0);
}

/* ---- notifications ----------------------------------------------------------------------- */

static void a_service_sees_the_buffer_and_answers(void **state)
{
    (void)state;
    meet();
    yield_wait(service);
    assert_window(service, 0, 0);
    command(client, SERVICE, 0);
    assert_answer(client, SYSRET_SUCCESS, 0);
    assert_event(service, 1, 32, ram(client, 128));
    assert_int_equal(A(service, 3), 0xDA7A);
    assert_window(service, ram(client, 128), ram(client, 160));
    assert_window(client, 0, 0);
    command(service, CLIENT, 1);
    assert_answer(service, SYSRET_SUCCESS, 0);
    yield_wait(client);
    assert_event(client, 0, 0, 0); /* the service shares nothing */
    assert_window(client, 0, 0);
    assert_window(service, ram(client, 128), ram(client, 160));
}

static void buffers_go_both_ways(void **state)
{
    (void)state;
    meet();
    yield_wait(service);
    command(client, SERVICE, 0);
    share(service, client, ram(service, 256), 4);
    command(service, CLIENT, 1);
    yield_wait(client);
    assert_event(client, 0, 4, ram(service, 256));
    assert_window(client, ram(service, 256), ram(service, 260));
}

static void an_awaited_event_opens_the_window_too(void **state)
{
    (void)state;
    meet();
    machine_call(service, SYSCALL_YIELD, YIELD_WAIT_FOR, DRIVER_IPC, 0, 0);
    command(client, SERVICE, 0);
    assert_event(service, 1, 32, ram(client, 128));
    assert_window(service, ram(client, 128), ram(client, 160));
    share(client, service, ram(client, 128), 16);
    assert_window(service, 0, 0);
    command(client, SERVICE, 0); /* it runs: this one has to wait */
    assert_window(service, 0, 0);
    machine_call(service, SYSCALL_YIELD, YIELD_WAIT_FOR, DRIVER_IPC, 0, 0);
    assert_event(service, 1, 16, ram(client, 128));
    assert_window(service, ram(client, 128), ram(client, 144));
}

static void an_event_that_waited_shows_what_is_shared_now(void **state)
{
    (void)state;
    meet();
    command(client, SERVICE, 0);
    share(client, service, ram(client, 200), 8);
    yield_wait(service);
    assert_event(service, 1, 8, ram(client, 200));
    assert_window(service, ram(client, 200), ram(client, 208));
    command(client, SERVICE, 0);
    share(client, service, 0, 0);
    yield_wait(service);
    assert_event(service, 1, 0, 0);
    assert_window(service, 0, 0);
}

static void other_events_are_delivered_as_they_are(void **state)
{
    (void)state;
    meet();
    assert_non_null(grant_enter(&other_grant, service));
    machine_call(service, SYSCALL_SUBSCRIBE, OTHER, 0,
                 process_flash_start(service) + service->protected_size, 0);
    assert_int_equal(upcall_queue(&other_grant, service, 0, client->pid.handle,
                                  client->pid.handle, 3),
                     OK);
    command(client, SERVICE, 0);
    yield_wait(service);
    assert_event(service, client->pid.handle, client->pid.handle, 3);
    assert_window(service, 0, 0);
    yield_wait(service);
    assert_event(service, 1, 32, ram(client, 128));
}

static void notifications_without_sense_are_refused(void **state)
{
    (void)state;
    meet();
    for (uint32_t number = SERVICE; number <= CLIENT; number++) {
        command(client, number, 1); /* itself */
        assert_refused(client, ERR_INVAL);
        command(client, number, 3); /* an empty slot */
        assert_refused(client, ERR_INVAL);
        command(client, number, MACHINE_SLOTS);
        assert_refused(client, ERR_INVAL);
        command(client, number, UINT32_MAX);
        assert_refused(client, ERR_INVAL);
        command(client, number, 2); /* never found */
        assert_refused(client, ERR_NODEVICE);
        command(service, number, 1); /* never heard from */
        assert_refused(service, ERR_NODEVICE);
    }
    name_allow(client, "a third app with quite a long name, all in all");
    command(client, DISCOVER, 0);
    command(client, SERVICE, 2); /* takes no IPC */
    assert_refused(client, ERR_NODEVICE);
}

static void a_buffer_that_is_not_whole_words_is_refused(void **state)
{
    (void)state;
    meet();
    static const uint32_t odd[][2] = { { 129, 8 }, { 130, 4 }, { 128, 7 } };
    for (uint32_t i = 0; i < ARRAY_COUNT(odd); i++) {
        share(client, service, ram(client, odd[i][0]), odd[i][1]);
        command(client, SERVICE, 0);
        assert_refused(client, ERR_INVAL);
    }
    share(client, service, ram(client, 128), 8);
    command(client, SERVICE, 0);
    share(client, service, ram(client, 129), 8); /* while it waits */
    yield_wait(service);
    assert_event(service, 1, 0, 0);
    assert_window(service, 0, 0);
}

/* Nobody fills another's queue alone. */
static void one_event_of_a_number_waits_for_each_sender(void **state)
{
    (void)state;
    meet();
    find(third, "org.service");
    for (uint32_t i = 0; i < 3; i++) {
        command(client, SERVICE, 0);
        command(third, SERVICE, 0);
        assert_answer(third, i == 0 ? SYSRET_SUCCESS : SYSRET_FAILURE,
                      i == 0 ? 0 : ERR_NOMEM);
    }
    assert_refused(client, ERR_NOMEM);
    assert_int_equal(service->queue_count, 2);
    yield_wait(service);
    assert_event(service, 1, 32, ram(client, 128));
    command(client, SERVICE, 0);
    assert_answer(client, SYSRET_SUCCESS, 0);
    yield_wait(service);
    assert_event(service, 2, 0, 0);
    /* what the client shared stays in view while it does */
    assert_window(service, ram(client, 128), ram(client, 160));
}

static void a_full_queue_is_told(void **state)
{
    (void)state;
    meet();
    assert_non_null(grant_enter(&other_grant, service));
    machine_call(service, SYSCALL_SUBSCRIBE, OTHER, 0,
                 process_flash_start(service) + service->protected_size, 0);
    while (service->queue_count < UPCALL_QUEUE)
        assert_int_equal(upcall_queue(&other_grant, service, 0, 0, 0, 0), OK);
    command(client, SERVICE, 0);
    assert_refused(client, ERR_NOMEM);
}

/* ---- the end of a window ------------------------------------------------------ */

static void meet_and_open(void)
{
    meet();
    yield_wait(service);
    command(client, SERVICE, 0);
    assert_window(service, ram(client, 128), ram(client, 160));
    user_load(service); /* it runs, with the window in force */
    assert_true(machine_is_walled(service));
}

static void a_buffer_that_is_taken_back_is_out_of_reach(void **state)
{
    (void)state;
    meet_and_open();
    const uint32_t next[][2] = {
        { 0, 0 },
        { ram(client, 128), 28 }, /* shorter */
        { ram(client, 132), 32 }, /* begins later */
        { ram(client, 0), 4 },    /* somewhere else */
        { ram(client, 128), 32 }, /* the same */
        { ram(client, 64), 256 }, /* more */
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(next); i++) {
        share(client, service, ram(client, 128), 32);
        yield_wait(service);
        command(client, SERVICE, 0);
        assert_window(service, ram(client, 128), ram(client, 160));
        user_load(service);
        machine_call(client, SYSCALL_ALLOW_RW, DRIVER_IPC, 0, next[i][0],
                     next[i][1]);
        assert_answer(client, SYSRET_SUCCESS_2U32, ram(client, 128));
        assert_int_equal(A(client, 2), 32);
        if (i < 4)
            assert_window(service, 0, 0);
        else /* all that it sees is shared with it still */
            assert_window(service, ram(client, 128), ram(client, 160));
    }
}

static void a_refused_allow_changes_nothing(void **state)
{
    (void)state;
    meet_and_open();
    share(client, service, ram(client, 500), 64); /* beyond its break */
    assert_answer(client, SYSRET_FAILURE_2U32, ERR_INVAL);
    machine_call(client, SYSCALL_ALLOW_RW, DRIVER_IPC, MACHINE_SLOTS,
                 ram(client, 0), 4);
    assert_answer(client, SYSRET_FAILURE_2U32, ERR_NOSUPPORT);
    machine_call(client, SYSCALL_ALLOW_RW, DRIVER_IPC, UINT32_MAX,
                 ram(client, 0), 4);
    assert_answer(client, SYSRET_FAILURE_2U32, ERR_NOSUPPORT);
    machine_call(client, SYSCALL_ALLOW_RO, DRIVER_IPC, 1, ram(client, 0), 4);
    assert_answer(client, SYSRET_FAILURE_2U32, ERR_NOSUPPORT);
    assert_window(service, ram(client, 128), ram(client, 160));
    share(client, third, ram(client, 0), 4); /* with somebody else */
    assert_answer(client, SYSRET_SUCCESS_2U32, 0);
    assert_window(service, ram(client, 128), ram(client, 160));
}

static void the_break_can_not_fall_below_what_is_shared(void **state)
{
    (void)state;
    meet_and_open();
    machine_call(client, SYSCALL_MEMOP, MEMOP_BRK, ram(client, 156), 0, 0);
    assert_refused(client, ERR_NOMEM);
    machine_call(client, SYSCALL_MEMOP, MEMOP_BRK, ram(client, 160), 0, 0);
    assert_answer(client, SYSRET_SUCCESS, 0);
    assert_window(service, ram(client, 128), ram(client, 160));
    machine_call(service, SYSCALL_MEMOP, MEMOP_BRK, ram(service, 300), 0, 0);
    assert_answer(service, SYSRET_SUCCESS, 0);
    assert_window(service, ram(client, 128), ram(client, 160));
}

static void the_end_of_the_client_closes_the_window(void **state)
{
    (void)state;
    meet_and_open();
    process_terminate(client->pid);
    machine_settle(); /* the service had just been running */
    assert_window(service, 0, 0);
    assert_true(user_loaded == NULL || machine_is_walled(user_loaded));
    command(service, CLIENT, 1);
    assert_refused(service, ERR_NODEVICE);
    start_again(client);
    assert_window(service, 0, 0);
    command(service, CLIENT, 1); /* that one it never heard from */
    assert_refused(service, ERR_NODEVICE);
}

static void the_end_of_the_service_leaves_it_nothing(void **state)
{
    (void)state;
    meet_and_open();
    machine_call(service, SYSCALL_EXIT, EXIT_RESTART, 0, 0, 0);
    machine_settle();
    assert_int_equal(service->state, PROCESS_RUNNING);
    assert_window(service, 0, 0);
    command(client, SERVICE, 0); /* stale: that life is over */
    assert_refused(client, ERR_NODEVICE);
    find(client, "org.service");
    command(client, SERVICE, 0); /* it has not asked for IPC yet */
    assert_refused(client, ERR_NODEVICE);
    find(service, "org.service");
    subscribe(service, 0);
    yield_wait(service);
    command(client, SERVICE, 0);
    assert_event(service, 1, 0, 0); /* shared with the life before */
    share(client, service, ram(client, 128), 32);
    yield_wait(service);
    command(client, SERVICE, 0);
    assert_event(service, 1, 32, ram(client, 128));
}

static void an_event_outlives_its_sender_without_a_buffer(void **state)
{
    (void)state;
    meet();
    command(client, SERVICE, 0);
    end(client);
    yield_wait(service);
    assert_event(service, 1, 0, 0);
    yield_wait(service);
    assert_int_equal(service->state, PROCESS_YIELDED);
    start_again(client);
    command(service, CLIENT, 1);
    assert_refused(service, ERR_NODEVICE);
}

static void a_receiver_has_one_window_the_latest(void **state)
{
    (void)state;
    meet_and_open();
    find(third, "org.service");
    share(third, service, ram(third, 0), 16);
    yield_wait(service);
    command(third, SERVICE, 0);
    assert_event(service, 2, 16, ram(third, 0));
    assert_window(service, ram(third, 0), ram(third, 16));
    share(client, service, 0, 0); /* of the window before: nothing happens */
    assert_window(service, ram(third, 0), ram(third, 16));
    end(client);
    assert_window(service, ram(third, 0), ram(third, 16));
    end(third);
    assert_window(service, 0, 0);
}

static void the_kernel_copies_no_more_through_a_window_than_without(
    void **state)
{
    (void)state;
    meet_and_open();
    machine_call(service, SYSCALL_ALLOW_RO, DRIVER_IPC, 0, ram(client, 128), 8);
    assert_answer(service, SYSRET_FAILURE_2U32, ERR_INVAL);
    machine_call(service, SYSCALL_ALLOW_RW, DRIVER_IPC, 1, ram(client, 128), 8);
    assert_answer(service, SYSRET_FAILURE_2U32, ERR_INVAL);
}

/* ---- whose time it is ------------------------------------------------------------------ */

static uint64_t used[MACHINE_SLOTS];
static uint32_t passed_over, calls_made;
static bool is_asked; /* the client has just yielded: the service is to run */

/* The client asks and waits, the service works a bit and answers, the third
 * computes. */
static void talk(struct process *p)
{
    static uint32_t step[MACHINE_SLOTS];
    uint32_t slot = process_slot(p);
    uint64_t before = machine_now;
    bool is_client = p == client;
    passed_over += is_asked && p == third;
    is_asked = false;
    if (p == third) {
        machine_spend(500);
    } else if (step[slot] == 0) {
        if (is_client)
            calls_made++;
        machine_spend(100);
    } else if (step[slot] == 1) {
        command(p, is_client ? SERVICE : CLIENT, is_client ? 0 : 1);
        assert_answer(p, SYSRET_SUCCESS, 0);
    } else {
        is_asked = is_client;
        yield_wait(p);
    }
    step[slot] = (step[slot] + 1) % 3;
    used[slot] += machine_now - before;
}

static void a_sender_that_yields_hands_its_time_over(void **state)
{
    (void)state;
    meet();
    yield_wait(service);
    machine_run(talk, 30 * MACHINE_SLICE);
    assert_true(calls_made > 20);
    if (machine_config.scheduler->over == NULL)
        return; /* on a small board it is a wake-up like any other */
    /* Only the end of a slice comes between a question and its answer. */
    assert_true(calls_made > 100);
    assert_true(passed_over <= 30);
    /* Who computes has not less than its share of three. */
    assert_true(used[2] * 3 >= used[0] + used[1] + used[2] - MACHINE_SLICE);
}

static void a_stopped_heir_gets_nothing(void **state)
{
    (void)state;
    meet();
    yield_wait(service);
    assert_int_equal(process_stop(service->pid), OK);
    command(client, SERVICE, 0);
    assert_answer(client, SYSRET_SUCCESS, 0);
    yield_wait(client);
    end(third);
    assert_int_equal(machine_next(), -1);
    assert_int_equal(process_resume(service->pid), OK);
    assert_int_equal(machine_next(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(apps_are_found_by_their_whole_name),
        cmocka_unit_test(one_header_is_read_a_round),
        cmocka_unit_test(a_discovery_without_a_name_is_refused),
        cmocka_unit_test(the_dead_are_not_found),
        cmocka_unit_test(without_room_for_a_grant_there_is_no_ipc),
        cmocka_unit_test(a_service_sees_the_buffer_and_answers),
        cmocka_unit_test(buffers_go_both_ways),
        cmocka_unit_test(an_awaited_event_opens_the_window_too),
        cmocka_unit_test(an_event_that_waited_shows_what_is_shared_now),
        cmocka_unit_test(other_events_are_delivered_as_they_are),
        cmocka_unit_test(notifications_without_sense_are_refused),
        cmocka_unit_test(a_buffer_that_is_not_whole_words_is_refused),
        cmocka_unit_test(one_event_of_a_number_waits_for_each_sender),
        cmocka_unit_test(a_full_queue_is_told),
        cmocka_unit_test(a_buffer_that_is_taken_back_is_out_of_reach),
        cmocka_unit_test(a_refused_allow_changes_nothing),
        cmocka_unit_test(the_break_can_not_fall_below_what_is_shared),
        cmocka_unit_test(the_end_of_the_client_closes_the_window),
        cmocka_unit_test(the_end_of_the_service_leaves_it_nothing),
        cmocka_unit_test(an_event_outlives_its_sender_without_a_buffer),
        cmocka_unit_test(a_receiver_has_one_window_the_latest),
        cmocka_unit_test(
            the_kernel_copies_no_more_through_a_window_than_without),
        cmocka_unit_test(a_sender_that_yields_hands_its_time_over),
        cmocka_unit_test(a_stopped_heir_gets_nothing),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
