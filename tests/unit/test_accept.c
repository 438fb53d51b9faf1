/* SPDX-License-Identifier: Apache-2.0 */
/* What the loading machine makes of credentials, at boot and later: who runs,
 * who keeps whom from running, what may update what, and what it remembers.
 * SOURCES: loader/accept.c loader/credential.c loader/checker_hash.c
 * SOURCES: loader/checker_hmac.c loader/checker_signature.c crypto/verify.c
 * SOURCES: crypto/bearssl_digest.c boards/qemu-virt-secure/keys.c pic/footer.c
 * SOURCES: tests/fake/signing.c tests/fake/verifier.c
 * SOURCES: tests/fake/loading.c tests/power/nor.c loader/loader.c loader/load.c
 * SOURCES: loader/update.c loader/identity.c loader/store.c loader/store_chain.c
 * SOURCES: loader/store_journal.c loader/store_sector.c loader/store_transfer.c
 * SOURCES: pic/crc32.c
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c
 * LINK: -Wl,--wrap=flash_hold -Wl,--wrap=flash_release -lbearssl */
#include <tests/fake/loading.h>

#include <string.h>

#include <crypto/bearssl_digest.h>
#include <tests/fake/signing.h>
#include <tests/fake/verifier.h>

#define CLIENT (&loading.client)
#define LOADER (&loading.loader)
#define LINES 4u

enum { KEY_HMAC = 1, KEY_ECDSA, KEY_ECDSA_NEXT };

/* ---- a board ------------------------------------------------------------------------- */

static const struct checker checkers[] = {
    CHECKER_SHA256(&bearssl_sha256),
    CHECKER_HMAC_SHA256(&bearssl_hmac_sha256),
    CHECKER_ECDSA_P256(&bearssl_sha256),
    CHECKER_RSA_4096(&bearssl_sha512),
};
static const struct key_successor successors[] = {
    { KEY_ECDSA, KEY_ECDSA_NEXT },
};
static ALIGNED(8) uint8_t digest_state[1024];
static struct verifier verifier;
static struct accepted accepted[LINES];
static struct accept_policy policy;

/* ---- who signs the next image ------------------------------------------------------------ */

static uint32_t format;
static const char *key_file;
static uint32_t spoiled; /* bit to flip; 0: none */

static uint32_t dress(uint8_t *image, uint32_t size)
{
    if (format != CREDENTIAL_RESERVED)
        signing_add(image, &size, format, key_file);
    if (spoiled != 0)
        image[spoiled / 8] ^= (uint8_t)(1u << spoiled % 8);
    return size;
}

static void signer(uint32_t f, const char *file)
{
    format = f;
    key_file = file;
    spoiled = 0;
}

static void unsigned_next(void)
{
    signer(CREDENTIAL_RESERVED, NULL);
}

static void hash_next(void)
{
    signer(CREDENTIAL_SHA256, NULL);
}

static void first_next(void)
{
    signer(CREDENTIAL_ECDSA, "tests/keys/ecdsa-first.pem");
}

static void second_next(void)
{
    signer(CREDENTIAL_ECDSA, "tests/keys/ecdsa-second.pem");
}

static void stranger_next(void)
{
    signer(CREDENTIAL_ECDSA, "tests/keys/stranger-ecdsa.pem");
}

static int setup(void **state)
{
    (void)state;
    memset(accepted, 0, sizeof accepted);
    fake_verifier = (struct fake_verifier){ 0 };
    verifier = (struct verifier){ 0 };
    policy = (struct accept_policy){
        .is_required = true,
        .checkers = checkers,
        .checker_count = ARRAY_COUNT(checkers),
        .keys = board_keys,
        .key_count = board_key_count,
        .successors = successors,
        .successor_count = ARRAY_COUNT(successors),
        .accepted = accepted,
        .accepted_max = LINES,
        .state = digest_state,
        .state_size = sizeof digest_state,
        .verifier = &verifier,
    };
    loading_start(NULL, 0);
    loading.accept = &policy;
    loading.dress = dress;
    first_next();
    return 0;
}

