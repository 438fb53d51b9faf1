/* SPDX-License-Identifier: Apache-2.0 */
/* The app loader: who may, what each command answers and ends with, whose a
 * transfer is, and that what counts is what flash holds. known_N_...: the
 * defects of tests/defects.txt.
 * SOURCES: loader/app_loader.c loader/authority.c
 * SOURCES: tests/fake/loading.c tests/power/nor.c loader/accept_none.c
 * SOURCES: loader/loader.c loader/load.c
 * SOURCES: loader/update.c loader/identity.c loader/store.c loader/store_chain.c
 * SOURCES: loader/store_journal.c loader/store_sector.c loader/store_transfer.c
 * SOURCES: pic/crc32.c
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c
 * LINK: -Wl,--wrap=flash_hold -Wl,--wrap=flash_release */
#include <loader/app_loader.h>
#include <tests/fake/loading.h>

#include <string.h>

#include <kernel/flash_hold.h>
#include <kernel/log.h>

#define NOTHING 0xFFu /* no event has come */

static struct app_loader driver;

static const struct driver table[] = {
    { DRIVER_APP_LOADER, &app_loader_ops, &driver, &driver.grant },
    { DRIVER_APP_LOADER_MORE, &app_loader_more_ops, &driver,
      &driver.more_grant },
};

static const struct authority_line list[] = {
    { 0xA, AUTHORITY_ANY_KEY },
    { 0xB, AUTHORITY_ANY_KEY },
    { 0xC, 7 },
};

static const struct tbf_permission both[] = {
    { DRIVER_APP_LOADER, 0, 0xFF },
    { DRIVER_APP_LOADER_MORE, 0, 0xFFFF },
};

/* Two that may, with 5 KiB of RAM each. */
static const struct app ann = { .name = "ann",
                                .short_id = 0xA,
                                .ram = 5200,
                                .permissions = both,
                                .permission_count = 2 };
static const struct app bob = { .name = "bob",
                                .short_id = 0xB,
                                .ram = 5200,
                                .permissions = both,
                                .permission_count = 2 };
static const struct app child = {
    .name = "child", .short_id = 0x77, .version = 1, .ram = 512, .binary = 4200
};

static struct process *a, *b;

static struct process *process_of(const char *name)
{
    struct process *p = process_find(loading_object(name).pid);
    assert_non_null(p);
    return p;
}

static void begin(void)
{
    app_loader_init(&driver, &loading.loader, list, ARRAY_COUNT(list));
    loading_start(table, ARRAY_COUNT(table));
    loading_put(&ann);
    loading_put(&bob);
    loading_boot();
    a = process_of("ann");
    b = process_of("bob");
    /* Their RAM, all of it. */
    (void)machine_call(a, SYSCALL_MEMOP, 0, process_ram_start(a) + 4600, 0, 0);
    assert_answer(a, SYSRET_SUCCESS, 0);
    (void)machine_call(b, SYSCALL_MEMOP, 0, process_ram_start(b) + 4600, 0, 0);
    assert_answer(b, SYSRET_SUCCESS, 0);
}

/* ---- calls -------------------------------------------------------------------- */

/* An app runs only while flash can be read. */
static void until_apps_run(void)
{
    while (loading.nor.is_busy)
        (void)loading_step();
}

/* What a command answers: 0, or the error. */
static uint32_t call(struct process *p, uint32_t number, uint32_t arg1,
                     uint32_t arg2)
{
    until_apps_run();
    (void)machine_call(p, SYSCALL_COMMAND, DRIVER_APP_LOADER, number, arg1,
                       arg2);
    return A(p, 0) == SYSRET_FAILURE ? A(p, 1) : 0;
}

static uint32_t more(struct process *p, uint32_t number, uint32_t arg1,
                     uint32_t arg2)
{
    until_apps_run();
    (void)machine_call(p, SYSCALL_COMMAND, DRIVER_APP_LOADER_MORE, number, arg1,
                       arg2);
    return A(p, 0) == SYSRET_FAILURE ? A(p, 1) : 0;
}

/* The next event of that command: its status and value; NOTHING: none. */
static uint32_t event_value;

static uint32_t event(struct process *p, const struct grant *grant,
                      uint32_t number)
{
    for (uint32_t i = 0; i < p->queue_count; i++) {
        const struct upcall_event *e =
            &p->queue[(p->queue_first + i) % UPCALL_QUEUE];
        if (e->what != EVENT_KEY(grant, number))
            continue;
        uint32_t status = e->arg[0];
        event_value = e->arg[1];
        assert_int_equal(i, 0); /* none is left over from before */
        p->queue_first = (uint8_t)((p->queue_first + 1) % UPCALL_QUEUE);
        p->queue_count--;
        return status;
    }
    return NOTHING;
}

