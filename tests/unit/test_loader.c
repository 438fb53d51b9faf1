/* SPDX-License-Identifier: Apache-2.0 */
/* The loading machine: from flash to running apps. Each refusal has a reason of
 * its own, each request one end, whatever fails. known_N_...: the defects of
 * tests/defects.txt.
 * SOURCES: tests/fake/loading.c tests/power/nor.c loader/accept_none.c loader/loader.c
 * SOURCES: loader/load.c loader/update.c loader/identity.c loader/store.c
 * SOURCES: loader/store_chain.c loader/store_journal.c loader/store_sector.c
 * SOURCES: loader/store_transfer.c pic/crc32.c tests/fake/machine.c
 * SOURCES: arch/riscv32/pmp_encode.c pic/tbf.c kernel/deferred.c kernel/driver.c
 * SOURCES: kernel/filter.c kernel/format.c kernel/grant.c kernel/inspect.c kernel/ipc.c
 * SOURCES: kernel/ktime.c kernel/log.c kernel/main.c kernel/memop.c kernel/process.c kernel/life.c
 * SOURCES: kernel/start.c pic/reloc.c kernel/ram.c kernel/sched.c kernel/syscall.c
 * SOURCES: kernel/upcall.c kernel/user.c kernel/trace.c tests/fake/loaded.c
 * LINK: -Wl,--wrap=flash_hold -Wl,--wrap=flash_release */
#include <tests/fake/loaded.h>

static uint32_t ram_left(void)
{
    uint32_t total = 0;
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        total += process_in_slot(slot).handle == 0;
    return total;
}

static err_t stop_app(const char *name)
{
    return loading_end(
        loader_stop(LOADER, CLIENT, loading_object(name).store.handle));
}

/* ---- boot --------------------------------------------------------------- */

static void known_2_an_empty_flash_boots_and_finishes(void **state)
{
    (void)state;
    start();
    loading_boot();
    assert_int_equal(loading.report_count, 0);
    assert_int_equal(loading.finished, 1);
    assert_int_equal(loading_install(&alpha, NULL, true), OK);
    assert_true(lives("alpha"));
}

static void known_1_twenty_apps_are_reported_one_by_one(void **state)
{
    char name[] = "app-a";
    (void)state;
    start();
    for (uint32_t i = 0; i < 20; i++, name[4]++)
        loading_put(&(struct app){ .name = name, .is_disabled = i % 5 != 0 });
    loading_boot();
    assert_int_equal(loading.report_count, 20);
    assert_int_equal(loading.finished, 1);
    for (uint32_t i = 0; i < 20; i++)
        assert_int_equal(loading.reports[i].verdict,
                         i % 5 == 0 ? LOADER_OK : LOADER_DISABLED);
    assert_int_equal(loading_install(&alpha, NULL, false), OK);
}

/* What a boot says of one app in flash that lies before a good one. */
static void report_is(const struct app *app, enum loader_verdict verdict,
                      uint32_t detail)
{
    char text[96];
    start();
    uint32_t at = loading_put(app);
    loading_put(&alpha);
    loading_boot();
    assert_int_equal(loading.report_count, 2);
    assert_int_equal(loading.finished, 1);
    const struct loader_report *r = &loading.reports[0];
    assert_int_equal(r->verdict, verdict);
    assert_int_equal(r->detail, detail);
    assert_int_equal(r->at, at);
    assert_true(loader_report_text(r, text, sizeof text) > 5);
    assert_int_equal(loading.reports[1].verdict, LOADER_OK);
    assert_true(lives("alpha"));
}

static void a_disabled_app_is_reported(void **state)
{
    (void)state;
    report_is(&(struct app){ .name = "off", .is_disabled = true },
              LOADER_DISABLED, 0);
}

static void an_app_for_another_kernel_is_reported(void **state)
{
    (void)state;
    report_is(&(struct app){ .name = "new", .kernel_major = 3 },
              LOADER_NOT_LOADED, LOAD_KERNEL_VERSION);
}

static void an_app_for_no_kernel_is_reported(void **state)
{
    (void)state;
    report_is(&(struct app){ .name = "none", .no_kernel_version = true },
              LOADER_NOT_LOADED, LOAD_KERNEL_VERSION);
}

static void known_36_an_app_linked_for_other_flash_says_for_which(void **state)
{
    (void)state;
    report_is(&(struct app){ .name = "fixed", .fixed_flash = 0x20400000 },
              LOADER_NOT_LOADED, LOAD_WRONG_FLASH);
    assert_int_equal(loading.reports[0].load.wanted, 0x20400000);
    assert_true(loading.reports[0].load.actual > MACHINE_FLASH);
}

