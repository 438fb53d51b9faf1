/* SPDX-License-Identifier: Apache-2.0 */
/* System calls: of each every refusal, in the order the ABI gives them, with
 * everything as it was afterwards; and what they do when they may.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c */
#include <tests/fake/machine.h>

#include <string.h>

/* ---- drivers ------------------------------------------------------------------- */

enum {
    FULL = 0x10,   /* one of each: upcall, buffers */
    BARE = 0x20,   /* without a grant */
    HUGE = 0x30,   /* no app has room for its grant */
    SHARED = 0x40, /* with a userspace-readable buffer 0 */
    ODD = 0x50,    /* with a grant that ends in the middle of 8 bytes */
};

static struct {
    void *self;
    uint32_t number, arg1, arg2;
    struct process *process;
} latest;

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    latest.self = self;
    latest.number = number;
    latest.arg1 = arg1;
    latest.arg2 = arg2;
    latest.process = p;
    switch (number) {
    case 0:
        return sysret_success();
    case 1:
        return sysret_u32(arg1);
    case 2:
        return sysret_2u32(p, arg1, arg2);
    case 3:
        return sysret_u64(p, (uint64_t)arg2 << 32 | arg1);
    case 4:
        return sysret_3u32(p, arg1, arg2, 99);
    case 5:
        return sysret_failure_2u32(p, ERR_BUSY, arg1, arg2);
    case 6:
        return sysret_of(ERR_OFF);
    default:
        return sysret_failure(ERR_NOSUPPORT);
    }
}

static struct uslice shared;

static err_t shared_allow(void *self, struct process *p, uint32_t number,
                          struct uslice *slice)
{
    (void)self, (void)p;
    if (number == 7)
        return ERR_BUSY;
    if (number != 0)
        return ERR_NOSUPPORT;
    struct uslice before = shared;
    shared = *slice;
    *slice = before;
    return OK;
}

static const struct driver_ops plain = { .command = command };
static const struct driver_ops sharing = { .command = command,
                                           .allow_ur = shared_allow };
static struct grant full = { .layout = { 1, 1, 1, 16 } };
static struct grant huge = { .layout = { 1, 1, 1, 60000 } };
static struct grant odd = { .layout = { .upcalls = 1, .size = 12 } };
static int self_of_full;
static const struct driver table[] = {
    { FULL, &plain, &self_of_full, &full },
    { BARE, &plain, NULL, NULL },
    { HUGE, &plain, NULL, &huge },
    { SHARED, &sharing, NULL, NULL },
    { ODD, &plain, NULL, &odd },
};

static struct process *app;
static uint32_t ram, app_break, flash, binary, flash_end;

static void boot_with(const struct app *spec)
{
    machine_boot(table, ARRAY_COUNT(table));
    app = machine_start(spec);
    ram = process_ram_start(app);
    machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, ram + 512, 0, 0);
    app_break = ram + 512;
    flash = process_flash_start(app);
    binary = flash + app->protected_size;
    flash_end = process_flash_end(app);
}

static void boot(void)
{
    boot_with(&(struct app){ .name = "app", .trailer = 8 });
    assert_non_null(grant_enter(&full, app));
}

/* ---- nothing has changed ------------------------------------------------------- */

static struct {
    uint8_t ram[1024];
    uint8_t record[MACHINE_RAM_SIZE];
    struct sched sched;
} before;

static uint32_t record_end(void)
{
    return (uint32_t)(uintptr_t)(app + 1);
}

/* From the app's break to the end of its record, which lies higher. */
static uint32_t record_len(void)
{
    return record_end() - (app_break + 7) / 8 * 8;
}

static void remember(void)
{
    for (uint32_t i = 0; i < app_break - ram; i++)
        before.ram[i] = machine_peek(ram + i);
    memcpy(before.record, (void *)(uintptr_t)(record_end() - record_len()),
           record_len());
    before.sched = *machine_config.sched;
}