static uint32_t event_of(struct process *p, uint32_t command)
{
    return event(p, &driver.grant, command - 1);
}

/* A command to its end: its event's status, or 100 and the error it answered. */
static uint32_t ask(struct process *p, uint32_t number, uint32_t arg1,
                    uint32_t arg2)
{
    uint32_t e = call(p, number, arg1, arg2);
    if (e != 0)
        return 100 + e;
    loading_pass(10);
    return event_of(p, number);
}

static uint32_t ask_more(struct process *p, uint32_t number,
                         struct store_handle h)
{
    uint32_t e = more(p, number, h.at, h.tag);
    if (e != 0)
        return 100 + e;
    loading_pass(10);
    e = event(p, &driver.more_grant, 0);
    if (e != NOTHING)
        assert_int_equal(event_value, number);
    return e;
}

static uint32_t buffer_at(const struct process *p)
{
    return process_ram_start(p) + 64;
}

static void share(struct process *p, uint32_t len)
{
    (void)machine_call(p, SYSCALL_ALLOW_RO, DRIVER_APP_LOADER, 0, buffer_at(p),
                       len);
    assert_int_equal(A(p, 0), SYSRET_SUCCESS_2U32);
}

/* `len` bytes of the image from `offset` on into the app's buffer. */
static void fill(struct process *p, uint32_t offset, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        machine_poke(buffer_at(p) + i, loading_image[offset + i]);
    share(p, len);
}

static uint32_t put_image(struct process *p, uint32_t size)
{
    uint32_t status = 0;
    for (uint32_t at = 0; at < size && status == 0; at += 4096) {
        uint32_t len = size - at < 4096 ? size - at : 4096;
        fill(p, at, len);
        status = ask(p, 2, at, len);
        if (status == 0)
            assert_int_equal(event_value, len);
    }
    return status;
}

static uint32_t install(struct process *p, const struct app *app)
{
    uint32_t size = loading_image_make(app);
    uint32_t status = ask(p, 1, size, 0);
    if (status == 0)
        status = put_image(p, size);
    return status == 0 ? ask(p, 3, 0, 0) : status;
}

static struct store_handle handle_of(const char *name)
{
    return loading_object(name).store.handle;
}

static bool exists(const char *name)
{
    struct loader_object o;
    return loading_find(name, &o);
}

/* ---- who may ---------------------------------------------------------------------- */

static void known_31_only_the_listed_that_ask_may(void **state)
{
    static const struct app cases[] = {
        { .name = "unlisted",
          .short_id = 0x55,
          .permissions = both,
          .permission_count = 2 },
        { .name = "no id", .permissions = both, .permission_count = 2 },
        { .name = "silent", .short_id = 0xA },
        { .name = "other key",
          .short_id = 0xC,
          .permissions = both,
          .permission_count = 2 },
    };
    (void)state;
    app_loader_init(&driver, &loading.loader, list, ARRAY_COUNT(list));
    loading_start(table, ARRAY_COUNT(table));
    for (uint32_t i = 0; i < ARRAY_COUNT(cases); i++)
        loading_put(&cases[i]);
    loading_boot();
    for (uint32_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct process *p = process_of(cases[i].name);
        uint32_t before = klog_end();
        assert_int_equal(call(p, 0, 0, 0), 0);
        assert_int_equal(klog_end(), before);
        assert_int_equal(call(p, 1, 64, 0), ERR_NOSUPPORT);
        assert_int_not_equal(klog_end(), before);
        before = klog_end();
        for (uint32_t n = 1; n <= 6; n++)
            assert_int_equal(call(p, n, 64, 0), ERR_NOSUPPORT);
        assert_int_equal(klog_end(), before); /* once is enough */
        assert_int_equal(more(p, 1, 64, 0), ERR_NOSUPPORT);
        assert_int_not_equal(klog_end(), before);
        before = klog_end();
        for (uint32_t n = 1; n <= 13; n++) {
            assert_int_equal(call(p, 1, 64, 0), ERR_NOSUPPORT);
            assert_int_equal(more(p, n, 64, 0), ERR_NOSUPPORT);
        }
        assert_int_equal(klog_end(), before);
    }
    assert_int_equal(loader_busy(&loading.loader), LOADER_IDLE);
}