static void an_app_linked_for_other_ram_is_reported(void **state)
{
    (void)state;
    report_is(&(struct app){ .name = "fixed", .fixed_ram = 0x60000000 },
              LOADER_NOT_LOADED, LOAD_RAM_OUTSIDE);
}

static void an_app_without_ram_says_how_much_is_wanted(void **state)
{
    (void)state;
    report_is(&(struct app){ .name = "big", .ram = 1u << 20 },
              LOADER_NOT_LOADED, LOAD_NO_RAM);
    assert_true(loading.reports[0].load.wanted >= 1u << 20);
    assert_true(loading.reports[0].load.actual < 1u << 20);
}

static void a_header_too_long_for_its_permissions_is_reported(void **state)
{
    static struct tbf_permission permissions[260];
    (void)state;
    for (uint32_t i = 0; i < 260; i++)
        permissions[i] = (struct tbf_permission){ i, 0, ~0ull };
    report_is(&(struct app){ .name = "long",
                             .permissions = permissions,
                             .permission_count = 260 },
              LOADER_NOT_LOADED, LOAD_LONG_HEADER);
}

static void a_bad_relocation_descriptor_is_reported(void **state)
{
    (void)state;
    report_is(&(struct app){ .name = "moves", .descriptor = 64 },
              LOADER_NOT_LOADED, LOAD_BAD_RELOCATION);
}

static void a_writeable_region_outside_the_binary_is_reported(void **state)
{
    static const struct tbf_span spans[] = { { 200, 57 } };
    (void)state;
    report_is(&(struct app){ .name = "writes",
                             .writeable = spans,
                             .writeable_count = 1 },
              LOADER_BAD_OBJECT, TBF_BAD_WRITEABLE);
}

static void a_newer_version_blocks_an_older_one(void **state)
{
    struct app old = with_version(&beta, 3), new = with_version(&beta, 4);
    (void)state;
    start();
    loading_put(&old);
    uint32_t at = loading_put(&new);
    loading_boot();
    assert_int_equal(loading.reports[0].verdict, LOADER_BLOCKED);
    assert_int_equal(loading.reports[0].detail, BLOCKED_BY_VERSION);
    assert_int_equal(loading.reports[0].other, MACHINE_FLASH + at);
    assert_int_equal(loading.reports[1].verdict, LOADER_OK);
    assert_int_equal(loading.report_count, 2);
}

static void of_two_of_one_version_the_first_runs(void **state)
{
    struct app twin = with_version(&beta, 1);
    (void)state;
    twin.name = "twin";
    start();
    loading_put(&beta);
    loading_put(&twin);
    loading_boot();
    assert_int_equal(loading.reports[0].verdict, LOADER_OK);
    assert_int_equal(loading.reports[1].verdict, LOADER_BLOCKED);
    assert_int_equal(loading.reports[1].detail, BLOCKED_BY_IDENTITY);
}

static void a_disabled_newer_version_blocks_nobody(void **state)
{
    struct app new = with_version(&beta, 4);
    (void)state;
    new.is_disabled = true;
    start();
    loading_put(&beta);
    loading_put(&new);
    loading_boot();
    assert_int_equal(loading.reports[0].verdict, LOADER_OK);
    assert_int_equal(loading.reports[1].verdict, LOADER_DISABLED);
}

static void known_12_a_corrupt_size_is_told_and_ends_the_walk(void **state)
{
    (void)state;
    start();
    loading_put(&alpha);
    uint32_t at = loading_put(&beta);
    loading_put(&gamma);
    loading.nor.cells[at + TBF_AT_TOTAL_SIZE + 2] = 0x77;
    nor_preset(&loading.nor, at, loading.nor.cells + at, 16);
    loading_boot();
    assert_int_equal(loading.report_count, 2);
    assert_int_equal(loading.reports[1].verdict, LOADER_LOST);
    assert_int_equal(loading.reports[1].detail, STORE_NONE);
    assert_int_equal(loading.finished, 1);
    assert_true(lives("alpha"));
}

static void known_12_behind_a_corrupt_size_is_what_the_journal_knows(
    void **state)
{
    (void)state;
    start();
    loading_boot();
    assert_int_equal(loading_install(&alpha, NULL, false), OK);
    assert_int_equal(loading_install(&beta, NULL, false), OK);
    assert_int_equal(loading_install(&gamma, NULL, false), OK);
    uint32_t at = loading_object("beta").store.at;
    uint32_t behind = loading_object("gamma").store.at;
    loading.nor.cells[at + TBF_AT_TOTAL_SIZE] = 1;
    nor_preset(&loading.nor, at, loading.nor.cells + at, 16);
    memset(LOADER, 0, sizeof *LOADER);
    loading_boot();
    assert_int_equal(loading.report_count, 3);
    assert_int_equal(loading.reports[1].verdict, LOADER_LOST);
    assert_int_equal(loading.reports[1].detail, behind);
    assert_int_equal(loading.reports[2].verdict, LOADER_OK);
    assert_true(lives("gamma"));
}

