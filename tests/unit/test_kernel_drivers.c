/* SPDX-License-Identifier: Apache-2.0 */
/* Which drivers a system call reaches, by their index and the filter; and their
 * grants.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c kernel/deferred.c
 * SOURCES: kernel/driver.c kernel/filter.c kernel/format.c kernel/grant.c
 * SOURCES: kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c kernel/life.c
 * SOURCES: kernel/main.c kernel/memop.c kernel/process.c kernel/start.c pic/reloc.c
 * SOURCES: kernel/ram.c kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c
 * SOURCES: kernel/trace.c tests/fake/called.c */
#include <tests/fake/called.h>

/* ---- the index of drivers ----------------------------------------------- */

static void drivers_whose_hashes_collide_are_all_found(void **state)
{
    (void)state;
    static struct driver rows[DRIVER_INDEX_SIZE - 1];
    static int selves[ARRAY_COUNT(rows)];
    uint32_t number = 5, found = 0;
    while (found < ARRAY_COUNT(rows)) {
        if (driver_hash(++number) == DRIVER_INDEX_SIZE - 2)
            rows[found] =
                (struct driver){ number, &plain, &selves[found], NULL },
            found++;
    }
    machine_boot(rows, ARRAY_COUNT(rows));
    app = machine_start(&(struct app){ 0 });
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        machine_call(app, SYSCALL_COMMAND, rows[i].number, 0, 0, 0);
        assert_answer(app, SYSRET_SUCCESS, 0);
        assert_ptr_equal(latest.self, &selves[i]);
    }
    for (uint32_t n = 0; n < 200; n++) {
        machine_call(app, SYSCALL_COMMAND, ++number, 0, 0, 0);
        assert_refused(app, ERR_NODEVICE);
    }
}

static void no_two_of_the_known_numbers_meet_in_an_index_of_64(void **state)
{
    (void)state;
    static const uint32_t known[] = {
        0x0,     0x1,     0x2,     0x3,     0x4,     0x5,
        0x8,     0x9,     0x10,    0x10000, 0x10001, 0x10002,
        0x20001, 0x20003, 0x40001, 0x40002, 0x40003, 0x40005,
        0x40006, 0x50000, 0x50001, 0x50003, 0x50004, 0x60000,
        0x60001, 0x60002, 0x60008, 0x90007, 0x90008, 0x80000001,
    };
    static const uint32_t small[] = { 0x0, 0x1,     0x2,     0x3,    0x4,
                                      0x8, 0x10000, 0x20001, 0x20003 };
    uint64_t taken = 0;
    for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
        uint64_t place = 1ull << ((known[i] * DRIVER_HASH_FACTOR) >> 26);
        assert_true((taken & place) == 0);
        taken |= place;
    }
    taken = 0;
    for (size_t i = 0; i < ARRAY_COUNT(small); i++) {
        uint64_t place = 1ull << ((small[i] * DRIVER_HASH_FACTOR) >> 28);
        assert_true((taken & place) == 0);
        taken |= place;
    }
}

static bool is_absent(const void *self)
{
    return !*(const bool *)self;
}