static void one_driver_does_not_give_the_other(void **state)
{
    static const struct tbf_permission one[] = {
        { DRIVER_APP_LOADER, 0, 0xFF },
    };
    (void)state;
    app_loader_init(&driver, &loading.loader, list, ARRAY_COUNT(list));
    loading_start(table, ARRAY_COUNT(table));
    loading_put(&(struct app){ .name = "half",
                               .short_id = 0xA,
                               .permissions = one,
                               .permission_count = 1 });
    loading_boot();
    struct process *p = process_of("half");
    assert_int_equal(call(p, 5, 0, 0), ERR_INVAL); /* nothing to abort */
    assert_int_not_equal(more(p, 7, 0, 0), 0);
    assert_int_equal(loader_busy(&loading.loader), LOADER_IDLE);
}

/* ---- the usual way ------------------------------------------------------------------ */

static void an_app_installs_starts_and_ends_another(void **state)
{
    (void)state;
    begin();
    assert_int_equal(ask(a, 4, 0, 0), 100 + ERR_RESERVE);
    assert_int_equal(install(a, &child), 0);
    assert_false(process_find(loading_object("child").pid) != NULL);
    assert_int_equal(ask(b, 4, 0, 0), 100 + ERR_RESERVE); /* not its own */
    assert_int_equal(ask(a, 4, 0, 0), 0);
    assert_true(process_find(loading_object("child").pid) != NULL);
    assert_int_equal(ask(a, 4, 0, 0), 100 + ERR_ALREADY);
    assert_int_equal(ask(a, 6, 0x77, 0), 0);
    assert_int_equal(event_value,
                     MACHINE_FLASH + loading_object("child").store.at);
    assert_false(process_find(loading_object("child").pid) != NULL);
    assert_int_equal(ask(a, 6, 0x77, 0), 100 + ERR_NODEVICE);
}

static void known_16_an_unknown_short_id_leaves_it_idle(void **state)
{
    (void)state;
    begin();
    assert_int_equal(ask(a, 6, 0x4711, 0), 100 + ERR_NODEVICE);
    assert_int_equal(ask(a, 6, 0, 0), 100 + ERR_INVAL);
    assert_int_equal(install(b, &child), 0);
}

static void known_20_a_load_that_starts_nothing_says_why(void **state)
{
    struct app big = child, twin = child;
    (void)state;
    big.ram = 4 * MACHINE_RAM_SIZE;
    big.name = "big";
    big.short_id = 0x78;
    twin.name = "twin";
    begin();
    assert_int_equal(install(a, &child), 0);
    assert_int_equal(ask(a, 4, 0, 0), 0);
    twin.version = 2;
    assert_int_equal(install(a, &twin), 0);
    assert_int_equal(ask(a, 4, 0, 0), ERR_ALREADY); /* child runs */
    assert_int_equal(install(a, &big), 0);
    assert_int_equal(ask(a, 4, 0, 0), ERR_NOMEM);
    struct app off = big;
    off.name = "off";
    off.short_id = 0x79;
    off.is_disabled = true;
    assert_int_equal(install(a, &off), 0);
    assert_int_equal(ask(a, 4, 0, 0), ERR_OFF);
}

static void known_33_what_was_finalized_goes_stale(void **state)
{
    struct app other = child;
    (void)state;
    other.name = "other";
    other.short_id = 0x78;
    begin();
    assert_int_equal(install(a, &child), 0);
    assert_int_equal(install(b, &other), 0);
    assert_int_equal(ask(a, 4, 0, 0), 100 + ERR_NODEVICE);
    assert_int_equal(ask(b, 4, 0, 0), 0);
    assert_true(process_find(loading_object("other").pid) != NULL);
    assert_false(process_find(loading_object("child").pid) != NULL);
}

/* ---- writes -------------------------------------------------------------------------- */

static void known_30_lengths_of_writes(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    assert_int_equal(ask(a, 1, size, 0), 0);
    fill(a, 0, 1024);
    assert_int_equal(ask(a, 2, 0, 1028), 100 + ERR_SIZE);
    assert_int_equal(ask(a, 2, 0, 0), 100 + ERR_INVAL);
    assert_int_equal(ask(a, 2, 0, 4100), 100 + ERR_SIZE);
    assert_int_equal(ask(a, 2, 0, 0xFFFFFFFF), 100 + ERR_SIZE);
    assert_int_equal(ask(a, 2, 4, 256), 100 + ERR_INVAL);
    assert_int_equal(ask(a, 2, 0xFFFFFF00, 1024), 100 + ERR_INVAL);
    assert_int_equal(ask(a, 2, 0, 1024), 0);
    assert_int_equal(event_value, 1024);
    assert_int_equal(ask(a, 2, 0, 1024), 100 + ERR_INVAL); /* again */
    assert_int_equal(ask(a, 2, 1024, 1022), ERR_INVAL);    /* no whole words */
    assert_int_equal(event_value, 768);
}

