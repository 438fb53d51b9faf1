/* SPDX-License-Identifier: Apache-2.0 */
/* An app becomes a process or is refused, and why; the RAM that is made for it, and
 * the RAM that is set aside.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c kernel/deferred.c
 * SOURCES: kernel/driver.c kernel/filter.c kernel/format.c kernel/grant.c
 * SOURCES: kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c kernel/main.c
 * SOURCES: kernel/memop.c kernel/process.c kernel/life.c kernel/start.c pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c
 * SOURCES: tests/fake/lives.c */
#include <tests/fake/lives.h>

/* ---- loading ------------------------------------------------------------ */

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

/* ---- RAM that the kernel makes ------------------------------------------ */

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

/* ---- reservations ------------------------------------------------------- */

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