/* But for the registers. */
static void assert_unchanged(void)
{
    uint32_t at = record_end() - record_len();
    uint32_t context = (uint32_t)(uintptr_t)&app->context - at;
    uint32_t behind = context + (uint32_t)sizeof app->context;
    const uint8_t *now = (const uint8_t *)(uintptr_t)at;
    for (uint32_t i = 0; i < app_break - ram; i++)
        assert_int_equal(before.ram[i], machine_peek(ram + i));
    assert_memory_equal(before.record, now, context);
    assert_memory_equal(before.record + behind, now + behind,
                        record_len() - behind);
    assert_memory_equal(&before.sched, machine_config.sched,
                        sizeof before.sched);
    assert_int_equal(user_loaded == app, 1);
}

struct refusal {
    uint32_t class, a0, a1, a2, a3;
    err_t error;
};

/* In one line's order of arguments: driver, number, address, length. */
static void refusals_check(const struct refusal *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct refusal *r = &list[i];
        uint32_t pc = app->context.x[CONTEXT_PC];
        remember();
        machine_call(app, r->class, r->a0, r->a1, r->a2, r->a3);
        if (A(app, 1) != (uint32_t)r->error)
            print_error("refusal %zu\n", i);
        assert_answer(app, SYSRET_FAILURE_2U32, (uint32_t)r->error);
        assert_int_equal(A(app, 2), r->a2);
        assert_int_equal(A(app, 3), r->a3);
        assert_int_equal(app->context.x[CONTEXT_PC], pc + 4);
        assert_unchanged();
    }
}

#define CHECK(list) refusals_check((list), ARRAY_COUNT(list))

static void assert_swapped(uint32_t old0, uint32_t old1)
{
    assert_answer(app, SYSRET_SUCCESS_2U32, old0);
    assert_int_equal(A(app, 2), old1);
}

/* ---- subscribe ------------------------------------------------------------------- */

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

/* ---- allow ------------------------------------------------------------------------ */

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

/* ---- command ---------------------------------------------------------------------- */

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

/* ---- the index of drivers -------------------------------------------------------- */

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

/* ---- the filter -------------------------------------------------------------------- */

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

/* ---- memop -------------------------------------------------------------------------- */

static uint32_t memop(uint32_t operand, uint32_t argument)
{
    machine_call(app, SYSCALL_MEMOP, operand, argument, 0, 0);
    assert_int_equal(A(app, 0), SYSRET_SUCCESS_U32);
    return A(app, 1);
}

static void memop_tells_where_memory_lies(void **state)
{
    (void)state;
    boot();
    uint32_t grants = memop(MEMOP_GRANT_START, 0);
    assert_int_equal(memop(MEMOP_RAM_START, 0), ram);
    assert_int_equal(memop(MEMOP_FLASH_START, 0), flash);
    assert_int_equal(memop(MEMOP_FLASH_END, 0), flash_end);
    assert_int_equal(memop(MEMOP_SBRK, 0), app_break);
    assert_true(memop(MEMOP_RAM_END, 0) - ram >= 1024);
    assert_in_range(grants, app_break, memop(MEMOP_RAM_END, 0));
    assert_int_equal(memop(MEMOP_WRITEABLE_COUNT, 0), 0);
}

static void memop_refuses_what_it_does_not_know(void **state)
{
    (void)state;
    boot();
    for (uint32_t operand = 12; operand < 300; operand++) {
        remember();
        machine_call(app, SYSCALL_MEMOP, operand, ram, 0, 0);
        assert_refused(app, ERR_NOSUPPORT);
        assert_unchanged();
    }
    machine_call(app, SYSCALL_MEMOP, UINT32_MAX, 0, 0, 0);
    assert_refused(app, ERR_NOSUPPORT);
}