static struct app app_of(const char *name, uint32_t version)
{
    return (struct app){ .name = name,
                         .short_id = (uint32_t)name[0],
                         .version = version };
}

static void put(const char *name, uint32_t version)
{
    struct app app = app_of(name, version);
    loading_put(&app);
}

static err_t install(const char *name, uint32_t version, const char *replaces)
{
    struct app app = app_of(name, version);
    struct store_handle old = { 0 };
    if (replaces != NULL)
        old = loading_object(replaces).store.handle;
    return loading_install(&app, replaces == NULL ? NULL : &old, true);
}

static bool lives(const char *name)
{
    return process_find(loading_object(name).pid) != NULL;
}

static uint32_t key_of(const char *name)
{
    return loader_key(LOADER, loading_object(name).pid);
}

static void assert_report(uint32_t i, enum loader_verdict verdict,
                          enum check_verdict detail)
{
    assert_true(i < loading.report_count);
    assert_int_equal(loading.reports[i].verdict, verdict);
    if (verdict != LOADER_OK)
        assert_int_equal(loading.reports[i].detail, detail);
}

static void assert_result(enum loader_verdict verdict, uint32_t detail)
{
    assert_int_equal(loading.result.report.verdict, verdict);
    assert_int_equal(loading.result.report.detail, detail);
}

/* ---- boot ---------------------------------------------------------------------------------- */

static void only_what_is_accepted_runs_and_each_has_one_report(void **state)
{
    (void)state;
    put("alpha", 1);
    unsigned_next();
    put("beta", 1);
    stranger_next();
    put("gamma", 1);
    hash_next();
    put("delta", 1);
    hash_next();
    spoiled = 8 * 200;
    put("epsilon", 1);
    signer(CREDENTIAL_RSA4096, "tests/keys/stranger-rsa4096.pem");
    put("zeta", 1);
    loading_boot();
    assert_int_equal(loading.finished, 1);
    assert_int_equal(loading.report_count, 6);
    assert_report(0, LOADER_OK, 0);
    assert_report(1, LOADER_NO_CREDENTIAL, CHECK_NO_CREDENTIAL);
    assert_report(2, LOADER_REJECTED, CHECK_NOT_SIGNED);
    assert_report(3, LOADER_OK, 0);
    assert_report(4, LOADER_REJECTED, CHECK_BAD_HASH);
    assert_report(5, LOADER_REJECTED, CHECK_UNKNOWN_KEY);
    assert_true(lives("alpha") && lives("delta"));
    assert_int_equal(key_of("alpha"), KEY_ECDSA);
    assert_int_equal(key_of("delta"), CHECK_KEY_OF_NOBODY);
    assert_int_equal(loader_key(LOADER, PID_NONE), 0);
}

static void refusals_are_told_in_words_of_their_own(void **state)
{
    (void)state;
    char a[96], b[96];
    struct loader_report r = { .verdict = LOADER_NO_CREDENTIAL,
                               .detail = CHECK_NO_CREDENTIAL };
    assert_true(loader_report_text(&r, a, sizeof a) > 20);
    r.verdict = LOADER_REJECTED;
    r.detail = CHECK_WRITEABLE;
    loader_report_text(&r, b, sizeof b);
    assert_string_not_equal(a, b);
    assert_non_null(strstr(b, "isolated storage"));
}

static void what_is_not_accepted_keeps_nobody_from_running(void **state)
{
    (void)state;
    unsigned_next();
    put("alpha", 9);
    first_next();
    put("alpha", 1);
    loading_boot();
    assert_report(0, LOADER_NO_CREDENTIAL, CHECK_NO_CREDENTIAL);
    assert_report(1, LOADER_OK, 0);
}

static void of_two_that_are_accepted_the_newer_runs(void **state)
{
    (void)state;
    put("alpha", 1);
    put("alpha", 2);
    loading_boot();
    assert_int_equal(loading.reports[0].verdict, LOADER_BLOCKED);
    assert_report(1, LOADER_OK, 0);
}