static void a_write_goes_in_steps_of_256_bytes(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    assert_int_equal(ask(a, 1, size, 0), 0);
    fill(a, 0, 4096);
    assert_int_equal(call(a, 2, 0, 4096), 0);
    uint32_t steps = 0, last = 0;
    while (driver.asker.handle != 0) {
        const struct store_transfer *t = loader_transfer(&loading.loader);
        assert_non_null(t);
        assert_true(t->offset - last <= APP_LOADER_PIECE);
        steps += t->offset != last;
        last = t->offset;
        (void)loading_step();
    }
    steps += loading.loader.store.transfer.offset != last;
    assert_int_equal(steps, 4096 / APP_LOADER_PIECE);
    assert_int_equal(event_of(a, 2), 0);
    assert_int_equal(event_value, 4096);
}

/* While it is being written the buffer changes, and is taken away. */
static void what_counts_is_what_flash_holds(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    assert_int_equal(more(a, 9, size, 0x12345678), 0); /* another CRC */
    loading_pass(10);
    assert_int_equal(event(a, &driver.more_grant, 0), 0);
    assert_int_equal(put_image(a, size), 0);
    assert_int_equal(ask(a, 3, 0, 0), ERR_FAIL);
    assert_int_equal(ask(a, 5, 0, 0), 0);

    /* A header that becomes another one behind the first piece's back. */
    assert_int_equal(ask(a, 1, size, 0), 0);
    fill(a, 0, 4096);
    assert_int_equal(call(a, 2, 0, 4096), 0);
    for (uint32_t i = 0; i < 4096; i++)
        machine_poke(buffer_at(a) + i, 0xEE);
    loading_pass(10);
    assert_int_equal(event_of(a, 2), 0);
    fill(a, 4096, size - 4096);
    assert_int_equal(ask(a, 2, 4096, size - 4096), 0);
    assert_int_equal(ask(a, 3, 0, 0), 0);
    struct loader_object o = loading_object("child");
    const uint8_t *is = loader_bytes(&loading.loader, o.store.at);
    assert_memory_equal(is, loading_image, APP_LOADER_PIECE);
    assert_int_equal(is[APP_LOADER_PIECE], 0xEE);
    assert_int_equal(is[4095], 0xEE);
    assert_memory_equal(is + 4096, loading_image + 4096, size - 4096);
}

static void a_buffer_that_is_taken_away_ends_the_write(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    assert_int_equal(ask(a, 1, size, 0), 0);
    fill(a, 0, 4096);
    assert_int_equal(call(a, 2, 0, 4096), 0);
    share(a, 100);
    loading_pass(10);
    assert_int_equal(event_of(a, 2), ERR_INVAL);
    assert_int_equal(event_value, 256);
    fill(a, 256, 256);
    assert_int_equal(ask(a, 2, 256, 256), 0); /* it goes on where it was */
    assert_int_equal(ask(a, 5, 0, 0), 0);
}

static void known_27_and_28_only_whole_apps_are_finalized(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    for (uint32_t bit = 0; bit < 8; bit++) {
        size = loading_image_make(&child);
        loading_image[20] ^= (uint8_t)(1u << bit); /* of the first entry */
        assert_int_equal(ask(a, 1, size, 0), 0);
        assert_int_equal(put_image(a, size), 0);
        assert_int_equal(ask(a, 3, 0, 0), ERR_INVAL);
        assert_int_equal(ask(a, 4, 0, 0), 100 + ERR_RESERVE);
        assert_int_equal(ask(a, 5, 0, 0), 0);
        assert_false(exists("child"));
    }
    size = loading_image_make(&child);
    assert_int_equal(ask(a, 1, size, 0), 0);
    fill(a, 0, 4096);
    assert_int_equal(ask(a, 2, 0, 4096), 0);
    assert_int_equal(ask(a, 3, 0, 0), 100 + ERR_SIZE); /* not all there */
    assert_int_equal(ask(a, 5, 0, 0), 0);
    assert_int_equal(ask(a, 1, size + 4, 0), 0);
    assert_int_equal(ask(a, 2, 0, 4096), 100 + ERR_INVAL); /* other size */
}

static void known_8_lengths_that_make_no_sense(void **state)
{
    static const uint32_t lengths[] = {
        0, 1, 4, 12, 15, 17, 18, 19, 30, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFC
    };
    (void)state;
    begin();
    for (uint32_t i = 0; i < ARRAY_COUNT(lengths); i++)
        assert_true(ask(a, 1, lengths[i], 0) > 100);
    assert_int_equal(loader_busy(&loading.loader), LOADER_IDLE);
    assert_int_equal(install(a, &child), 0);
}

