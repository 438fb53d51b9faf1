/* SPDX-License-Identifier: Apache-2.0 */
/* The loading machine: transfers, updates and their trial, compaction, and a flash
 * that fails. known_N_...: the defects of tests/defects.txt.
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

/* At rest: nothing is held, nothing under way, nothing parked. */
static void assert_at_rest(void)
{
    struct process_info info;
    loading_pass(5);
    assert_int_equal(loading.holds, 0);
    assert_int_equal(loader_busy(LOADER), LOADER_IDLE);
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if (process_inspect(slot, &info))
            assert_false(info.stopped);
}

/* As a board that is switched on. */
static void boot_again(void)
{
    ktimer_disarm(&LOADER->timer);
    ktimer_disarm(&LOADER->retry);
    while (loading.holds != 0)
        flash_release();
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        pid_handle_t pid = process_in_slot(slot);
        (void)process_terminate(pid);
        loading_settle();
        if (pid.handle != 0)
            assert_int_equal(process_forget(pid), OK);
    }
    memset(LOADER, 0, sizeof *LOADER);
    loading.report_count = 0;
    loading_boot();
}

/* ---- transfers ---------------------------------------------------------- */

static void known_19_nothing_is_installed_before_it_is_judged(void **state)
{
    (void)state;
    start();
    loading_boot();
    assert_int_equal(loader_commit(LOADER, CLIENT, true), ERR_RESERVE);
    assert_int_equal(loading_transfer(&alpha), OK);
    assert_int_equal(loader_commit(LOADER, CLIENT, true), ERR_RESERVE);
    assert_int_equal(loading_end(loader_seal(LOADER, CLIENT, NULL, false)), OK);
    assert_int_equal(loader_seal(LOADER, CLIENT, NULL, false), ERR_ALREADY);
    assert_int_equal(loading_end(loader_commit(LOADER, CLIENT, true)), OK);
    assert_int_equal(loader_commit(LOADER, CLIENT, true), ERR_RESERVE);
}

static void known_35_versions_are_compared_before_anything_counts(void **state)
{
    static const struct {
        uint32_t version;
        bool is_update, force;
        uint32_t verdict;
    } cases[] = {
        { 4, true, false, UPDATE_LOWER_VERSION },
        { 4, true, true, UPDATE_LOWER_VERSION },
        { 5, true, false, UPDATE_SAME_VERSION },
        { 4, false, false, UPDATE_BELOW_FLOOR },
        { 4, false, true, UPDATE_BELOW_FLOOR },
        { 5, true, true, UPDATE_OK },
    };
    struct app old = with_version(&alpha, 5);
    (void)state;
    start();
    loading_put(&old);
    loading_boot();
    for (uint32_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct app new = with_version(&alpha, cases[i].version);
        const struct store_handle h = loading_object("alpha").store.handle;
        assert_int_equal(loading_transfer(&new), OK);
        err_t e = loading_end(loader_seal(
            LOADER, CLIENT, cases[i].is_update ? &h : NULL, cases[i].force));
        assert_int_equal(loading.result.report.detail, cases[i].verdict);
        assert_int_equal(e, cases[i].verdict == UPDATE_OK ? OK : ERR_FAIL);
        if (e != OK)
            assert_int_equal(loader_commit(LOADER, CLIENT, false), ERR_RESERVE);
        assert_int_equal(loading_end(loader_abort(LOADER, CLIENT)), OK);
        assert_true(lives("alpha"));
    }
}

static void an_update_of_another_app_is_refused(void **state)
{
    struct app new = with_version(&beta, 9);
    (void)state;
    start();
    loading_put(&alpha);
    loading_boot();
    const struct store_handle h = loading_object("alpha").store.handle;
    assert_int_equal(loading_install(&new, &h, false), ERR_FAIL);
    assert_int_equal(loading.result.report.detail, UPDATE_OTHER_IDENTITY);
    assert_int_equal(loading_end(loader_abort(LOADER, CLIENT)), OK);
}