static void a_layout_that_cannot_be_finishes_and_installs_nothing(void **state)
{
    (void)state;
    start();
    loading.nor.geometry.sector_size = 48;
    loading_boot();
    assert_int_equal(loading.finished, 1);
    const struct store_request request = { 512, 0, 0, STORE_NONE };
    assert_int_equal(loader_open(LOADER, CLIENT, &request), ERR_OFF);
}

/* ---- requests ----------------------------------------------------------- */

static void an_app_is_installed_and_started(void **state)
{
    (void)state;
    start();
    loading_boot();
    assert_int_equal(loading_install(&alpha, NULL, true), OK);
    assert_int_equal(loading.result.op, LOADER_COMMIT);
    assert_int_equal(loading.result.report.verdict, LOADER_OK);
    struct loader_object o;
    assert_int_equal(loader_find(LOADER, loading.result.handle, &o), OK);
    assert_true(process_find(o.pid) != NULL);
    assert_int_equal(stop_app("alpha"), OK);
    assert_false(lives("alpha"));
    assert_int_equal(start_app("alpha"), OK);
    assert_int_equal(loading.result.report.verdict, LOADER_OK);
    assert_true(lives("alpha"));
    assert_int_equal(start_app("alpha"), ERR_ALREADY);
}

static void known_20_a_blocked_start_says_by_whom(void **state)
{
    struct app new = with_version(&alpha, 2);
    (void)state;
    new.name = "newer";
    start();
    loading_put(&alpha);
    loading_boot();
    assert_int_equal(loading_install(&new, NULL, true), OK);
    assert_int_equal(loading.result.report.verdict, LOADER_BLOCKED);
    assert_int_equal(loading.result.report.detail, BLOCKED_BY_IDENTITY);
    assert_int_equal(loading.result.report.other,
                     MACHINE_FLASH + loading_object("alpha").store.at);
    assert_false(lives("newer"));
    /* Who has ended blocks no longer: not even by its record. */
    assert_int_equal(stop_app("alpha"), OK);
    assert_int_equal(start_app("newer"), OK);
    assert_int_equal(loading.result.report.verdict, LOADER_OK);
    assert_true(lives("newer"));
}

static void known_23_a_dead_process_blocks_nobody(void **state)
{
    struct app new = with_version(&alpha, 2);
    (void)state;
    new.name = "newer";
    start();
    loading_put(&alpha);
    loading_boot();
    assert_int_equal(process_terminate(loading_object("alpha").pid), OK);
    loading_settle();
    assert_int_equal(loading_install(&new, NULL, true), OK);
    assert_int_equal(loading.result.report.verdict, LOADER_OK);
    assert_true(lives("newer"));
}

static void known_20_a_start_without_ram_is_no_success(void **state)
{
    struct app big = alpha;
    (void)state;
    big.ram = 3 * MACHINE_RAM_SIZE;
    start();
    loading_boot();
    assert_int_equal(loading_install(&big, NULL, true), OK);
    assert_int_equal(loading.result.report.verdict, LOADER_NOT_LOADED);
    assert_int_equal(loading.result.report.detail, LOAD_NO_RAM);
    assert_true(loading.result.report.load.wanted >= big.ram);
}

static void known_24_what_an_app_had_is_free_again(void **state)
{
    struct app large = alpha;
    (void)state;
    large.ram = MACHINE_RAM_SIZE / 2;
    start();
    loading_boot();
    uint32_t slots = ram_left();
    for (uint32_t i = 0; i < 50; i++) {
        assert_int_equal(loading_install(&large, NULL, true), OK);
        assert_int_equal(loading.result.report.verdict, LOADER_OK);
        assert_int_equal(ram_left(), slots - 1);
        assert_int_equal(remove_app("alpha"), OK);
        assert_int_equal(ram_left(), slots);
    }
}

static void known_21_each_request_ends_once_whoever_asks(void **state)
{
    (void)state;
    start();
    loading_put(&alpha);
    loading_put(&beta);
    loading_boot();
    struct store_handle a = loading_object("alpha").store.handle;
    struct store_handle b = loading_object("beta").store.handle;
    const struct store_request request = { 512, 0, 0, STORE_NONE };
    uint32_t dones = loading.dones;
    assert_int_equal(loader_remove(LOADER, CLIENT, a), OK);
    assert_int_equal(loader_busy(LOADER), LOADER_REMOVE);
    assert_int_equal(loader_remove(LOADER, CLIENT, b), ERR_BUSY);
    assert_int_equal(loader_enable(LOADER, CLIENT, b, false), ERR_BUSY);
    assert_int_equal(loader_open(LOADER, CLIENT, &request), ERR_BUSY);
    assert_int_equal(loader_compact(LOADER, CLIENT), ERR_BUSY);
    assert_int_equal(loader_start(LOADER, CLIENT, b), ERR_BUSY);
    assert_int_equal(loader_stop(LOADER, CLIENT, b), ERR_BUSY);
    assert_int_equal(loader_abort(LOADER, CLIENT), ERR_BUSY);
    loading_pass(10);
    assert_int_equal(loading.dones, dones + 1);
    assert_int_equal(loading.result.e, OK);
    assert_true(lives("beta"));
}