/* ---- abort ------------------------------------------------------------------------------ */

static void known_17_an_abort_waits_for_the_write_under_way(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    for (uint32_t steps = 0; steps < 60; steps++) {
        assert_int_equal(ask(a, 1, size, 0), 0);
        fill(a, 0, 4096);
        assert_int_equal(call(a, 2, 0, 4096), 0);
        for (uint32_t i = 0;
             i < steps && driver.command == 2 && driver.asker.handle != 0; i++)
            (void)loading_step();
        until_apps_run();
        bool is_under_way = driver.asker.handle != 0;
        assert_int_equal(call(a, 5, 0, 0), 0);
        if (is_under_way) /* once is enough, and nothing else goes */
            assert_int_equal(call(a, 5, 0, 0), ERR_BUSY);
        if (is_under_way)
            assert_int_equal(call(b, 5, 0, 0), ERR_BUSY);
        loading_pass(10);
        uint32_t written = event_of(a, 2);
        assert_true(written == ERR_CANCEL || written == 0);
        assert_true(event_value % 256 == 0);
        assert_int_equal(written == 0, event_value == 4096);
        assert_int_equal(event_of(a, 5), 0);
        assert_int_equal(a->queue_count, 0);
        assert_null(loader_transfer(&loading.loader));
    }
    assert_int_equal(install(b, &child), 0);
}

static void known_17_an_abort_waits_for_the_setup_under_way(void **state)
{
    (void)state;
    begin();
    assert_int_equal(call(a, 1, 1024, 0), 0);
    assert_int_equal(call(a, 5, 0, 0), 0);
    loading_pass(10);
    assert_int_equal(event_of(a, 1), 0);
    assert_int_equal(event_of(a, 5), 0);
    assert_int_equal(more(a, 9, 1024, 99), 0);
    assert_int_equal(call(a, 5, 0, 0), 0);
    loading_pass(10);
    assert_int_equal(event(a, &driver.more_grant, 0), 0);
    assert_int_equal(event_of(a, 5), 0);
    /* A setup that fails leaves nothing to abort. */
    assert_int_equal(call(a, 1, LOADING_END, 0), 0);
    assert_int_equal(call(a, 5, 0, 0), 0);
    loading_pass(10);
    assert_int_equal(event_of(a, 1), ERR_NOMEM);
    assert_int_equal(event_of(a, 5), ERR_INVAL);
    assert_int_equal(install(b, &child), 0);
}

static void known_18_an_abort_that_failed_can_be_repeated(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    assert_int_equal(ask(a, 1, size, 0), 0);
    fill(a, 0, 4096);
    assert_int_equal(ask(a, 2, 0, 4096), 0);
    loading.nor.operations = 0;
    loading.nor.fail_at = 0;
    assert_int_equal(ask(a, 5, 0, 0), ERR_FAIL);
    loading.nor.fail_at = NOR_NEVER;
    assert_int_equal(ask(a, 5, 0, 0), 0);
    assert_int_equal(install(a, &child), 0);
}

/* ---- whose it is --------------------------------------------------------------------------- */

static void known_29_a_second_command_is_refused_and_changes_nothing(
    void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    assert_int_equal(call(a, 1, size, 0), 0);
    for (uint32_t n = 1; n <= 6; n++)
        assert_int_equal(call(b, n, 1024, 256), ERR_BUSY);
    assert_int_equal(call(a, 0, 0, 0), 0); /* gives nothing up */
    assert_int_equal(call(b, 0, 0, 0), 0);
    assert_int_equal(call(a, 1, size, 0), ERR_BUSY);
    assert_int_equal(call(b, 7, 0, 0), ERR_NOSUPPORT);
    assert_int_equal(more(b, 14, 0, 0), ERR_NOSUPPORT);
    loading_pass(10);
    assert_int_equal(event_of(a, 1), 0);
    assert_int_equal(event_of(b, 1), NOTHING);
    assert_int_equal(call(b, 1, 1024, 0), ERR_BUSY); /* it is ann's */
    share(b, 512);
    assert_int_equal(call(b, 2, 0, 256), ERR_BUSY);
    assert_int_equal(call(b, 3, 0, 0), ERR_BUSY);
    assert_int_equal(call(b, 5, 0, 0), ERR_BUSY);
    assert_int_equal(more(b, 6, 0, 0), ERR_NODEVICE); /* no such handle */
    assert_int_equal(put_image(a, size), 0);
    assert_int_equal(ask(a, 3, 0, 0), 0);
    assert_int_equal(ask(b, 1, size, 0), 0); /* now it is free */
}

