/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/called.h>

struct latest latest;

struct sysret command(void *self, uint32_t number, uint32_t arg1, uint32_t arg2,
                      struct process *p)
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

struct uslice shared;

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

const struct driver_ops plain = { .command = command };

static const struct driver_ops sharing = { .command = command,
                                           .allow_ur = shared_allow };

struct grant full = { .layout = { 1, 1, 1, 16 } };

struct grant huge = { .layout = { 1, 1, 1, 60000 } };

struct grant odd = { .layout = { .upcalls = 1, .size = 12 } };

int self_of_full;

const struct driver table[5] = {
    { FULL, &plain, &self_of_full, &full },
    { BARE, &plain, NULL, NULL },
    { HUGE, &plain, NULL, &huge },
    { SHARED, &sharing, NULL, NULL },
    { ODD, &plain, NULL, &odd },
};

struct process *app;
uint32_t ram, app_break, flash, binary, flash_end;

void boot_with(const struct app *spec)
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

void boot(void)
{
    boot_with(&(struct app){ .name = "app", .trailer = 8 });
    assert_non_null(grant_enter(&full, app));
}

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

void remember(void)
{
    for (uint32_t i = 0; i < app_break - ram; i++)
        before.ram[i] = machine_peek(ram + i);
    memcpy(before.record, (void *)(uintptr_t)(record_end() - record_len()),
           record_len());
    before.sched = *machine_config.sched;
}

void assert_unchanged(void)
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

void refusals_check(const struct refusal *list, size_t count)
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

void assert_swapped(uint32_t old0, uint32_t old1)
{
    assert_answer(app, SYSRET_SUCCESS_2U32, old0);
    assert_int_equal(A(app, 2), old1);
}

uint32_t memop(uint32_t operand, uint32_t argument)
{
    machine_call(app, SYSCALL_MEMOP, operand, argument, 0, 0);
    assert_int_equal(A(app, 0), SYSRET_SUCCESS_U32);
    return A(app, 1);
}