static void known_33_forged_and_stale_handles_are_refused(void **state)
{
    (void)state;
    start();
    loading_put(&alpha);
    loading_put(&beta);
    loading_boot();
    const struct store_handle good = loading_object("beta").store.handle;
    for (uint32_t bit = 0; bit < 64; bit++) {
        struct store_handle h = good;
        if (bit < 32)
            h.at ^= 1u << bit;
        else
            h.tag ^= 1u << (bit - 32);
        assert_int_equal(loader_remove(LOADER, CLIENT, h), ERR_NODEVICE);
        assert_int_equal(loader_start(LOADER, CLIENT, h), ERR_NODEVICE);
        assert_int_equal(loader_stop(LOADER, CLIENT, h), ERR_NODEVICE);
        assert_int_equal(loader_enable(LOADER, CLIENT, h, true), ERR_NODEVICE);
        assert_int_equal(loader_confirm(LOADER, CLIENT, h), ERR_NODEVICE);
        assert_int_equal(loader_roll_back(LOADER, CLIENT, h), ERR_NODEVICE);
    }
    assert_int_equal(remove_app("alpha"), OK);
    assert_int_equal(loader_stop(LOADER, CLIENT, good), ERR_NODEVICE);
    assert_true(lives("beta"));
}

static void known_32_an_app_that_does_not_run_can_be_managed(void **state)
{
    struct app anonymous = { .name = "anonymous", .is_disabled = true };
    (void)state;
    start();
    loading_put(&anonymous);
    loading_boot();
    assert_false(lives("anonymous"));
    struct store_handle h = loading_object("anonymous").store.handle;
    assert_int_equal(loading_end(loader_enable(LOADER, CLIENT, h, true)), OK);
    assert_int_equal(start_app("anonymous"), OK);
    assert_true(lives("anonymous"));
    assert_int_equal(loading_end(loader_enable(LOADER, CLIENT, h, false)), OK);
    assert_false(lives("anonymous"));
    assert_int_equal(start_app("anonymous"), OK);
    assert_int_equal(loading.result.report.verdict, LOADER_DISABLED);
    assert_int_equal(remove_app("anonymous"), OK);
    struct loader_object o;
    assert_false(loading_find("anonymous", &o));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_2_an_empty_flash_boots_and_finishes),
        cmocka_unit_test(known_1_twenty_apps_are_reported_one_by_one),
        cmocka_unit_test(a_disabled_app_is_reported),
        cmocka_unit_test(an_app_for_another_kernel_is_reported),
        cmocka_unit_test(an_app_for_no_kernel_is_reported),
        cmocka_unit_test(known_36_an_app_linked_for_other_flash_says_for_which),
        cmocka_unit_test(an_app_linked_for_other_ram_is_reported),
        cmocka_unit_test(an_app_without_ram_says_how_much_is_wanted),
        cmocka_unit_test(a_header_too_long_for_its_permissions_is_reported),
        cmocka_unit_test(a_bad_relocation_descriptor_is_reported),
        cmocka_unit_test(a_writeable_region_outside_the_binary_is_reported),
        cmocka_unit_test(a_newer_version_blocks_an_older_one),
        cmocka_unit_test(of_two_of_one_version_the_first_runs),
        cmocka_unit_test(a_disabled_newer_version_blocks_nobody),
        cmocka_unit_test(known_12_a_corrupt_size_is_told_and_ends_the_walk),
        cmocka_unit_test(
            known_12_behind_a_corrupt_size_is_what_the_journal_knows),
        cmocka_unit_test(a_layout_that_cannot_be_finishes_and_installs_nothing),
        cmocka_unit_test(an_app_is_installed_and_started),
        cmocka_unit_test(known_20_a_blocked_start_says_by_whom),
        cmocka_unit_test(known_23_a_dead_process_blocks_nobody),
        cmocka_unit_test(known_20_a_start_without_ram_is_no_success),
        cmocka_unit_test(known_24_what_an_app_had_is_free_again),
        cmocka_unit_test(known_21_each_request_ends_once_whoever_asks),
        cmocka_unit_test(known_33_forged_and_stale_handles_are_refused),
        cmocka_unit_test(known_32_an_app_that_does_not_run_can_be_managed),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