static void known_29_a_dead_owner_is_told_nothing(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    for (uint32_t steps = 0; steps < 12; steps++) {
        assert_int_equal(ask(a, 1, size, 0), 0);
        fill(a, 0, 4096);
        assert_int_equal(call(a, 2, 0, 4096), 0);
        for (uint32_t i = 0; i < steps; i++)
            (void)loading_step();
        pid_handle_t pid = process_pid(a);
        assert_int_equal(process_terminate(pid), OK);
        process_attend();
        loading_pass(10);
        assert_int_equal(driver.asker.handle, 0);
        assert_int_equal(loader_busy(&loading.loader), LOADER_IDLE);
        assert_int_equal(install(b, &child), 0);
        assert_int_equal(ask_more(b, 5, handle_of("child")), 0);
        assert_int_equal(process_boot(pid), OK);
        loading_pass(5);
        a = process_of("ann");
        (void)machine_call(a, SYSCALL_MEMOP, 0, process_ram_start(a) + 4600, 0,
                           0);
    }
}

static void known_28_a_silent_owner_loses_it_and_can_resume(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child);
    assert_int_equal(more(a, 9, size, 0xABCD), 0);
    loading_pass(10);
    assert_int_equal(event(a, &driver.more_grant, 0), 0);
    fill(a, 0, 4096);
    assert_int_equal(ask(a, 2, 0, 4096), 0);
    loading_pass(loading.policy.idle_ms + 2 * LOADER_TICK_MS);
    assert_int_equal(ask(a, 2, 4096, 104), 100 + ERR_RESERVE);
    assert_int_equal(more(b, 8, 0, 0), 0);
    assert_int_equal(A(b, 2), 4096);
    assert_int_equal(A(b, 3), 0); /* not bob's */
    assert_int_equal(more(b, 9, size, 0xABCD), 0);
    loading_pass(10);
    assert_int_equal(event(b, &driver.more_grant, 0), 0);
    assert_int_equal(more(b, 8, 0, 0), 0);
    assert_int_equal(A(b, 1), size);
    uint32_t from = A(b, 2); /* the last piece may have been cut off */
    assert_true(from >= 4096 - APP_LOADER_PIECE && from <= 4096);
    assert_int_equal(A(b, 3), 1);
    (void)loading_image_make(&child);
    fill(b, 0, 16);
    assert_int_equal(ask(b, 2, 0, 16), 0);
    fill(b, from, size - from);
    assert_int_equal(ask(b, 2, from, size - from), 0);
    assert_int_equal(ask(b, 3, 0, 0), ERR_FAIL); /* that was a made-up CRC */
}

static void known_34_progress_and_resuming(void **state)
{
    (void)state;
    begin();
    assert_int_equal(more(a, 8, 0, 0), ERR_NODEVICE);
    uint32_t size = loading_image_make(&child);
    assert_int_equal(ask(a, 1, size, 0), 0);
    fill(a, 0, 512);
    assert_int_equal(ask(a, 2, 0, 512), 0);
    assert_int_equal(more(a, 8, 0, 0), 0);
    assert_int_equal(A(a, 1), size);
    assert_int_equal(A(a, 2), 512);
    assert_int_equal(A(a, 3), 1);
}

/* ---- objects --------------------------------------------------------------------------------- */

static void share_entry(struct process *p, uint32_t len)
{
    (void)machine_call(p, SYSCALL_ALLOW_RW, DRIVER_APP_LOADER_MORE, 0,
                       buffer_at(p), len);
    assert_int_equal(A(p, 0), SYSRET_SUCCESS_2U32);
}

static struct app_loader_entry entry_read(const struct process *p)
{
    struct app_loader_entry entry;
    uint8_t *to = (uint8_t *)&entry;
    for (uint32_t i = 0; i < sizeof entry; i++)
        to[i] = machine_peek(buffer_at(p) + i);
    return entry;
}