static void known_27_an_incomplete_transfer_is_not_sealed(void **state)
{
    (void)state;
    start();
    loading_boot();
    uint32_t size = loading_image_make(&alpha);
    const struct store_request request = { size, 0, 0, STORE_NONE };
    assert_int_equal(loading_end(loader_open(LOADER, CLIENT, &request)), OK);
    assert_int_equal(loader_seal(LOADER, CLIENT, NULL, false), ERR_SIZE);
    assert_int_equal(
        loading_end(loader_write(LOADER, CLIENT, 0, loading_image, 256)), OK);
    assert_int_equal(loader_seal(LOADER, CLIENT, NULL, false), ERR_SIZE);
    assert_int_equal(loader_write(LOADER, CLIENT, 0, loading_image, 256),
                     ERR_INVAL);
    assert_int_equal(loader_write(LOADER, CLIENT, 512, loading_image, 4),
                     ERR_INVAL);
    assert_int_equal(
        loader_write(LOADER, CLIENT, 256, loading_image, size - 256 + 4),
        ERR_SIZE);
}

static void known_28_a_silent_transfer_is_anybodys(void **state)
{
    struct loader_client other = loading.client;
    (void)state;
    start();
    loading_boot();
    const struct store_request request = { 512, 77, 0, STORE_NONE };
    other = loading.client;
    assert_int_equal(loading_end(loader_open(LOADER, CLIENT, &request)), OK);
    loading.client.owner = 99;
    assert_int_equal(loader_open(LOADER, CLIENT, &request), ERR_BUSY);
    assert_int_equal(loader_abort(LOADER, CLIENT), ERR_BUSY);
    loading_pass(loading.policy.idle_ms / 2);
    assert_int_equal(loader_open(LOADER, CLIENT, &request), ERR_BUSY);
    loading_pass(loading.policy.idle_ms / 2 + 2 * LOADER_TICK_MS);
    assert_int_equal(loading_end(loader_open(LOADER, CLIENT, &request)), OK);
    loading.client.owner = other.owner;
    assert_int_equal(loader_write(LOADER, CLIENT, 0, loading_image, 256),
                     ERR_BUSY);
}

static void known_29_a_dead_owners_transfer_is_anybodys(void **state)
{
    (void)state;
    start();
    loading_boot();
    uint32_t size = loading_image_make(&alpha);
    const struct store_request request = { size, 0, 0, STORE_NONE };
    assert_int_equal(loading_end(loader_open(LOADER, CLIENT, &request)), OK);
    uint32_t dones = loading.dones;
    assert_int_equal(loader_write(LOADER, CLIENT, 0, loading_image, 256), OK);
    loader_owner_gone(LOADER, 4711); /* somebody else */
    loader_owner_gone(LOADER, LOADING_OWNER);
    loading_pass(5);
    assert_int_equal(loading.dones, dones); /* nobody is told */
    assert_int_equal(loader_write(LOADER, CLIENT, 256, loading_image, 256),
                     ERR_RESERVE);
    assert_int_equal(loading_install(&beta, NULL, true), OK);
    assert_true(lives("beta"));
}

/* ---- updates ------------------------------------------------------------ */

static struct app second = { .name = "second", .short_id = 11, .version = 2 };

static void update_alpha(void)
{
    start();
    loading_put(&alpha);
    loading_boot();
    const struct store_handle h = loading_object("alpha").store.handle;
    assert_int_equal(loading_install(&second, &h, false), OK);
    assert_true(lives("second"));
    assert_false(lives("alpha"));
}

static void known_23_an_update_that_runs_on_is_confirmed(void **state)
{
    struct loader_object o;
    (void)state;
    update_alpha();
    loading_pass(loading.policy.trial_ms - LOADER_TICK_MS);
    assert_true(loading_find("alpha", &o));
    loading_pass(2 * LOADER_TICK_MS);
    assert_false(loading_find("alpha", &o));
    assert_true(lives("second"));
    assert_int_equal(loading_object("second").store.trial_of, STORE_NONE);
}

static void known_23_an_update_that_faults_is_rolled_back_for_good(void **state)
{
    struct loader_object o;
    (void)state;
    update_alpha();
    assert_int_equal(process_fault(loading_object("second").pid), OK);
    loading_pass(2 * LOADER_TICK_MS);
    assert_false(loading_find("second", &o));
    assert_true(lives("alpha"));
    /* That very image is not taken again, a better one is. */
    const struct store_handle h = loading_object("alpha").store.handle;
    assert_int_equal(loading_install(&second, &h, false), ERR_ALREADY);
    assert_int_equal(loading_end(loader_abort(LOADER, CLIENT)), OK);
    struct app third = with_version(&second, 3);
    assert_int_equal(loading_install(&third, &h, false), OK);
    assert_true(lives("second"));
}

