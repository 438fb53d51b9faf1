/* SPDX-License-Identifier: Apache-2.0 */
/* What a process is told and given of its memory (memop), and how the kernel touches
 * it.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c kernel/deferred.c
 * SOURCES: kernel/driver.c kernel/filter.c kernel/format.c kernel/grant.c
 * SOURCES: kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c kernel/life.c
 * SOURCES: kernel/main.c kernel/memop.c kernel/process.c kernel/start.c pic/reloc.c
 * SOURCES: kernel/ram.c kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c
 * SOURCES: kernel/trace.c tests/fake/called.c */
#include <tests/fake/called.h>

/* ---- memop -------------------------------------------------------------- */

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

/* ---- user memory -------------------------------------------------------- */

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
        cmocka_unit_test(copies_stay_inside_the_slice_and_what_the_app_has),
        cmocka_unit_test(copies_move_the_bytes),
        cmocka_unit_test(
            a_copy_for_another_process_raises_its_wall_and_then_the_old_one),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