static void the_break_stays_between_ram_start_and_the_grants(void **state)
{
    (void)state;
    boot();
    uint32_t grants = app->grant_break;
    const struct {
        uint32_t operand, argument;
    } impossible[] = {
        { MEMOP_BRK, ram - 1 },
        { MEMOP_BRK, 0 },
        { MEMOP_BRK, UINT32_MAX },
        { MEMOP_BRK, grants + 1 },
        { MEMOP_BRK, app->ram_end },
        { MEMOP_SBRK, grants - app_break + 1 },
        { MEMOP_SBRK, ram - app_break - 1 },
        { MEMOP_SBRK, 0x7FFFFFFF },
        { MEMOP_SBRK, 0x80000000 },
        { MEMOP_SBRK, 100000 },
        { MEMOP_SBRK, 0u - app_break },
    };
    for (size_t i = 0; i < ARRAY_COUNT(impossible); i++) {
        remember();
        machine_call(app, SYSCALL_MEMOP, impossible[i].operand,
                     impossible[i].argument, 0, 0);
        assert_refused(app, ERR_NOMEM);
        assert_unchanged();
    }
    machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, ram, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
    assert_int_equal(memop(MEMOP_RAM_START, 0), ram);
    assert_int_equal(memop(MEMOP_SBRK, 0), ram);
    assert_int_equal(app->context.x[CONTEXT_A0 + 1], ram);
    machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, ram - 1, 0, 0);
    assert_refused(app, ERR_NOMEM);
    machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, grants, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
    assert_int_equal(memop(MEMOP_SBRK, ram + 100 - grants), grants);
    assert_int_equal(memop(MEMOP_SBRK, 4), ram + 100);
    assert_int_equal(app->app_break, ram + 104);
}

static void what_the_break_exposes_is_zero_and_within_the_wall(void **state)
{
    (void)state;
    static const uint32_t sizes[] = { 512, 513, 514, 515, 516, 100, 101,
                                      699, 16,  17,  18,  700, 3,   1000,
                                      0,   5,   0,   1,   0,   64 };
    boot();
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        uint32_t from = app->app_break - ram;
        machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, ram + sizes[i], 0, 0);
        assert_answer(app, SYSRET_SUCCESS, 0);
        assert_true(machine_is_walled(app));
        uint32_t accessible = sizes[i] == 0 ? 4 : (sizes[i] + 3) & ~3u;
        assert_int_equal(protection_end(&app->protection, PROTECTION_RAM),
                         ram + accessible);
        for (uint32_t at = from; from < sizes[i] && at < accessible; at++)
            assert_int_equal(machine_peek(ram + at), 0);
        for (uint32_t at = 0; at < accessible; at++)
            machine_poke(ram + at, 0xEE);
    }
}

/* Between two steps interrupts are taken, and nothing has been exposed yet. */
static void a_large_step_of_the_break_is_made_in_pieces(void **state)
{
    (void)state;
    machine_boot(table, ARRAY_COUNT(table));
    app = machine_start(&(struct app){ .ram = 9000 });
    ram = process_ram_start(app);
    uint32_t calls = app->context.syscalls;
    uint32_t times =
        machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, ram + 8192, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
    assert_in_range(times, 2, 64);
    assert_int_equal(app->context.syscalls, calls + 1);
    for (uint32_t at = 0; at < 8192; at++)
        assert_int_equal(machine_peek(ram + at), 0);
}

static void a_grant_made_meanwhile_stops_a_break_that_would_reach_it(
    void **state)
{
    (void)state;
    machine_boot(table, ARRAY_COUNT(table));
    app = machine_start(&(struct app){ .ram = 9000 });
    uint32_t to = app->grant_break;
    uint32_t pc = app->context.x[CONTEXT_PC] + 4;
    uint32_t was = app->app_break;
    app->context.x[CONTEXT_PC] = pc;
    struct sysret r = syscall_table[SYSCALL_MEMOP](MEMOP_BRK, to, 0, 0, app);
    assert_int_equal(r.variant, SYSRET_KEEP);
    assert_int_equal(app->context.x[CONTEXT_PC], pc - 4);
    assert_int_equal(app->app_break, was);
    assert_non_null(grant_enter(&full, app));
    r = syscall_table[SYSCALL_MEMOP](MEMOP_BRK, to, 0, 0, app);
    assert_int_equal(r.variant, SYSRET_FAILURE);
    assert_int_equal(r.value, ERR_NOMEM);
    assert_int_equal(app->app_break, was);
}