static void a_disabled_app_is_not_checked(void **state)
{
    (void)state;
    struct app app = app_of("alpha", 1);
    app.is_disabled = true;
    loading_put(&app);
    loading_boot();
    assert_int_equal(loading.reports[0].verdict, LOADER_DISABLED);
    assert_int_equal(fake_verifier.asked, 0);
}

static void where_nothing_is_demanded_what_is_not_signed_runs(void **state)
{
    (void)state;
    policy.is_required = false;
    unsigned_next();
    put("alpha", 1);
    stranger_next();
    put("beta", 1);
    hash_next();
    spoiled = 8 * 200;
    put("gamma", 1);
    first_next();
    put("delta", 1);
    loading_boot();
    assert_report(0, LOADER_OK, 0);
    assert_report(1, LOADER_OK, 0);
    assert_report(2, LOADER_REJECTED, CHECK_BAD_HASH);
    assert_report(3, LOADER_OK, 0);
    assert_int_equal(key_of("alpha"), 0);
    assert_int_equal(key_of("beta"), 0);
    assert_int_equal(key_of("delta"), KEY_ECDSA);
}

static void a_verifier_that_fails_lets_none_of_its_apps_run(void **state)
{
    (void)state;
    put("alpha", 1);
    hash_next();
    put("beta", 1);
    fake_verifier.fails = VERIFIER_FAILED;
    loading_boot();
    assert_report(0, LOADER_REJECTED, CHECK_VERIFIER_FAILED);
    assert_report(1, LOADER_OK, 0);
}

static void without_ram_for_the_verifier_its_apps_do_not_run(void **state)
{
    (void)state;
    policy.is_required = false; /* not even then: nobody knows who it is */
    put("alpha", 1);
    fake_verifier.fails = VERIFIER_NO_ROOM;
    loading_boot();
    assert_report(0, LOADER_REJECTED, CHECK_NO_VERIFIER);
}

static void more_than_can_be_remembered_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = { "a", "b", "c", "d", "e" };
    hash_next();
    for (uint32_t i = 0; i < ARRAY_COUNT(names); i++)
        put(names[i], 1);
    loading_boot();
    for (uint32_t i = 0; i < LINES; i++)
        assert_report(i, LOADER_OK, 0);
    assert_report(LINES, LOADER_REJECTED, CHECK_NO_ROOM);
}

static void an_app_that_may_write_to_itself_is_refused(void **state)
{
    (void)state;
    static const struct tbf_span region = { 64, 64 };
    struct app app = app_of("alpha", 1);
    app.writeable = &region;
    app.writeable_count = 1;
    loading_put(&app);
    loading_boot();
    assert_report(0, LOADER_REJECTED, CHECK_WRITEABLE);
    assert_int_equal(loading_install(&app, NULL, true), ERR_FAIL);
    assert_result(LOADER_REJECTED, CHECK_WRITEABLE);
}

/* ---- installing ------------------------------------------------------------------------------ */

static void what_is_not_accepted_is_not_installed(void **state)
{
    (void)state;
    struct loader_object o;
    loading_boot();
    unsigned_next();
    assert_int_equal(install("alpha", 1, NULL), ERR_FAIL);
    assert_result(LOADER_NO_CREDENTIAL, CHECK_NO_CREDENTIAL);
    assert_false(loading_find("alpha", &o));
    assert_int_equal(loading_end(loader_commit(LOADER, CLIENT, true)),
                     ERR_RESERVE);
    assert_int_equal(loading_end(loader_abort(LOADER, CLIENT)), OK);
    stranger_next();
    assert_int_equal(install("alpha", 1, NULL), ERR_FAIL);
    assert_result(LOADER_REJECTED, CHECK_NOT_SIGNED);
    assert_int_equal(loading_end(loader_abort(LOADER, CLIENT)), OK);
    first_next();
    assert_int_equal(install("alpha", 1, NULL), OK);
    assert_true(lives("alpha"));
    assert_int_equal(key_of("alpha"), KEY_ECDSA);
}