static void known_32_every_stored_app_is_listed_and_managed(void **state)
{
    (void)state;
    begin();
    assert_int_equal(install(a, &child), 0);
    assert_int_equal(more(a, 1, 0, 0), ERR_SIZE); /* no buffer */
    share_entry(a, sizeof(struct app_loader_entry));
    assert_int_equal(more(a, 1, 2, 0), 0);
    struct app_loader_entry e = entry_read(a);
    assert_string_equal(e.name, "child");
    assert_int_equal(e.version, 1);
    assert_int_equal(e.short_id, 0x77);
    assert_int_equal(e.flags, APP_LOADER_ENABLED);
    assert_int_equal(e.pid, 0);
    assert_int_equal(more(a, 1, 3, 0), ERR_NODEVICE);
    const struct store_handle h = { e.handle[0], e.handle[1] };
    assert_int_equal(ask_more(a, 4, h), 0); /* disable */
    assert_int_equal(more(a, 2, h.at, h.tag), 0);
    assert_int_equal(entry_read(a).flags, 0);
    assert_int_equal(ask_more(a, 10, h), ERR_OFF);
    assert_int_equal(ask_more(a, 3, h), 0);
    assert_int_equal(ask_more(a, 10, h), 0); /* start */
    assert_int_equal(ask_more(a, 10, h), 100 + ERR_ALREADY);
    assert_int_equal(more(a, 2, h.at, h.tag), 0);
    e = entry_read(a);
    assert_int_equal(e.flags, APP_LOADER_ENABLED | APP_LOADER_RUNS);
    assert_true(e.pid != 0);
    assert_int_equal(ask_more(a, 11, h), 0); /* stop */
    assert_int_equal(ask_more(a, 12, h), 100 + ERR_INVAL);
    assert_int_equal(ask_more(a, 13, h), 100 + ERR_INVAL);
    assert_int_equal(ask_more(a, 5, h), 0);
    assert_int_equal(ask_more(a, 5, h), 100 + ERR_NODEVICE);
    assert_int_equal(ask_more(a, 7, h), ERR_ALREADY); /* nothing to move */
}

static void known_33_no_handle_can_be_made_up(void **state)
{
    (void)state;
    begin();
    const struct store_handle good = handle_of("bob");
    static const uint32_t numbers[] = { 2, 3, 4, 5, 6, 10, 11, 12, 13 };
    for (uint32_t i = 0; i < ARRAY_COUNT(numbers); i++)
        for (uint32_t bit = 0; bit < 64; bit++)
            assert_int_equal(more(a, numbers[i],
                                  good.at ^ (bit < 32 ? 1u << bit : 0),
                                  good.tag ^ (bit < 32 ? 0 : 1u << (bit - 32))),
                             ERR_NODEVICE);
    /* Addresses alone, as loaders of old took them. */
    for (uint32_t at = 0; at < LOADING_END; at += 4)
        assert_int_equal(more(a, 5, at, MACHINE_FLASH + at), ERR_NODEVICE);
    assert_int_equal(process_pid(process_of("bob")).handle,
                     process_pid(b).handle);
}

static struct app newer = {
    .name = "newer", .short_id = 0x77, .version = 2, .ram = 512, .binary = 800
};

static void known_23_an_update_is_its_owners_alone(void **state)
{
    (void)state;
    begin();
    assert_int_equal(install(a, &child), 0);
    assert_int_equal(ask(a, 4, 0, 0), 0);
    struct store_handle h = handle_of("child");
    assert_int_equal(more(a, 6, h.at, h.tag), ERR_RESERVE); /* no transfer */
    uint32_t size = loading_image_make(&newer);
    assert_int_equal(ask(a, 1, size, 0), 0);
    assert_int_equal(put_image(a, size), 0);
    assert_int_equal(more(b, 6, h.at, h.tag), ERR_RESERVE); /* not bob's */
    assert_int_equal(more(a, 6, h.at, h.tag), 0);
    /* Whatever bob tries meanwhile changes nothing of it. */
    assert_int_equal(call(b, 1, 1024, 0), ERR_BUSY);
    assert_int_equal(more(b, 9, 1024, 5), ERR_BUSY);
    assert_int_equal(call(b, 3, 0, 0), ERR_BUSY);
    assert_int_equal(call(b, 5, 0, 0), ERR_BUSY);
    assert_int_equal(ask(a, 3, 0, 0), 0);
    assert_true(process_find(loading_object("newer").pid) != NULL);
    assert_int_equal(loading_object("newer").store.trial_of,
                     loading_object("child").store.at);
    assert_int_equal(ask_more(a, 13, handle_of("newer")), 0);
    assert_true(process_find(loading_object("child").pid) != NULL);
    assert_false(exists("newer"));
    /* A new transfer is no update until that is said again. */
    newer.version = 3;
    size = loading_image_make(&newer);
    assert_int_equal(ask(a, 1, size, 0), 0);
    assert_int_equal(put_image(a, size), 0);
    assert_int_equal(ask(a, 3, 0, 0), 0);
    assert_int_equal(loading_object("newer").store.trial_of, STORE_NONE);
}