static void an_allowed_buffer_keeps_the_break_above_it_until_the_restart(
    void **state)
{
    (void)state;
    boot();
    machine_call(app, SYSCALL_ALLOW_RW, FULL, 0, ram + 300, 0);
    machine_call(app, SYSCALL_ALLOW_RO, FULL, 0, binary, 8);
    machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, ram + 100, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0); /* neither of those counts */
    static const uint32_t classes[] = { SYSCALL_ALLOW_RW, SYSCALL_ALLOW_RO,
                                        SYSCALL_ALLOW_UR };
    for (uint32_t i = 0; i < ARRAY_COUNT(classes); i++) {
        uint32_t driver = classes[i] == SYSCALL_ALLOW_UR ? SHARED : FULL;
        uint32_t end = ram + 100 + 10 * i;
        machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, ram + 400, 0, 0);
        machine_call(app, classes[i], driver, 0, end - 10, 10);
        machine_call(app, classes[i], driver, 0, 0, 0);
        assert_answer(app, SYSRET_SUCCESS_2U32, end - 10);
        machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, end - 1, 0, 0);
        assert_refused(app, ERR_NOMEM);
        machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, end, 0, 0);
        assert_answer(app, SYSRET_SUCCESS, 0);
    }
    machine_call(app, SYSCALL_EXIT, EXIT_RESTART, 0, 0, 0);
    machine_settle();
    machine_call(app, SYSCALL_MEMOP, MEMOP_BRK, ram + 50, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
}

static void writeable_flash_regions_are_those_of_the_header(void **state)
{
    (void)state;
    static const struct tbf_span regions[] = { { 16, 32 },
                                               { 64, 0 },
                                               { 80, 8 } };
    boot_with(&(struct app){ .writeable = regions, .writeable_count = 3 });
    assert_int_equal(memop(MEMOP_WRITEABLE_COUNT, 0), 3);
    assert_int_equal(memop(MEMOP_WRITEABLE_START, 0), binary + 16);
    assert_int_equal(memop(MEMOP_WRITEABLE_END, 0), binary + 48);
    assert_int_equal(memop(MEMOP_WRITEABLE_START, 2), binary + 80);
    static const uint32_t bad[] = { 1, 3, UINT32_MAX };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        machine_call(app, SYSCALL_MEMOP, MEMOP_WRITEABLE_START, bad[i], 0, 0);
        assert_refused(app, ERR_FAIL);
        machine_call(app, SYSCALL_MEMOP, MEMOP_WRITEABLE_END, bad[i], 0, 0);
        assert_refused(app, ERR_FAIL);
    }
}

static void what_the_app_says_of_stack_and_heap_is_only_noted(void **state)
{
    (void)state;
    boot();
    assert_int_equal(machine_info(app).stack_top, 0);
    assert_int_equal(machine_info(app).heap_start, 0);
    machine_call(app, SYSCALL_MEMOP, MEMOP_DEBUG_STACK_TOP, ram + 256, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0);
    machine_call(app, SYSCALL_MEMOP, MEMOP_DEBUG_HEAP_START, ram + 320, 0, 0);
    assert_int_equal(machine_info(app).stack_top, ram + 256);
    assert_int_equal(machine_info(app).heap_start, ram + 320);
    machine_call(app, SYSCALL_MEMOP, MEMOP_DEBUG_STACK_TOP, 0x10, 0, 0);
    assert_answer(app, SYSRET_SUCCESS, 0); /* nonsense is no error */
    assert_int_equal(machine_info(app).stack_top, 0);
}

/* ---- exit, and classes there are not ------------------------------------------------- */

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

/* ---- grants --------------------------------------------------------------------------- */

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

/* ---- user memory ------------------------------------------------------------------------ */