static void an_app_is_checked_once_for_its_install_and_its_start(void **state)
{
    (void)state;
    loading_boot();
    assert_int_equal(install("alpha", 1, NULL), OK);
    assert_int_equal(fake_verifier.asked, 1);
}

static void an_update_needs_the_same_key_or_its_successor(void **state)
{
    (void)state;
    put("alpha", 1);
    loading_boot();
    hash_next();
    assert_int_equal(install("alpha", 2, "alpha"), ERR_FAIL);
    assert_result(LOADER_NO_UPDATE, UPDATE_OTHER_KEY);
    assert_int_equal(loading_end(loader_abort(LOADER, CLIENT)), OK);
    signer(CREDENTIAL_HMAC, "tests/keys/hmac.pem");
    assert_int_equal(install("alpha", 2, "alpha"), ERR_FAIL);
    assert_result(LOADER_NO_UPDATE, UPDATE_OTHER_KEY);
    assert_int_equal(loading_end(loader_abort(LOADER, CLIENT)), OK);
    first_next();
    assert_int_equal(install("alpha", 2, "alpha"), OK);
    loading_pass(500); /* its trial is over */
    second_next();
    assert_int_equal(install("alpha", 3, "alpha"), OK);
    loading_pass(500);
    assert_int_equal(key_of("alpha"), KEY_ECDSA_NEXT);
    first_next(); /* there is no way back */
    assert_int_equal(install("alpha", 4, "alpha"), ERR_FAIL);
    assert_result(LOADER_NO_UPDATE, UPDATE_OTHER_KEY);
}

static void by_name_and_key_two_signers_have_two_apps(void **state)
{
    (void)state;
    loading.policy.identity = IDENTITY_BY_NAME_KEY;
    put("alpha", 1);
    signer(CREDENTIAL_HMAC, "tests/keys/hmac.pem");
    put("alpha", 2);
    first_next();
    put("alpha", 1);
    loading_boot();
    assert_report(0, LOADER_OK, 0);
    assert_report(1, LOADER_OK, 0);
    assert_int_equal(loading.reports[2].verdict, LOADER_BLOCKED);
}

static void no_unsigned_app_raises_the_floor(void **state)
{
    (void)state;
    unsigned_next();
    put("alpha", 9);
    loading_boot();
    first_next();
    assert_int_equal(install("alpha", 1, NULL), OK);
}

static void put_disabled(const char *name, uint32_t version)
{
    struct app app = app_of(name, version);
    app.is_disabled = true;
    loading_put(&app);
}

/* Not checked at boot, it still has its version and its key. */
static void what_is_off_counts_for_floor_and_update(void **state)
{
    (void)state;
    put_disabled("alpha", 5);
    unsigned_next();
    put_disabled("beta", 5);
    first_next();
    loading_boot();
    assert_int_equal(install("alpha", 4, NULL), ERR_FAIL);
    assert_result(LOADER_NO_UPDATE, UPDATE_BELOW_FLOOR);
    assert_int_equal(loading_end(loader_abort(LOADER, CLIENT)), OK);
    assert_int_equal(install("beta", 4, NULL), OK);
    stranger_next();
    assert_int_equal(install("alpha", 6, "alpha"), ERR_FAIL);
    assert_result(LOADER_REJECTED, CHECK_NOT_SIGNED);
    assert_int_equal(loading_end(loader_abort(LOADER, CLIENT)), OK);
    first_next();
    assert_int_equal(install("alpha", 6, "alpha"), OK);
}

/* A hash anybody makes, of any version and ShortId. */
static void what_has_but_a_hash_keeps_no_signed_app_from_running(void **state)
{
    (void)state;
    hash_next();
    put("alpha", 9);
    put("beta", 9);
    first_next();
    put("alpha", 1);
    loading_boot();
    assert_int_equal(loading.reports[0].verdict, LOADER_BLOCKED);
    assert_report(1, LOADER_OK, 0);
    assert_report(2, LOADER_OK, 0);
    assert_int_equal(install("beta", 1, NULL), OK); /* nor raises its floor */
    assert_result(LOADER_OK, 0);
    hash_next();
    assert_int_equal(install("beta", 8, NULL), ERR_FAIL);
    assert_result(LOADER_NO_UPDATE, UPDATE_BELOW_FLOOR);
}