static void known_35_a_lower_version_is_not_finalized(void **state)
{
    struct app older = child;
    (void)state;
    older.version = 0;
    begin();
    assert_int_equal(install(a, &child), 0);
    assert_int_equal(install(a, &older), ERR_FAIL);
    assert_int_equal(ask(a, 5, 0, 0), 0);
}

static void who_removes_itself_is_told_nothing(void **state)
{
    (void)state;
    begin();
    struct store_handle h = handle_of("ann");
    assert_int_equal(more(a, 5, h.at, h.tag), 0);
    loading_pass(20);
    assert_false(exists("ann"));
    assert_int_equal(driver.asker.handle, 0);
    assert_int_equal(loader_busy(&loading.loader), LOADER_IDLE);
    assert_int_equal(install(b, &child), 0);
}

static void compaction_asked_for_by_one_that_moves(void **state)
{
    (void)state;
    begin();
    assert_int_equal(ask_more(b, 5, handle_of("ann")), 0);
    uint32_t at = loading_object("bob").store.at;
    assert_int_equal(more(b, 7, 0, 0), 0);
    loading_pass(20);
    assert_true(loading_object("bob").store.at < at);
    b = process_of("bob"); /* anew, from its new place */
    assert_int_equal(driver.asker.handle, 0);
    (void)machine_call(b, SYSCALL_MEMOP, 0, process_ram_start(b) + 4600, 0, 0);
    assert_int_equal(install(b, &child), 0);
}

/* ---- flash that fails ------------------------------------------------- */

static void known_14_and_15_each_failure_is_told_once(void **state)
{
    (void)state;
    begin();
    uint32_t size = loading_image_make(&child), failures = 0;
    for (uint64_t n = 0; n < 200; n++) {
        loading.nor.operations = 0;
        loading.nor.fail_at = n;
        uint32_t status = install(a, &child);
        bool has_failed = loading.nor.operations > n;
        loading.nor.fail_at = NOR_NEVER;
        assert_int_not_equal(status, NOTHING);
        if (has_failed)
            assert_int_not_equal(status, 0);
        assert_int_equal(a->queue_count, 0);
        assert_int_equal(driver.asker.handle, 0);
        assert_int_equal(loader_busy(&loading.loader), LOADER_IDLE);
        failures += has_failed;
        uint32_t e = ask(a, 5, 0, 0);
        assert_true(e == 0 || e == 100 + ERR_INVAL);
        if (exists("child"))
            assert_int_equal(ask_more(a, 5, handle_of("child")), 0);
        if (!has_failed)
            break;
    }
    assert_true(failures > size / 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_31_only_the_listed_that_ask_may),
        cmocka_unit_test(one_driver_does_not_give_the_other),
        cmocka_unit_test(an_app_installs_starts_and_ends_another),
        cmocka_unit_test(known_16_an_unknown_short_id_leaves_it_idle),
        cmocka_unit_test(known_20_a_load_that_starts_nothing_says_why),
        cmocka_unit_test(known_33_what_was_finalized_goes_stale),
        cmocka_unit_test(known_30_lengths_of_writes),
        cmocka_unit_test(a_write_goes_in_steps_of_256_bytes),
        cmocka_unit_test(what_counts_is_what_flash_holds),
        cmocka_unit_test(a_buffer_that_is_taken_away_ends_the_write),
        cmocka_unit_test(known_27_and_28_only_whole_apps_are_finalized),
        cmocka_unit_test(known_8_lengths_that_make_no_sense),
        cmocka_unit_test(known_17_an_abort_waits_for_the_write_under_way),
        cmocka_unit_test(known_17_an_abort_waits_for_the_setup_under_way),
        cmocka_unit_test(known_18_an_abort_that_failed_can_be_repeated),
        cmocka_unit_test(
            known_29_a_second_command_is_refused_and_changes_nothing),
        cmocka_unit_test(known_29_a_dead_owner_is_told_nothing),
        cmocka_unit_test(known_28_a_silent_owner_loses_it_and_can_resume),
        cmocka_unit_test(known_34_progress_and_resuming),
        cmocka_unit_test(known_32_every_stored_app_is_listed_and_managed),
        cmocka_unit_test(known_33_no_handle_can_be_made_up),
        cmocka_unit_test(known_23_an_update_is_its_owners_alone),
        cmocka_unit_test(known_35_a_lower_version_is_not_finalized),
        cmocka_unit_test(who_removes_itself_is_told_nothing),
        cmocka_unit_test(compaction_asked_for_by_one_that_moves),
        cmocka_unit_test(known_14_and_15_each_failure_is_told_once),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