static void a_driver_without_its_hardware_is_no_driver(void **state)
{
    (void)state;
    static const struct driver_ops absent_ops = {
        .command = command,
        .absent = is_absent,
    };
    static bool there = true, missing = false;
    static const struct driver rows[] = {
        { 1, &absent_ops, &there, NULL },
        { 2, &absent_ops, &missing, NULL },
    };
    machine_boot(rows, ARRAY_COUNT(rows));
    app = machine_start(&(struct app){ 0 });
    machine_call(app, SYSCALL_COMMAND, 1, 0, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
    machine_call(app, SYSCALL_COMMAND, 2, 0, 0, 0);
    assert_refused(app, ERR_NODEVICE);
    machine_call(app, SYSCALL_SUBSCRIBE, 2, 0, 0, 0);
    assert_int_equal(A(app, 1), ERR_NODEVICE);
}

static void two_drivers_of_one_number_are_refused_at_boot(void **state)
{
    (void)state;
    static const struct driver rows[] = {
        { 1, &plain, NULL, NULL },
        { 2, &plain, NULL, NULL },
        { 1, &plain, NULL, NULL },
    };
    expect_panic(machine_boot(rows, ARRAY_COUNT(rows)));
}

static void more_drivers_than_the_index_takes_are_refused_at_boot(void **state)
{
    (void)state;
    static struct driver rows[DRIVER_INDEX_SIZE];
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
        rows[i] = (struct driver){ i, &plain, NULL, NULL };
    if (!kernel_config.lean) {
        expect_panic(machine_boot(rows, ARRAY_COUNT(rows)));
        return;
    }
    machine_boot(rows, ARRAY_COUNT(rows)); /* there is no index */
    app = machine_start(&(struct app){ 0 });
    machine_call(app, SYSCALL_COMMAND, ARRAY_COUNT(rows) - 1, 0, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
}

/* ---- the filter --------------------------------------------------------- */

static void permissions_name_the_commands_there_are(void **state)
{
    (void)state;
    static const struct tbf_permission permissions[] = {
        { FULL, 0, UINT64_C(1) << 1 | UINT64_C(1) << 40 },
        { FULL, 1, UINT64_C(1) << 0 | UINT64_C(1) << 63 },
        { SHARED, 0, UINT64_C(1) << 2 },
    };
    static const uint32_t allowed[] = { 1, 40, 64, 127 };
    boot_with(
        &(struct app){ .permissions = permissions, .permission_count = 3 });
    uint32_t next = 0;
    for (uint32_t n = 0; n < 200; n++) {
        bool is_allowed = next < ARRAY_COUNT(allowed) && allowed[next] == n;
        latest.number = UINT32_MAX;
        machine_call(app, SYSCALL_COMMAND, FULL, n, 21, 22);
        assert_int_equal(latest.number, is_allowed ? n : UINT32_MAX);
        if (!is_allowed)
            assert_refused(app, ERR_NODEVICE);
        next += is_allowed;
    }
    machine_call(app, SYSCALL_COMMAND, FULL, UINT32_MAX, 0, 0);
    assert_refused(app, ERR_NODEVICE);
    machine_call(app, SYSCALL_COMMAND, SHARED, 1, 0, 0);
    assert_refused(app, ERR_NODEVICE);
    machine_call(app, SYSCALL_COMMAND, SHARED, 2, 0, 0);
    assert_answer(app, SYSRET_SUCCESS_2U32, 0);
    machine_call(app, SYSCALL_COMMAND, BARE, 1, 0, 0);
    assert_refused(app, ERR_NODEVICE);
}

static void a_driver_that_is_not_named_gets_no_subscription_and_no_buffer(
    void **state)
{
    (void)state;
    static const struct tbf_permission permissions[] = {
        { FULL, 3, 0 }, /* any entry of a driver will do, even an empty one */
    };
    boot_with(
        &(struct app){ .permissions = permissions, .permission_count = 1 });
    const struct refusal list[] = {
        { SYSCALL_SUBSCRIBE, BARE, 0, 3, 4, ERR_NODEVICE },
        { SYSCALL_SUBSCRIBE, 0x999, 0, 3, 4, ERR_NODEVICE },
        { SYSCALL_ALLOW_RW, BARE, 0, 3, 4, ERR_NODEVICE },
        { SYSCALL_ALLOW_RO, BARE, 0, 3, 4, ERR_NODEVICE },
        { SYSCALL_ALLOW_UR, SHARED, 0, ram, 4, ERR_NODEVICE },
    };
    CHECK(list);
    machine_call(app, SYSCALL_SUBSCRIBE, FULL, 0, binary, 4);
    assert_swapped(0, 0);
    machine_call(app, SYSCALL_ALLOW_RW, FULL, 0, ram, 4);
    assert_swapped(0, 0);
    machine_call(app, SYSCALL_ALLOW_RO, FULL, 0, ram, 4);
    assert_swapped(0, 0);
}

static void yield_memop_and_exit_are_never_filtered(void **state)
{
    (void)state;
    boot_with(&(struct app){ .has_permissions = true });
    machine_call(app, SYSCALL_COMMAND, FULL, 0, 0, 0);
    assert_refused(app, ERR_NODEVICE);
    machine_call(app, SYSCALL_MEMOP, MEMOP_RAM_START, 0, 0, 0);
    assert_answer(app, SYSRET_SUCCESS_U32, ram);
    machine_call(app, SYSCALL_YIELD, YIELD_NO_WAIT, 0, 0, 0);
    assert_int_equal(machine_info(app).state, PROCESS_RUNNING);
    machine_call(app, SYSCALL_EXIT, EXIT_TERMINATE, 5, 0, 0);
    machine_settle();
    assert_int_equal(machine_info(app).state, PROCESS_TERMINATED);
}

static void a_board_that_denies_by_default_lets_no_app_without_permissions(
    void **state)
{
    (void)state;
    static const struct tbf_permission permission = { FULL, 0, 1 };
    machine_config.deny_by_default = true;
    boot_with(&(struct app){ .name = "silent" });
    machine_call(app, SYSCALL_COMMAND, FULL, 0, 0, 0);
    assert_refused(app, ERR_NODEVICE);
    machine_call(app, SYSCALL_SUBSCRIBE, FULL, 0, 0, 0);
    assert_answer(app, SYSRET_FAILURE_2U32, ERR_NODEVICE);
    app = machine_start(
        &(struct app){ .permissions = &permission, .permission_count = 1 });
    machine_call(app, SYSCALL_COMMAND, FULL, 0, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
}

/* ---- grants ------------------------------------------------------------- */

static void a_grant_is_made_on_first_use_zeroed_in_the_apps_own_ram(
    void **state)
{
    (void)state;
    boot_with(&(struct app){ 0 });
    uint32_t top = memop(MEMOP_GRANT_START, 0);
    assert_null(grant_peek(&full, app));
    uint8_t *data = grant_enter(&full, app);
    assert_non_null(data);
    assert_int_equal((uintptr_t)data % 8, 0);
    for (uint32_t i = 0; i < 16; i++)
        assert_int_equal(data[i], 0);
    uint32_t bottom = memop(MEMOP_GRANT_START, 0);
    assert_true(bottom < top);
    assert_in_range((uintptr_t)data, bottom, top - 16);
    data[0] = 1;
    assert_ptr_equal(grant_enter(&full, app), data);
    assert_ptr_equal(grant_peek(&full, app), data);
    assert_int_equal(memop(MEMOP_GRANT_START, 0), bottom);
    assert_int_equal(machine_info(app).grants_used, 1);
    assert_int_equal(machine_info(app).grants_total, 3);
}

static void a_grant_never_meets_the_break(void **state)
{
    (void)state;
    boot_with(&(struct app){ 0 });
    for (uint32_t gap = 0; gap < 160; gap++) {
        const struct grant *g = gap % 2 == 0 ? &full : &odd;
        uint32_t top = app->grant_break;
        machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, top - gap / 2, 0, 0);
        assert_answer(app, SYSRET_SUCCESS, 0);
        if (grant_enter(g, app) != NULL) {
            assert_true(app->grant_break >= app->app_break);
            assert_int_equal(app->grant_break % 8, 0);
            machine_call(app, SYSCALL_EXIT, EXIT_RESTART, 0, 0, 0);
            machine_settle();
            continue;
        }
        assert_int_equal(app->grant_break, top);
        assert_true(gap / 2 < 48);
    }
}

/* With the break at RAM start one word stays within the app's reach: were a
 * grant to begin there, the app could write what a driver trusts. */
static void a_grant_never_meets_the_word_that_stays_accessible(void **state)
{
    (void)state;
    boot();
    machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, ram, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
    uint32_t room = app->grant_break - ram;
    huge.layout.size = (uint16_t)(room - huge.data); /* an exact fit */
    assert_null(grant_enter(&huge, app));
    assert_int_equal(app->grant_break, ram + room);
    huge.layout.size = (uint16_t)(huge.layout.size - 8);
    assert_non_null(grant_enter(&huge, app));
    assert_true(app->grant_break >=
                protection_end(&app->protection, PROTECTION_RAM));
    machine_call(app, SYSCALL_MEMOP, MEMOP_SBRK, 9, 0, 0);
    assert_refused(app, ERR_NOMEM);
}

static void grants_of_the_living_are_found_in_order_of_slots(void **state)
{
    (void)state;
    struct process *p[3];
    machine_boot(table, ARRAY_COUNT(table));
    for (uint32_t i = 0; i < 3; i++)
        p[i] = machine_start(&(struct app){ 0 });
    assert_null(grant_next(&full, NULL));
    assert_non_null(grant_enter(&full, p[0]));
    assert_non_null(grant_enter(&full, p[2]));
    assert_ptr_equal(grant_next(&full, NULL), p[0]);
    assert_ptr_equal(grant_next(&full, p[0]), p[2]);
    assert_null(grant_next(&full, p[2]));
    assert_int_equal(process_terminate(p[0]->pid), OK);
    machine_settle();
    assert_ptr_equal(grant_next(&full, NULL), p[2]);
    assert_null(grant_peek(&full, p[0]));
    assert_null(grant_enter(&full, p[0])); /* nor is one made for the dead */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drivers_whose_hashes_collide_are_all_found),
        cmocka_unit_test(no_two_of_the_known_numbers_meet_in_an_index_of_64),
        cmocka_unit_test(a_driver_without_its_hardware_is_no_driver),
        cmocka_unit_test(two_drivers_of_one_number_are_refused_at_boot),
        cmocka_unit_test(more_drivers_than_the_index_takes_are_refused_at_boot),
        cmocka_unit_test(permissions_name_the_commands_there_are),
        cmocka_unit_test(
            a_driver_that_is_not_named_gets_no_subscription_and_no_buffer),
        cmocka_unit_test(yield_memop_and_exit_are_never_filtered),
        cmocka_unit_test(
            a_board_that_denies_by_default_lets_no_app_without_permissions),
        cmocka_unit_test(
            a_grant_is_made_on_first_use_zeroed_in_the_apps_own_ram),
        cmocka_unit_test(a_grant_never_meets_the_break),
        cmocka_unit_test(a_grant_never_meets_the_word_that_stays_accessible),
        cmocka_unit_test(grants_of_the_living_are_found_in_order_of_slots),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