/* ---- what is remembered ----------------------------------------------------------- */

static uint32_t lines_used(void)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < LINES; i++)
        n += accepted[i].key != 0;
    return n;
}

static void what_goes_is_forgotten(void **state)
{
    (void)state;
    loading_boot();
    assert_int_equal(install("alpha", 1, NULL), OK);
    assert_int_equal(install("beta", 1, NULL), OK);
    assert_int_equal(lines_used(), 2);
    assert_int_equal(loading_end(loader_remove(
                         LOADER, CLIENT, loading_object("alpha").store.handle)),
                     OK);
    assert_int_equal(lines_used(), 1);
    assert_int_equal(install("beta", 2, "beta"), OK);
    assert_int_equal(lines_used(), 2);
    loading_pass(500);
    assert_int_equal(lines_used(), 1);
    assert_int_equal(key_of("beta"), KEY_ECDSA);
}

static void a_rolled_back_update_is_forgotten(void **state)
{
    (void)state;
    loading_boot();
    assert_int_equal(install("alpha", 1, NULL), OK);
    assert_int_equal(install("alpha", 2, "alpha"), OK);
    process_fault(loading_object("alpha").pid); /* whichever: it is looked at */
    struct loader_object o;
    uint32_t at = STORE_NONE;
    while (loader_walk(LOADER, &at, &o))
        if (o.store.trial_of != STORE_NONE && !o.store.is_free)
            process_fault(o.pid);
    loading_pass(250);
    assert_int_equal(lines_used(), 1);
    assert_true(lives("alpha"));
    assert_int_equal(key_of("alpha"), KEY_ECDSA);
}

static void what_moves_stays_accepted(void **state)
{
    (void)state;
    hash_next();
    put("alpha", 1);
    first_next();
    put("beta", 1);
    loading_boot();
    assert_int_equal(loading_end(loader_remove(
                         LOADER, CLIENT, loading_object("alpha").store.handle)),
                     OK);
    uint32_t asked = fake_verifier.asked, at = loading_object("beta").store.at;
    assert_int_equal(loading_end(loader_compact(LOADER, CLIENT)), OK);
    assert_true(loading_object("beta").store.at < at);
    loading_pass(10);
    assert_int_equal(key_of("beta"), KEY_ECDSA);
    assert_int_equal(loading_end(loader_stop(
                         LOADER, CLIENT, loading_object("beta").store.handle)),
                     OK);
    assert_int_equal(loading_end(loader_start(
                         LOADER, CLIENT, loading_object("beta").store.handle)),
                     OK);
    assert_int_equal(fake_verifier.asked, asked);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_what_is_accepted_runs_and_each_has_one_report),
        TEST(refusals_are_told_in_words_of_their_own),
        TEST(what_is_not_accepted_keeps_nobody_from_running),
        TEST(of_two_that_are_accepted_the_newer_runs),
        TEST(a_disabled_app_is_not_checked),
        TEST(where_nothing_is_demanded_what_is_not_signed_runs),
        TEST(a_verifier_that_fails_lets_none_of_its_apps_run),
        TEST(without_ram_for_the_verifier_its_apps_do_not_run),
        TEST(more_than_can_be_remembered_are_refused),
        TEST(an_app_that_may_write_to_itself_is_refused),
        TEST(what_is_not_accepted_is_not_installed),
        TEST(an_app_is_checked_once_for_its_install_and_its_start),
        TEST(an_update_needs_the_same_key_or_its_successor),
        TEST(by_name_and_key_two_signers_have_two_apps),
        TEST(no_unsigned_app_raises_the_floor),
        TEST(what_is_off_counts_for_floor_and_update),
        TEST(what_has_but_a_hash_keeps_no_signed_app_from_running),
        TEST(what_goes_is_forgotten),
        TEST(a_rolled_back_update_is_forgotten),
        TEST(what_moves_stays_accepted),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