/* The log's lines that have that text in them. */
static uint32_t logged(const char *text)
{
    char line[160];
    enum log_level level;
    uint32_t cursor = 0, count = 0;
    while (klog_read(&cursor, line, sizeof line, &level) > 0)
        count += strstr(line, text) != NULL;
    return count;
}

static void a_rollback_that_failed_is_tried_again(void **state)
{
    struct loader_object o;
    (void)state;
    update_alpha();
    assert_int_equal(process_fault(loading_object("second").pid), OK);
    loading.dies_at = 0;
    loading_pass(10 * LOADER_TICK_MS);
    assert_true(loading_find("second", &o));
    assert_int_equal(logged("failed its trial"), 1);
    loading.dies_at = NOR_NEVER;
    loading.nor.fail_at = NOR_NEVER;
    loading_pass(2 * LOADER_TICK_MS);
    assert_false(loading_find("second", &o));
    assert_true(lives("alpha"));
    assert_at_rest();
}

static void an_update_that_cannot_start_is_rolled_back(void **state)
{
    struct app big = second;
    struct loader_object o;
    (void)state;
    big.ram = 4 * MACHINE_RAM_SIZE;
    start();
    loading_put(&alpha);
    loading_boot();
    const struct store_handle h = loading_object("alpha").store.handle;
    assert_int_equal(loading_install(&big, &h, false), OK);
    assert_int_equal(loading.result.report.verdict, LOADER_NOT_LOADED);
    loading_pass(2 * LOADER_TICK_MS);
    assert_false(loading_find("second", &o));
    assert_true(lives("alpha"));
}

static void an_update_that_is_restarted_is_rolled_back(void **state)
{
    struct loader_object o;
    (void)state;
    update_alpha();
    assert_int_equal(process_terminate(loading_object("second").pid), OK);
    loading_settle();
    assert_int_equal(process_boot(loading_object("second").pid), OK);
    loading_pass(2 * LOADER_TICK_MS);
    assert_false(loading_find("second", &o));
    assert_true(lives("alpha"));
}

static void a_reset_leaves_the_trial_what_it_was(void **state)
{
    struct loader_object o;
    (void)state;
    update_alpha();
    boot_again();
    assert_int_equal(loading.report_count, 2);
    assert_int_equal(loading.reports[0].verdict, LOADER_BLOCKED);
    assert_int_equal(loading.reports[0].detail, BLOCKED_BY_TRIAL);
    assert_int_equal(loading.reports[1].verdict, LOADER_OK);
    loading_pass(loading.policy.trial_ms + 2 * LOADER_TICK_MS);
    assert_false(loading_find("alpha", &o));
}

/* The trial is looked for one object at a time, from the first one again after
 * each request: it ends in its time all the same. */
static void requests_leave_the_end_of_a_trial_where_it_is(void **state)
{
    struct loader_object o;
    (void)state;
    start();
    loading_put(&alpha);
    loading_put(&beta);
    loading_boot();
    const struct store_handle h = loading_object("alpha").store.handle;
    assert_int_equal(loading_install(&second, &h, false), OK);
    const struct store_handle busy = loading_object("beta").store.handle;
    uint64_t end = ktime_now() + ktime_of_ms(loading.policy.trial_ms);
    while (ktime_now() < end) {
        assert_true(loading_find("alpha", &o));
        assert_int_equal(loading_end(loader_stop(LOADER, CLIENT, busy)), OK);
        assert_int_equal(loading_end(loader_start(LOADER, CLIENT, busy)), OK);
        loading_pass(5);
    }
    loading_pass(3 * LOADER_TICK_MS);
    assert_false(loading_find("alpha", &o));
    assert_true(lives("second"));
    assert_true(lives("beta"));
}

/* ---- compaction and failing flash --------------------------------------- */

static void three_and_a_gap(void)
{
    struct app long_alpha = alpha, long_beta = beta;
    long_alpha.binary = long_beta.binary = 3000;
    start();
    loading_put(&gamma);
    loading_put(
        &(struct app){ .name = "gap", .binary = 2500, .is_disabled = true });
    loading_put(&long_alpha);
    loading_put(&long_beta);
    loading_boot();
    assert_int_equal(remove_app("gap"), OK);
}

static void a_gap_at_the_very_start_is_closed(void **state)
{
    (void)state;
    start();
    loading_put(&alpha);
    loading_put(&beta);
    loading_boot();
    assert_int_equal(remove_app("alpha"), OK);
    assert_int_equal(loading_end(loader_compact(LOADER, CLIENT)), OK);
    assert_int_equal(loading_object("beta").store.at, 0);
    assert_at_rest();
    assert_true(lives("beta"));
    assert_int_equal(loading_end(loader_compact(LOADER, CLIENT)), ERR_ALREADY);
    boot_again();
    assert_int_equal(loading.report_count, 1);
    assert_true(lives("beta"));
}