static void copies_stay_inside_the_slice_and_what_the_app_has(void **state)
{
    (void)state;
    uint8_t bytes[64] = { 1, 2, 3, 4 };
    boot();
    const struct {
        uint32_t base, len, offset;
        size_t size;
        bool readable, writable;
    } cases[] = {
        { ram, 4, 0, 4, true, true },
        { ram, 4, 4, 0, true, true },
        { ram, 4, 3, 1, true, true },
        { ram, 4, 1, 4, false, false },
        { ram, 4, 5, 0, false, false },
        { ram, 4, UINT32_MAX, 1, false, false },
        { ram, 4, UINT32_MAX, 5, false, false },
        { ram, 4, 0, SIZE_MAX, false, false },
        { app_break - 2, 2, 0, 2, true, true },
        { app_break - 2, 4, 0, 3, false, false },
        { app_break - 2, 4, 0, 2, true, true },
        { ram - 4, 8, 0, 8, false, false },
        { ram - 4, 8, 4, 4, true, true },
        { UINT32_MAX, 8, 1, 4, false, false }, /* wraps to 0 */
        { binary, 8, 0, 8, true, false },
        { flash_end - 8, 16, 0, 9, false, false },
        { flash, 8, 0, 8, false, false },
        { app->grant_break, 8, 0, 8, false, false },
        { 0, 8, 0, 4, false, false },
        { 0, 8, 0, 0, true, true },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct uslice s = { { cases[i].base }, cases[i].len };
        err_t read = user_read(app, bytes, s, cases[i].offset, cases[i].size);
        err_t write = user_write(app, s, cases[i].offset, bytes, cases[i].size);
        if ((read == OK) != cases[i].readable ||
            (write == OK) != cases[i].writable)
            print_error("case %zu\n", i);
        assert_int_equal(read, cases[i].readable ? OK : ERR_INVAL);
        assert_int_equal(write, cases[i].writable ? OK : ERR_INVAL);
    }
}

static void copies_move_the_bytes(void **state)
{
    (void)state;
    static const uint8_t text[5] = { 5, 6, 7, 8, 9 };
    uint8_t back[5] = { 0 };
    boot();
    struct uslice s = { { ram + 17 }, 10 };
    assert_int_equal(user_write(app, s, 3, text, 5), OK);
    assert_int_equal(machine_peek(ram + 20), 5);
    assert_int_equal(machine_peek(ram + 24), 9);
    assert_int_equal(machine_peek(ram + 25), 0);
    assert_int_equal(user_read(app, back, s, 3, 5), OK);
    assert_memory_equal(back, text, 5);
}

static void a_copy_for_another_process_raises_its_wall_and_then_the_old_one(
    void **state)
{
    (void)state;
    uint8_t byte = 7;
    boot();
    struct process *other = machine_start(&(struct app){ .name = "other" });
    struct uslice s = { { process_ram_start(other) }, 8 };
    user_load(app);
    assert_int_equal(user_write(other, s, 0, &byte, 1), OK);
    assert_int_equal(machine_peek(s.base.addr), 7);
    assert_ptr_equal(user_loaded, app);
    assert_true(machine_is_walled(app));
    assert_int_equal(user_write(app, s, 0, &byte, 1), ERR_INVAL);
    user_drop();
    assert_int_equal(user_read(other, &byte, s, 0, 1), OK);
    assert_null(user_loaded);
    assert_false(machine_is_walled(other));
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
        cmocka_unit_test(memop_tells_where_memory_lies),
        cmocka_unit_test(memop_refuses_what_it_does_not_know),
        cmocka_unit_test(the_break_stays_between_ram_start_and_the_grants),
        cmocka_unit_test(what_the_break_exposes_is_zero_and_within_the_wall),
        cmocka_unit_test(a_large_step_of_the_break_is_made_in_pieces),
        cmocka_unit_test(
            a_grant_made_meanwhile_stops_a_break_that_would_reach_it),
        cmocka_unit_test(
            an_allowed_buffer_keeps_the_break_above_it_until_the_restart),
        cmocka_unit_test(writeable_flash_regions_are_those_of_the_header),
        cmocka_unit_test(what_the_app_says_of_stack_and_heap_is_only_noted),
        cmocka_unit_test(exit_refuses_what_it_does_not_know),
        cmocka_unit_test(an_unknown_class_is_a_fault_at_the_ecall),
        cmocka_unit_test(of_the_class_only_eight_bits_count),
        cmocka_unit_test(
            a_grant_is_made_on_first_use_zeroed_in_the_apps_own_ram),
        cmocka_unit_test(a_grant_never_meets_the_break),
        cmocka_unit_test(a_grant_never_meets_the_word_that_stays_accessible),
        cmocka_unit_test(grants_of_the_living_are_found_in_order_of_slots),
        cmocka_unit_test(copies_stay_inside_the_slice_and_what_the_app_has),
        cmocka_unit_test(copies_move_the_bytes),
        cmocka_unit_test(
            a_copy_for_another_process_raises_its_wall_and_then_the_old_one),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