/* The power goes in a compaction, and then the flash does nothing any more: the
 * boot says so and ends. With a flash that works all is there. */
static void known_22_a_boot_on_a_dead_flash_finishes_too(void **state)
{
    (void)state;
    three_and_a_gap();
    struct nor saved;
    uint32_t lost = 0;
    bool is_over = false;
    nor_make(&saved, &loading.nor.geometry);
    nor_copy(&saved, &loading.nor);
    for (uint64_t n = 0; !is_over; n++) {
        nor_copy(&loading.nor, &saved);
        boot_again();
        loading.nor.operations = 0;
        loading.nor.cut_at = n;
        loading.nor.cut = CUT_RANDOM;
        assert_int_equal(loader_compact(LOADER, CLIENT), OK);
        loading_pass(20);
        is_over = !loading.nor.is_dead;
        nor_power_up(&loading.nor);
        loading.dies_at = 0;
        loading.finished = 0;
        boot_again();
        assert_int_equal(loading.finished, 1);
        assert_int_equal(loading.holds, 0);
        if (!LOADER->is_mounted) {
            assert_int_equal(loading.report_count, 0);
            assert_int_equal(loader_compact(LOADER, CLIENT), ERR_OFF);
            lost++;
        }
        loading.dies_at = NOR_NEVER;
        nor_power_up(&loading.nor);
        boot_again();
        assert_true(lives("alpha") && lives("beta") && lives("gamma"));
    }
    assert_true(lost > 5);
    nor_free(&saved);
}

static void compaction_moves_apps_and_starts_them_again(void **state)
{
    (void)state;
    three_and_a_gap();
    pid_handle_t kept = loading_object("gamma").pid;
    uint32_t a = loading_object("alpha").store.at;
    uint32_t b = loading_object("beta").store.at;
    assert_int_equal(process_terminate(loading_object("beta").pid), OK);
    loading_settle();
    assert_int_equal(loading_end(loader_compact(LOADER, CLIENT)), OK);
    assert_true(loading_object("alpha").store.at < a);
    assert_true(loading_object("beta").store.at < b);
    assert_at_rest();
    assert_true(lives("alpha"));
    assert_int_equal(process_flash(loading_object("alpha").pid),
                     MACHINE_FLASH + loading_object("alpha").store.at);
    assert_false(lives("beta")); /* it had ended before */
    assert_int_equal(process_boot(loading_object("beta").pid), OK);
    assert_at_rest();
    assert_true(lives("beta"));
    assert_true(pid_equal(loading_object("gamma").pid, kept)); /* untouched */
    assert_true(lives("gamma"));
    assert_int_equal(loading_end(loader_compact(LOADER, CLIENT)), ERR_ALREADY);
}

static void known_15_a_flash_that_fails_once_parks_nobody(void **state)
{
    (void)state;
    three_and_a_gap();
    struct nor saved;
    uint32_t failures = 0;
    nor_make(&saved, &loading.nor.geometry);
    nor_copy(&saved, &loading.nor);
    for (uint64_t n = 0;; n++) {
        nor_copy(&loading.nor, &saved);
        boot_again();
        loading.nor.operations = 0;
        loading.nor.fail_at = n;
        err_t e = loading_end(loader_compact(LOADER, CLIENT));
        bool has_failed = loading.nor.operations > n;
        assert_int_equal(e, has_failed ? ERR_FAIL : OK);
        failures += has_failed;
        loading.nor.fail_at = NOR_NEVER;
        assert_at_rest();
        assert_true(lives("alpha"));
        assert_true(lives("beta"));
        assert_true(lives("gamma"));
        const struct store_handle h = loading_object("gamma").store.handle;
        assert_int_equal(loading_end(loader_enable(LOADER, CLIENT, h, false)),
                         OK);
        e = loading_end(loader_compact(LOADER, CLIENT));
        assert_true(e == OK || e == ERR_ALREADY);
        assert_at_rest();
        assert_true(lives("alpha"));
        if (!has_failed)
            break;
    }
    assert_true(failures > 20);
    nor_free(&saved);
}

/* Everything that still runs is made of the bytes it was made of. */
static void a_flash_that_fails_for_good_leaves_no_process_behind(void **state)
{
    (void)state;
    three_and_a_gap();
    struct nor saved;
    uint32_t lost = 0;
    nor_make(&saved, &loading.nor.geometry);
    nor_copy(&saved, &loading.nor);
    for (uint64_t n = 0;; n++) {
        nor_copy(&loading.nor, &saved);
        loading.dies_at = NOR_NEVER;
        boot_again();
        loading.nor.operations = 0;
        loading.dies_at = n;
        err_t e = loading_end(loader_compact(LOADER, CLIENT));
        assert_int_equal(e, loading.nor.operations > n ? ERR_FAIL : OK);
        assert_at_rest();
        lost += !LOADER->is_mounted;
        for (uint32_t slot = 0; slot < process_slots(); slot++) {
            struct process_info p;
            struct tbf tbf;
            if (process_inspect(slot, &p) && process_find(p.pid) != NULL)
                assert_int_equal(
                    tbf_parse(
                        loader_bytes(LOADER, p.flash_start - MACHINE_FLASH),
                        p.flash_end - p.flash_start, &tbf),
                    TBF_OK);
        }
        if (e == OK)
            break;
        /* With another flash, or after a while, all is there again. */
        loading.dies_at = NOR_NEVER;
        boot_again();
        assert_true(lives("alpha") && lives("beta") && lives("gamma"));
    }
    assert_true(lost > 5);
    nor_free(&saved);
}

static err_t rewrite_e;

static void on_rewritten(struct rewrite *r, err_t e)
{
    (void)r;
    rewrite_e = e;
}

static void a_drivers_write_that_fails_stops_nobody(void **state)
{
    static const uint8_t bytes[4] = { 1, 2, 3, 4 };
    static struct rewrite rewrite;
    (void)state;
    start();
    loading_put(&alpha);
    loading_boot();
    for (uint64_t n = 0;; n++) {
        rewrite = (struct rewrite){
            .at = 1024, .bytes = bytes, .len = 4, .done = on_rewritten
        };
        loading.nor.operations = 0;
        loading.nor.fail_at = n;
        rewrite_e = ERR_BUSY;
        assert_int_equal(rewrite_start(&LOADER->store, &rewrite), OK);
        /* A request that comes meanwhile waits for it. */
        const struct store_handle h = loading_object("alpha").store.handle;
        err_t e = loading_end(loader_enable(LOADER, CLIENT, h, n % 2 != 0));
        loading_pass(5);
        bool has_failed = loading.nor.operations > n;
        assert_true(e == OK || has_failed);
        loading.nor.fail_at = NOR_NEVER;
        assert_at_rest();
        assert_int_not_equal(rewrite_e, ERR_BUSY);
        assert_true(n < 100);
        if (n % 2 != 0 && e == OK && !lives("alpha"))
            assert_int_equal(start_app("alpha"), OK);
        if (!has_failed)
            break;
    }
    assert_int_equal(rewrite_e, OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_22_a_boot_on_a_dead_flash_finishes_too),
        cmocka_unit_test(known_19_nothing_is_installed_before_it_is_judged),
        cmocka_unit_test(known_35_versions_are_compared_before_anything_counts),
        cmocka_unit_test(an_update_of_another_app_is_refused),
        cmocka_unit_test(known_27_an_incomplete_transfer_is_not_sealed),
        cmocka_unit_test(known_28_a_silent_transfer_is_anybodys),
        cmocka_unit_test(known_29_a_dead_owners_transfer_is_anybodys),
        cmocka_unit_test(known_23_an_update_that_runs_on_is_confirmed),
        cmocka_unit_test(
            known_23_an_update_that_faults_is_rolled_back_for_good),
        cmocka_unit_test(a_rollback_that_failed_is_tried_again),
        cmocka_unit_test(an_update_that_cannot_start_is_rolled_back),
        cmocka_unit_test(an_update_that_is_restarted_is_rolled_back),
        cmocka_unit_test(a_reset_leaves_the_trial_what_it_was),
        cmocka_unit_test(requests_leave_the_end_of_a_trial_where_it_is),
        cmocka_unit_test(a_gap_at_the_very_start_is_closed),
        cmocka_unit_test(compaction_moves_apps_and_starts_them_again),
        cmocka_unit_test(known_15_a_flash_that_fails_once_parks_nobody),
        cmocka_unit_test(a_flash_that_fails_for_good_leaves_no_process_behind),
        cmocka_unit_test(a_drivers_write_that_fails_stops_nobody),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
